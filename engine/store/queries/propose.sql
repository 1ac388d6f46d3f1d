-- name: OpenMovements
SELECT year, number, account, cash, open, booked_on, payer, remittance, end_to_end FROM (
    SELECT m.year, m.number, m.account, m.cash, m.booked_on, m.payer, m.remittance, m.end_to_end,
        m.cash - coalesce((SELECT sum(l.amount) FROM settlement_link l WHERE l.movement_id = m.id), 0) AS open
    FROM movement m JOIN verdict v ON v.id = m.verdict_id
    WHERE m.cash > 0 AND m.booked_on <= ?1 AND v.status <> 'NOT_PAGOPA'
    AND NOT EXISTS (SELECT 1 FROM movement_ref r WHERE r.movement_id = m.id AND r.kind = 'iuv' AND r.used = 1))
WHERE open > 0 ORDER BY booked_on, year, length(number), number, account

-- name: OpenSettlements
SELECT s.iuf_key, s.psp, s.year, f.declared_total - s.cash, f.declared_total, s.parts, f.regulated_on, f.psp_name, f.bic
FROM settlement s JOIN flow f ON f.id = s.flow_id
WHERE f.declared_total > s.cash AND f.regulated_on <= ?1 ORDER BY f.regulated_on, s.iuf_key, s.psp, s.year

-- name: OpenReceipts
SELECT r.iuv, r.iur, r.idx, r.total, r.paid_on, d.payer_name
FROM payment p CROSS JOIN verdict v ON v.id = p.verdict_id
CROSS JOIN receipt r ON r.iuv = p.iuv AND r.iur = p.iur AND r.idx = p.idx CROSS JOIN receipt_detail d ON d.id = r.detail_id
WHERE p.has_receipt = 1 AND p.flow_id IS NULL AND r.stamp = 0 AND r.paid_on <= ?1 AND instr(v.facts, 'has_iuv_cash') = 0
ORDER BY p.iuv, p.iur, p.idx

-- name: OpenReviews
SELECT s.iuf_key, s.psp, s.year, f.declared_total - s.cash, f.declared_total, s.parts, f.regulated_on, f.psp_name, f.bic,
    f.produced_at || '#' || substr(f.digest, 1, 8)
FROM settlement s JOIN flow f ON f.id = s.flow_id WHERE s.revised = 1 ORDER BY f.regulated_on, s.iuf_key, s.psp, s.year

-- name: OpenDuplicates
SELECT p.iuv, p.iur, p.idx, p.amount, p.due_from, '' FROM payment p CROSS JOIN verdict v ON v.id = p.verdict_id
WHERE v.status = 'DUPLICATE' ORDER BY p.iuv, p.idx, p.iur
