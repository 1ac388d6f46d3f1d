-- name: ExportLabels
SELECT iud, iuv, iur, idx, iuf, year, number, labels FROM (
    -- payments with a receipt, or reported by a flow line that is not revoked
    SELECT coalesce(r.iud, '') AS iud, p.iuv AS iuv, p.iur AS iur, CAST(p.idx AS TEXT) AS idx, coalesce(s.iuf_key, '') AS iuf,
        coalesce(CAST(m.year AS TEXT), '') AS year, coalesce(m.number, '') AS number, v.labels AS labels
    FROM payment p CROSS JOIN verdict v ON v.id = p.verdict_id
    LEFT JOIN receipt r ON p.has_receipt = 1 AND r.iuv = p.iuv AND r.iur = p.iur AND r.idx = p.idx
    -- by IUV, which keeps both scans side by side; the IUR of the line may be another
    LEFT JOIN flow_line n ON n.iuv = p.iuv AND +n.flow_id = p.flow_id AND +n.seq = p.flow_seq AND n.outcome <> 3
    LEFT JOIN flow f ON f.id = n.flow_id
    LEFT JOIN settlement s ON s.id = f.settlement_id
    LEFT JOIN settlement_link k ON k.settlement_id = s.id
    LEFT JOIN movement_ref c ON k.movement_id IS NULL AND c.kind = 'iuv' AND c.ref = p.iuv AND c.used = 1
    LEFT JOIN movement m ON m.id = coalesce(k.movement_id, c.movement_id)
    WHERE p.alone_iud = '' AND (p.has_receipt = 1 OR n.outcome IS NOT NULL)
    UNION ALL
    -- notices alone
    SELECT p.alone_iud, p.iuv, '', '', '', '', '', v.labels
    FROM payment p CROSS JOIN verdict v ON v.id = p.verdict_id WHERE p.alone_iud <> ''
    UNION ALL
    -- cash that no payment above shows
    SELECT '', coalesce((SELECT group_concat(c.ref, '|' ORDER BY c.ref) FROM movement_ref c WHERE c.movement_id = m.id AND c.kind = 'iuv'), ''),
        '', '', coalesce((SELECT group_concat(c.ref, '|' ORDER BY c.ref) FROM movement_ref c WHERE c.movement_id = m.id AND c.kind = 'iuf'), ''),
        CAST(m.year AS TEXT), m.number, v.labels
    FROM movement m CROSS JOIN verdict v ON v.id = m.verdict_id
    WHERE NOT (m.cash = 0 AND m.reversed <> 0)
    AND NOT EXISTS (SELECT 1 FROM movement_ref c WHERE c.movement_id = m.id AND c.kind = 'iuv' AND c.used = 1)
    AND NOT EXISTS (SELECT 1 FROM settlement_link k CROSS JOIN settlement s ON s.id = k.settlement_id
        CROSS JOIN flow_line n ON n.flow_id = s.flow_id AND n.outcome <> 3
        CROSS JOIN payment p ON p.iuv = n.iuv AND p.flow_id = n.flow_id AND p.flow_seq = n.seq
        WHERE k.movement_id = m.id)
) ORDER BY iud, iuv, iur, idx, iuf, year, number, labels

-- name: ExportMovements
SELECT '', coalesce((SELECT group_concat(c.ref, '|' ORDER BY c.ref) FROM movement_ref c WHERE c.movement_id = m.id AND c.kind = 'iuv'), '') AS iuv,
    '', '', coalesce((SELECT group_concat(c.ref, '|' ORDER BY c.ref) FROM movement_ref c WHERE c.movement_id = m.id AND c.kind = 'iuf'), '') AS iuf,
    CAST(m.year AS TEXT) AS year, m.number, m.cash, v.status, v.sign, v.labels
FROM movement m CROSS JOIN verdict v ON v.id = m.verdict_id
ORDER BY iuv, iuf, year, m.number, m.account

-- name: ExportPayments
SELECT coalesce(r.iud, p.alone_iud) AS iud, p.iuv, p.iur, CASE p.idx WHEN 0 THEN '' ELSE CAST(p.idx AS TEXT) END AS idx,
    coalesce(s.iuf_key, ''), '', '', p.amount, v.status, v.sign, v.labels
FROM payment p CROSS JOIN verdict v ON v.id = p.verdict_id
LEFT JOIN receipt r ON p.has_receipt = 1 AND r.iuv = p.iuv AND r.iur = p.iur AND r.idx = p.idx
LEFT JOIN flow f ON f.id = p.flow_id
LEFT JOIN settlement s ON s.id = f.settlement_id
ORDER BY iud, p.iuv, p.iur, idx

-- name: ExportSettlements
SELECT '', '', '', '', s.iuf_key, '', '', f.declared_total, v.status, v.sign, v.labels
FROM settlement s CROSS JOIN flow f ON f.id = s.flow_id CROSS JOIN verdict v ON v.id = s.verdict_id
ORDER BY s.iuf_key, s.year, s.psp
