-- name: TraceReceipts
SELECT r.iuv, r.iur, r.idx, r.iud, r.amount, r.total, r.outcome, r.paid_on, r.debt_type, a.psp, a.psp_name, t.payer_name, t.remittance,
    r.replaced, f.name, d.entry, r.line, f.sha256
FROM (SELECT iuv, iur, idx, iud, amount, total, outcome, paid_on, debt_type, doc_id, line, detail_id, psp_id, 0 AS replaced FROM receipt WHERE iuv = ?1
    UNION ALL
    SELECT iuv, iur, idx, iud, amount, total, outcome, paid_on, debt_type, doc_id, line, detail_id, psp_id, 1 FROM receipt_past WHERE iuv = ?1) r
JOIN receipt_detail t ON t.id = r.detail_id JOIN receipt_psp a ON a.id = r.psp_id JOIN doc d ON d.id = r.doc_id JOIN file f ON f.id = d.file_id
ORDER BY r.iur, r.idx, r.replaced, r.doc_id DESC, r.line

-- name: TraceNotices
SELECT n.iud, n.iuv, n.amount, n.paid_on, n.debt_type, t.payer_name, t.remittance, n.replaced, f.name, d.entry, n.line, f.sha256
FROM (SELECT iud, iuv, amount, paid_on, debt_type, doc_id, line, detail_id, 0 AS replaced FROM notice WHERE iud = ?1
    UNION ALL
    SELECT iud, iuv, amount, paid_on, debt_type, doc_id, line, detail_id, 1 FROM notice_past WHERE iud = ?1) n
JOIN notice_detail t ON t.id = n.detail_id JOIN doc d ON d.id = n.doc_id JOIN file f ON f.id = d.file_id
ORDER BY n.replaced, n.doc_id DESC, n.line

-- name: TraceIUDsOfIUV
SELECT iud FROM receipt WHERE iuv = ?1 AND iud <> '' UNION SELECT iud FROM receipt_past WHERE iuv = ?1 AND iud <> ''
UNION SELECT iud FROM notice WHERE iuv = ?1 ORDER BY 1

-- name: TraceIUVsOfIUD
SELECT iuv FROM receipt WHERE iud = ?1 AND iud <> '' UNION SELECT iuv FROM notice WHERE iud = ?1
UNION SELECT iuv FROM notice_past WHERE iud = ?1 ORDER BY 1

-- name: TraceLinesOfIUV
SELECT l.flow_id, w.settlement_id, l.seq, l.iuv, l.iur, l.idx, l.amount, l.outcome, l.paid_on, f.name, d.entry, l.line, f.sha256
FROM flow_line l JOIN flow w ON w.id = l.flow_id JOIN doc d ON d.id = w.doc_id JOIN file f ON f.id = d.file_id
WHERE l.iuv = ? ORDER BY l.flow_id, l.seq

-- name: TraceLinesOfFlow
SELECT l.flow_id, w.settlement_id, l.seq, l.iuv, l.iur, l.idx, l.amount, l.outcome, l.paid_on, f.name, d.entry, l.line, f.sha256
FROM flow_line l JOIN flow w ON w.id = l.flow_id JOIN doc d ON d.id = w.doc_id JOIN file f ON f.id = d.file_id
WHERE l.flow_id = ? ORDER BY l.seq

-- name: TraceFlows
SELECT w.id, w.settlement_id, w.state = 'current', w.iuf, w.revision, w.produced_at, w.regulation, w.regulated_on, w.psp, w.psp_name, w.bic,
    w.declared_count, w.declared_total, w.line_count, w.total_plain, w.total_net, f.name, d.entry, w.line, f.sha256
FROM flow w JOIN doc d ON d.id = w.doc_id JOIN file f ON f.id = d.file_id
WHERE w.settlement_id = ? ORDER BY w.state, w.produced_at DESC, w.revision DESC, w.id DESC

-- name: TraceSettlement
SELECT s.id, s.iuf, s.psp, s.year, s.cash, s.parts, s.revised,
    coalesce(v.status, ''), coalesce(v.sign, 0), coalesce(v.severity, 0), coalesce(v.labels, ''), coalesce(v.facts, ''), coalesce(v.ruleset_hash, '')
FROM settlement s LEFT JOIN verdict v ON v.id = s.verdict_id WHERE s.id = ?

-- name: TraceSettlementsByIUF
SELECT id FROM settlement WHERE iuf_key = ? ORDER BY year, psp

