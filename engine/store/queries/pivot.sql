-- What the reconciliation export reads of a payment and of one movement that
-- settles or cashes it; the columns are those of store.PivotField, in order.

-- name: PivotColumns
SELECT r.iuv, r.iur, v.labels, u.as_of,
    n.iud, n.iuv, nd.payer_kind, nd.payer_code, nd.payer_name, n.paid_on, nd.channel, n.amount, nd.commission,
    nd.remittance, nd.collection, n.debt_type, nd.bilancio, n.doc_id,
    rk.import_flow, rd.import_row, r.iud, rk.beneficiary, rd.receipt_id, rd.received_at, ra.psp, ra.psp_name,
    rd.payer_kind, rd.payer_code, rd.payer_name, r.outcome, r.total, rd.context, r.amount, ra.outcome_tag, r.paid_on,
    rd.remittance, rk.collection, r.debt_type, rb.text, r.doc_id,
    rk.owner_code, rk.owner_name, rk.owner_taxonomy,
    f.iuf, f.produced_at, f.regulation, f.regulated_on, f.psp_kind, f.psp, f.psp_name, f.declared_count, f.declared_total,
    l.iuv, l.iur, l.amount, l.outcome, l.paid_on, f.doc_id,
    m.treasurer, m.account, m.booked_on, m.value_on, m.cash, m.remittance, m.payer, CASE WHEN k.movement_id IS NOT NULL THEN s.iuf_key END,
    c.ref, m.year, m.number, m.code, m.doc_id
FROM payment p CROSS JOIN verdict v ON v.id = p.verdict_id CROSS JOIN run u ON u.id = p.since_run
LEFT JOIN receipt r ON p.has_receipt = 1 AND r.iuv = p.iuv AND r.iur = p.iur AND r.idx = p.idx
LEFT JOIN receipt_detail rd ON rd.id = r.detail_id
LEFT JOIN receipt_psp ra ON ra.id = r.psp_id
LEFT JOIN receipt_kind rk ON rk.id = r.kind_id
LEFT JOIN receipt_text rb ON rb.id = r.bilancio_id
LEFT JOIN notice n ON p.notice_iud <> '' AND n.iud = p.notice_iud
LEFT JOIN notice_detail nd ON nd.id = n.detail_id
-- by IUV, which keeps both scans side by side; a revoked line is no line
LEFT JOIN flow_line l ON l.iuv = p.iuv AND +l.flow_id = p.flow_id AND +l.seq = p.flow_seq AND l.outcome <> 3
LEFT JOIN flow f ON f.id = l.flow_id
LEFT JOIN settlement s ON s.id = f.settlement_id
LEFT JOIN settlement_link k ON k.settlement_id = s.id
LEFT JOIN movement_ref c ON k.movement_id IS NULL AND p.alone_iud = '' AND c.kind = 'iuv' AND c.ref = p.iuv AND c.used = 1
LEFT JOIN movement m ON m.id = coalesce(k.movement_id, c.movement_id)

-- name: PivotPayments
-- include: PivotColumns
WHERE p.alone_iud <> '' OR p.has_receipt = 1 OR l.outcome IS NOT NULL
ORDER BY p.iuv, p.iur, p.idx, p.alone_iud, m.year, m.number, m.account

-- name: PivotPayment
-- include: PivotColumns
WHERE p.iuv = ? AND p.iur = ? AND p.idx = ? AND p.alone_iud = ? AND (p.alone_iud <> '' OR p.has_receipt = 1 OR l.outcome IS NOT NULL)
ORDER BY m.year, m.number, m.account

-- name: PivotMovementColumns
SELECT v.labels, (SELECT u.as_of FROM run u WHERE u.id = (SELECT max(h.run_id) FROM unit_history h WHERE h.unit = 'movement' AND h.unit_id = m.id)),
    m.treasurer, m.account, m.booked_on, m.value_on, m.cash, m.remittance, m.payer,
    (SELECT group_concat(c.ref, '|' ORDER BY c.ref) FROM movement_ref c WHERE c.movement_id = m.id AND c.kind = 'iuf'),
    (SELECT group_concat(c.ref, '|' ORDER BY c.ref) FROM movement_ref c WHERE c.movement_id = m.id AND c.kind = 'iuv' AND c.step <> 'candidate'),
    m.year, m.number, m.code, m.doc_id
FROM movement m CROSS JOIN verdict v ON v.id = m.verdict_id

-- name: PivotMovements
-- include: PivotMovementColumns
WHERE v.labels <> '' ORDER BY m.year, m.number, m.account

-- name: PivotMovement
-- include: PivotMovementColumns
WHERE v.labels <> '' AND m.id = ?

-- name: MovementKey
SELECT account, year, number FROM movement WHERE id = ?

-- name: Arrival
SELECT d.file_id, u.as_of FROM doc d JOIN file f ON f.id = d.file_id JOIN run u ON u.id = f.run_id WHERE d.id = ?
