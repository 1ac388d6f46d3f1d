-- name: ChangeOfPayment
INSERT INTO change (run_id, iuv, iur, idx, alone_iud, gone) VALUES (?, ?, ?, ?, ?, ?)

-- name: ChangeOfMovement
INSERT INTO change (run_id, movement_id, iuv, iur, idx, alone_iud, gone) VALUES (?, ?, '', '', 0, '', 0)

-- name: ChangeLast
SELECT coalesce(max(seq), 0) FROM change

-- name: ChangedPayments
SELECT iuv, iur, idx, alone_iud, max(seq) FROM (
    SELECT iuv, iur, idx, alone_iud, seq FROM change WHERE seq > ?1 AND movement_id IS NULL
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
SELECT c.iuv, c.iur, c.idx, '', max(c.seq)
FROM change c WHERE c.seq > ? AND c.movement_id IS NULL AND c.alone_iud = ''
GROUP BY c.iuv, c.iur, c.idx ORDER BY c.iuv, c.iur, c.idx

-- name: ChangedMovements
SELECT movement_id, max(seq) FROM change WHERE seq > ? AND movement_id IS NOT NULL GROUP BY movement_id ORDER BY movement_id
