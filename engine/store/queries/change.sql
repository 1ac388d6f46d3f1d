-- name: ChangeOfPayment
INSERT INTO change (run_id, iuv, iur, idx, alone_iud, gone) VALUES (?, ?, ?, ?, ?, ?)

-- name: ChangeOfAll
INSERT INTO change (run_id, iuv, iur, idx, alone_iud, gone, whole) VALUES (?, '', '', 0, '', 0, 1)

-- name: ChangeOfMovement
INSERT INTO change (run_id, movement_id, iuv, iur, idx, alone_iud, gone) VALUES (?, ?, '', '', 0, '', 0)

-- name: ChangeLast
SELECT coalesce(max(seq), 0) FROM change

-- name: ChangedPayments
SELECT iuv, iur, idx, alone_iud, max(seq) FROM (
    SELECT iuv, iur, idx, alone_iud, seq FROM change WHERE seq > ?1 AND movement_id IS NULL AND whole = 0
    UNION ALL
    -- a first load: what it brought and is no more has a number of its own, and so has what came later
    SELECT every.iuv, every.iur, every.idx, every.alone_iud, w.seq FROM change w CROSS JOIN payment every WHERE w.seq > ?1 AND w.whole = 1
    UNION ALL
    -- payments whose flow a changed movement settles
    SELECT p.iuv, p.iur, p.idx, p.alone_iud, c.seq
    FROM change c CROSS JOIN settlement_link k ON k.movement_id = c.movement_id CROSS JOIN settlement s ON s.id = k.settlement_id
    CROSS JOIN flow_line n ON n.flow_id = s.flow_id
    CROSS JOIN payment p ON p.iuv = n.iuv AND p.flow_id = n.flow_id AND p.flow_seq = n.seq
    WHERE c.seq > ?1 AND c.movement_id IS NOT NULL
    UNION ALL
    -- payments a changed movement cashes by IUV
    SELECT p.iuv, p.iur, p.idx, p.alone_iud, c.seq
    FROM change c CROSS JOIN movement_ref r ON r.movement_id = c.movement_id AND r.kind = 'iuv' AND r.used = 1
    CROSS JOIN payment p ON p.iuv = r.ref
    WHERE c.seq > ?1 AND c.movement_id IS NOT NULL
) GROUP BY iuv, iur, idx, alone_iud ORDER BY iuv, iur, idx, alone_iud

-- name: ChangedReceipts
SELECT iuv, iur, idx, '', max(seq) FROM (
    SELECT iuv, iur, idx, seq FROM change WHERE seq > ?1 AND movement_id IS NULL AND whole = 0 AND alone_iud = ''
    UNION ALL
    SELECT every.iuv, every.iur, every.idx, w.seq FROM change w CROSS JOIN payment every WHERE w.seq > ?1 AND w.whole = 1 AND +every.alone_iud = ''
) GROUP BY iuv, iur, idx ORDER BY iuv, iur, idx

-- name: ChangedMovements
SELECT movement_id, max(seq) FROM change WHERE seq > ? AND movement_id IS NOT NULL GROUP BY movement_id ORDER BY movement_id
