-- name: StatRows
SELECT p.iuv, p.iur, p.idx, p.verdict_id, coalesce(p.flow_id, 0), coalesce(p.flow_seq, 0),
    coalesce(r.paid_on, ''), coalesce(r.debt_type, ''), coalesce(a.psp, ''), coalesce(a.psp_name, ''), coalesce(r.doc_id, 0), coalesce(r.line, 0),
    coalesce(s.seq, 0), coalesce(s.year, 0), coalesce(s.office, ''), coalesce(s.chapter, ''), coalesce(s.article, ''), coalesce(s.assessment, ''),
    coalesce(s.amount, p.amount), coalesce(s.accertamento_id, 0)
FROM payment p
LEFT JOIN receipt r ON p.has_receipt = 1 AND r.iuv = p.iuv AND r.iur = p.iur AND r.idx = p.idx
LEFT JOIN receipt_psp a ON a.id = r.psp_id
LEFT JOIN share s ON p.has_receipt = 1 AND s.iuv = p.iuv AND s.iur = p.iur AND s.idx = p.idx
WHERE p.alone_iud = ''
ORDER BY p.iuv, p.iur, p.idx, s.seq

-- name: StatFlow
SELECT f.regulated_on, f.psp, f.psp_name, coalesce((SELECT max(m.value_on) FROM settlement_link l JOIN movement m ON m.id = l.movement_id
    WHERE l.settlement_id = f.settlement_id), '')
FROM flow f WHERE f.id = ?

-- name: StatLinePaidOn
SELECT paid_on FROM flow_line WHERE flow_id = ? AND seq = ?

-- name: StatCashOfIUV
SELECT coalesce(max(m.value_on), '') FROM movement_ref r JOIN movement m ON m.id = r.movement_id
WHERE r.kind = 'iuv' AND r.ref = ? AND r.used = 1

-- name: StatVerdicts
SELECT id, labels, facts FROM verdict WHERE unit = 'payment'