-- name: TraceLinksOfSettlement
SELECT k.settlement_id, s.iuf, k.movement_id, m.account, m.year, m.number, m.booked_on, k.amount, k.reason
FROM settlement_link k JOIN settlement s ON s.id = k.settlement_id JOIN movement m ON m.id = k.movement_id
WHERE k.settlement_id = ? ORDER BY m.booked_on, m.year, length(m.number), m.number, m.account

-- name: TraceLinksOfMovement
SELECT k.settlement_id, s.iuf, k.movement_id, m.account, m.year, m.number, m.booked_on, k.amount, k.reason
FROM settlement_link k JOIN settlement s ON s.id = k.settlement_id JOIN movement m ON m.id = k.movement_id
WHERE k.movement_id = ? ORDER BY s.iuf_key, s.year, s.psp

-- name: TraceMovement
SELECT m.id, m.account, m.year, m.number, m.amount, m.reversed, m.cash, m.covered, m.booked_on, m.value_on, m.payer, m.remittance,
    m.end_to_end, m.treasurer, m.code, m.ambiguous,
    coalesce(v.status, ''), coalesce(v.sign, 0), coalesce(v.severity, 0), coalesce(v.labels, ''), coalesce(v.facts, ''), coalesce(v.ruleset_hash, ''),
    f.name, d.entry, m.line, f.sha256
FROM movement m JOIN doc d ON d.id = m.doc_id JOIN file f ON f.id = d.file_id LEFT JOIN verdict v ON v.id = m.verdict_id WHERE m.id = ?

-- name: TraceMovementsByNumber
SELECT id FROM movement WHERE year = ? AND number = ? ORDER BY account

-- name: TraceMovementsNaming
SELECT movement_id FROM movement_ref WHERE kind = ? AND ref = ? ORDER BY movement_id

-- name: TraceRefs
SELECT kind, ref, step, used, barred FROM movement_ref WHERE movement_id = ? ORDER BY kind, ref

-- name: TraceEvents
SELECT e.document, e.operation, e.amount, e.booked_on, f.name, d.entry, e.line, f.sha256
FROM movement_event e JOIN doc d ON d.id = e.doc_id JOIN file f ON f.id = d.file_id
WHERE e.movement_id = ? ORDER BY e.booked_on, e.doc_id, e.line

-- name: TraceFormerMovement
SELECT p.amount, p.booked_on, p.value_on, p.payer, p.remittance, f.name, d.entry, p.line, f.sha256
FROM movement_past p JOIN doc d ON d.id = p.doc_id JOIN file f ON f.id = d.file_id
WHERE p.movement_id = ? ORDER BY p.replaced_by DESC, p.doc_id DESC, p.line

-- name: TracePayments
SELECT p.iuv, p.iur, p.idx, p.alone_iud, p.amount, p.has_receipt, p.notice_iud, coalesce(p.flow_id, 0), coalesce(p.flow_seq, 0), coalesce(s.iuf, ''),
    p.difference, p.due_from, p.since_run, p.review_on, v.status, v.sign, v.severity, v.labels, v.facts, v.ruleset_hash
FROM payment p JOIN verdict v ON v.id = p.verdict_id LEFT JOIN flow w ON w.id = p.flow_id LEFT JOIN settlement s ON s.id = w.settlement_id
WHERE p.iuv = ? ORDER BY p.iur, p.idx, p.alone_iud

-- name: TracePaymentHistory
SELECT h.iur, h.idx, h.alone_iud, h.run_id, r.as_of, coalesce(b.status, ''), coalesce(a.status, ''), h.amount, h.difference,
    coalesce(f.name, ''), coalesce(f.sha256, ''), h.also
FROM payment_history h JOIN run r ON r.id = h.run_id LEFT JOIN verdict b ON b.id = h.before LEFT JOIN verdict a ON a.id = h.after
LEFT JOIN file f ON f.id = h.file_id
WHERE h.iuv = ? ORDER BY h.iur, h.idx, h.alone_iud, h.run_id

-- name: TraceUnitHistory
SELECT h.run_id, r.as_of, coalesce(b.status, ''), a.status, h.amount, h.difference,
    coalesce(f.name, ''), coalesce(f.sha256, ''), h.also
FROM unit_history h JOIN run r ON r.id = h.run_id LEFT JOIN verdict b ON b.id = h.before JOIN verdict a ON a.id = h.after
LEFT JOIN file f ON f.id = h.file_id
WHERE h.unit = ? AND h.unit_id = ? ORDER BY h.run_id
