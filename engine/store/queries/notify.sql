-- name: NewsPayments
WITH c AS MATERIALIZED (
    SELECT iuv, iur, idx, alone_iud FROM change
    WHERE seq > coalesce((SELECT seq FROM change WHERE run_id < ?1 ORDER BY seq DESC LIMIT 1), 0) AND run_id = ?1 AND movement_id IS NULL AND whole = 0
    UNION
    -- of a first load those that are anomalies since then, or have changed and may have been
    SELECT every.iuv, every.iur, every.idx, every.alone_iud FROM change w CROSS JOIN payment every
    WHERE w.seq > coalesce((SELECT seq FROM change WHERE run_id < ?1 ORDER BY seq DESC LIMIT 1), 0) AND w.run_id = ?1 AND w.whole = 1
    AND (every.verdict_id < 0 OR every.since_run <> ?1))
SELECT v.status, v.severity, p.iuv, p.amount, count(*) OVER (PARTITION BY v.status), sum(p.amount) OVER (PARTITION BY v.status),
    row_number() OVER (PARTITION BY v.status ORDER BY p.amount DESC, p.iuv, p.iur, p.idx, p.alone_iud)
FROM c CROSS JOIN payment_history h ON h.iuv = c.iuv AND h.iur = c.iur AND h.idx = c.idx AND h.alone_iud = c.alone_iud AND h.run_id = ?1
CROSS JOIN payment p ON p.iuv = h.iuv AND p.iur = h.iur AND p.idx = h.idx AND p.alone_iud = h.alone_iud
JOIN verdict v ON v.id = h.after LEFT JOIN verdict b ON b.id = h.before
WHERE v.sign < 0 AND b.status IS NOT v.status ORDER BY v.severity DESC, v.status, 7

-- name: NewsUnits
SELECT h.unit, v.status, v.severity, coalesce(s.iuf, m.year || '/' || m.number), h.amount,
    count(*) OVER (PARTITION BY h.unit, v.status), sum(h.amount) OVER (PARTITION BY h.unit, v.status),
    row_number() OVER (PARTITION BY h.unit, v.status ORDER BY h.amount DESC, h.unit_id)
FROM unit_history h JOIN verdict v ON v.id = h.after LEFT JOIN verdict b ON b.id = h.before
LEFT JOIN settlement s ON h.unit = 'settlement' AND s.id = h.unit_id
LEFT JOIN movement m ON h.unit = 'movement' AND m.id = h.unit_id
WHERE h.run_id = ?1 AND v.sign < 0 AND b.status IS NOT v.status ORDER BY h.unit DESC, v.severity DESC, v.status, 8

-- name: NotificationAdd
INSERT INTO notification (run_id, channel, target, subject, content, created_at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (run_id, channel, target) DO NOTHING

-- name: NotificationInterrupted
UPDATE notification SET state = 'unsure' WHERE state = 'sending'

-- name: NotificationOpen
SELECT id, run_id, channel, target, subject, content, state, attempts, created_at, tried_at, problem FROM notification
WHERE state NOT IN ('sent', 'told', 'dropped') ORDER BY id

-- name: NotificationAll
SELECT id, run_id, channel, target, subject, content, state, attempts, created_at, tried_at, problem FROM notification ORDER BY id

-- name: NotificationTry
UPDATE notification SET state = 'sending', attempts = attempts + 1, tried_at = ? WHERE id = ?

-- name: NotificationState
UPDATE notification SET state = ?, problem = ? WHERE id = ?
