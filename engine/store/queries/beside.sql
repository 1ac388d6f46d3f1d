-- What is read beside the payments, in the same order, and the keys by which
-- people know flows and movements.

-- name: BesideHistory
SELECT iuv, iur, idx, alone_iud, run_id, coalesce(before, 0), coalesce(after, 0), amount, difference, coalesce(file_id, 0), also
FROM payment_history ORDER BY iuv, iur, idx, alone_iud, run_id

-- name: BesideAnomalies
SELECT h.iuv, h.iur, h.idx, h.alone_iud, h.run_id, coalesce(h.before, 0), coalesce(h.after, 0), h.amount, h.difference, coalesce(h.file_id, 0), h.also
FROM payment p CROSS JOIN payment_history h ON h.iuv = p.iuv AND h.iur = p.iur AND h.idx = p.idx AND h.alone_iud = p.alone_iud
WHERE p.verdict_id < 0 ORDER BY h.iuv, h.iur, h.idx, h.alone_iud, h.run_id

-- name: BesideManyAnomalies
SELECT h.iuv, h.iur, h.idx, h.alone_iud, h.run_id, coalesce(h.before, 0), coalesce(h.after, 0), h.amount, h.difference, coalesce(h.file_id, 0), h.also
FROM payment_past h CROSS JOIN payment p ON p.iuv = h.iuv AND p.iur = h.iur AND p.idx = h.idx AND p.alone_iud = h.alone_iud WHERE p.verdict_id < 0
UNION ALL
SELECT iuv, iur, idx, alone_iud, since_run, coalesce(before, 0), verdict_id, amount, difference, coalesce(file_id, 0), also
FROM payment WHERE +verdict_id < 0 ORDER BY iuv, iur, idx, alone_iud, 5

-- name: BesideAnomaliesOfRun
WITH k AS MATERIALIZED (SELECT p.iuv, p.iur, p.idx, p.alone_iud FROM payment p WHERE p.verdict_id < 0 AND p.since_run = ?1
    AND (p.iuv, p.iur, p.idx, p.alone_iud) IN (
        WITH changed AS MATERIALIZED (
            SELECT iuv, iur, idx, alone_iud FROM change
            WHERE seq > coalesce((SELECT seq FROM change WHERE run_id < ?1 ORDER BY seq DESC LIMIT 1), 0) AND movement_id IS NULL AND whole = 0
            UNION ALL
            SELECT every.iuv, every.iur, every.idx, every.alone_iud FROM change w CROSS JOIN payment every
            WHERE w.seq > coalesce((SELECT seq FROM change WHERE run_id < ?1 ORDER BY seq DESC LIMIT 1), 0) AND w.whole = 1 AND every.verdict_id < 0)
        SELECT iuv, iur, idx, alone_iud FROM changed))
SELECT h.iuv, h.iur, h.idx, h.alone_iud, h.run_id, coalesce(h.before, 0), coalesce(h.after, 0), h.amount, h.difference, coalesce(h.file_id, 0), h.also
FROM k CROSS JOIN payment_history h ON h.iuv = k.iuv AND h.iur = k.iur AND h.idx = k.idx AND h.alone_iud = k.alone_iud
ORDER BY h.iuv, h.iur, h.idx, h.alone_iud, h.run_id

-- name: BesideShares
SELECT iuv, iur, idx, seq, source, year, office, chapter, article, assessment, plan_code, amount, coalesce(accertamento_id, 0)
FROM share ORDER BY iuv, iur, idx, seq

-- name: BesideRuns
SELECT id, as_of FROM run

-- name: KnownSettlements
SELECT id, iuf, psp, year FROM settlement WHERE flow_id IS NOT NULL ORDER BY iuf_key, psp, year

-- name: KnownMovements
SELECT id, year, number, account FROM movement ORDER BY year, number, account

-- Lines of current flows that no payment is linked to by: a payment reported
-- twice or revoked is linked to one of its lines.
-- name: BesideLines
SELECT l.iuv, l.iur, l.seq, l.amount, l.outcome, f.settlement_id, f.iuf, f.regulated_on
FROM flow_line l CROSS JOIN flow f ON f.id = l.flow_id
WHERE f.state = 'current' AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.iuv = l.iuv AND p.flow_id = l.flow_id AND p.flow_seq = l.seq)
ORDER BY l.iuv, l.iur, l.flow_id, l.seq
