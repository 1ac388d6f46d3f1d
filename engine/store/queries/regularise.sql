-- name: RegLinks
SELECT l.settlement_id, s.iuf, l.movement_id, l.amount
FROM settlement_link l CROSS JOIN movement m ON m.id = l.movement_id CROSS JOIN settlement s ON s.id = l.settlement_id
ORDER BY l.settlement_id, m.booked_on, m.year, length(m.number), m.number, m.account

-- Lines, payments, receipts and shares are all kept by IUV: in that order each is
-- read once from end to end. The condition on the IUV makes the planner do so;
-- sorting by flow costs more than all the rest.
-- name: RegLines
SELECT s.id, l.iuv, l.seq, l.amount, l.outcome, f.declared_total = f.total_net AND f.total_net <> f.total_plain, l.paid_on,
    coalesce(p.has_receipt, 0), coalesce(p.amount, 0), coalesce(r.debt_type, ''),
    coalesce(h.seq, 0), coalesce(h.year, 0), coalesce(h.office, ''), coalesce(h.chapter, ''), coalesce(h.article, ''),
    coalesce(h.assessment, ''), coalesce(h.plan_code, ''), coalesce(h.amount, 0), coalesce(h.accertamento_id, 0)
FROM flow_line l CROSS JOIN flow f ON f.id = l.flow_id CROSS JOIN settlement s ON s.id = f.settlement_id AND s.flow_id = f.id
LEFT JOIN payment p ON p.iuv = l.iuv AND p.flow_id = l.flow_id AND p.flow_seq = l.seq
LEFT JOIN receipt r ON p.has_receipt = 1 AND r.iuv = p.iuv AND r.iur = p.iur AND r.idx = p.idx
LEFT JOIN share h ON p.has_receipt = 1 AND h.iuv = p.iuv AND h.iur = p.iur AND h.idx = p.idx
WHERE l.iuv >= '' AND s.parts > 0

-- name: RegDirect
SELECT v.movement_id, r.iuv, r.debt_type, r.paid_on, h.seq, h.year, h.office, h.chapter, h.article, h.assessment, h.plan_code,
    h.amount, coalesce(h.accertamento_id, 0)
FROM movement_ref v CROSS JOIN receipt r ON r.iuv = v.ref CROSS JOIN share h ON h.iuv = r.iuv AND h.iur = r.iur AND h.idx = r.idx
WHERE v.kind = 'iuv' AND v.used = 1 AND NOT EXISTS (SELECT 1 FROM settlement_link l WHERE l.movement_id = v.movement_id)
ORDER BY v.movement_id, r.iuv, r.iur, r.idx, h.seq

-- name: RegMovements
SELECT m.id, m.year, m.number, m.account, m.booked_on, m.value_on, m.payer, m.remittance, m.cash, m.covered, v.status, f.name, d.entry, m.line, f.sha256
FROM movement m JOIN verdict v ON v.id = m.verdict_id JOIN doc d ON d.id = m.doc_id JOIN file f ON f.id = d.file_id
WHERE m.cash > 0 AND v.status <> 'NOT_PAGOPA'
ORDER BY m.year, length(m.number), m.number, m.account

-- name: RegCovers
SELECT c.year, c.account, c.number, c.ordered, c.operation, c.amount, c.booked_on FROM cover c
ORDER BY c.year, c.number, c.booked_on, c.ordered, c.doc_id, c.line, c.seq
