-- The first parameter of every listing is the status, state or code to keep, or
-- the empty text for all.

-- name: ListPayments
SELECT p.iuv, p.iur, p.idx, p.iud, p.amount, v.status, v.sign, p.difference, p.due_from,
    coalesce(s.iuf_key, ''), p.notice_iud, v.labels, p.alone_iud
FROM payment p CROSS JOIN verdict v ON v.id = p.verdict_id
LEFT JOIN flow f ON f.id = p.flow_id
LEFT JOIN settlement s ON s.id = f.settlement_id
WHERE ?1 IN ('', v.status) ORDER BY p.iuv, p.iur, p.idx, p.alone_iud

-- The index alone says which payments they are; no other is read.
-- name: ListAnomalies
SELECT p.iuv, p.iur, p.idx, p.iud, p.amount, v.status, v.sign, p.difference, p.due_from,
    coalesce(s.iuf_key, ''), p.notice_iud, v.labels, p.alone_iud
FROM payment k CROSS JOIN verdict v ON v.id = k.verdict_id
CROSS JOIN payment p ON p.iuv = k.iuv AND p.iur = k.iur AND p.idx = k.idx AND p.alone_iud = k.alone_iud
LEFT JOIN flow f ON f.id = p.flow_id
LEFT JOIN settlement s ON s.id = f.settlement_id
WHERE k.verdict_id < 0 AND k.verdict_id IN (SELECT id FROM verdict WHERE unit = 'payment' AND status = ?1) ORDER BY k.iuv, k.iur, k.idx, k.alone_iud

-- Whether a status is always one of anomalies; nothing when no payment ever had it.
-- name: ListStatusSign
SELECT max(sign) < 0 FROM verdict WHERE unit = 'payment' AND status = ? HAVING count(*) > 0

-- name: ListSettlements
SELECT s.iuf, s.psp, f.psp_name, s.year, f.regulated_on, f.declared_count, f.declared_total, s.cash, s.parts, s.cash - f.declared_total,
    v.status, v.sign, coalesce((SELECT group_concat(reason, '|' ORDER BY reason) FROM (
        SELECT DISTINCT l.reason FROM settlement_link l WHERE l.settlement_id = s.id)), '')
FROM settlement s CROSS JOIN flow f ON f.id = s.flow_id CROSS JOIN verdict v ON v.id = s.verdict_id
WHERE ?1 IN ('', v.status) ORDER BY f.regulated_on, s.iuf_key, s.psp

-- name: ListMovements
SELECT m.account, m.year, m.number, m.booked_on, m.value_on, m.amount, m.reversed, m.cash, m.covered, m.payer,
    coalesce((SELECT group_concat(c.ref, '|' ORDER BY c.ref) FROM movement_ref c WHERE c.movement_id = m.id AND c.kind = 'iuf'), ''),
    coalesce((SELECT group_concat(c.ref, '|' ORDER BY c.ref) FROM movement_ref c WHERE c.movement_id = m.id AND c.kind = 'iuv'), ''),
    m.remittance, v.status, v.sign, v.labels,
    coalesce((SELECT group_concat(reason, '|' ORDER BY reason) FROM (
        SELECT l.reason FROM settlement_link l WHERE l.movement_id = m.id
        UNION SELECT c.step FROM movement_ref c WHERE c.movement_id = m.id AND c.kind = 'iuv' AND c.used = 1)), '')
FROM movement m CROSS JOIN verdict v ON v.id = m.verdict_id
WHERE ?1 IN ('', v.status) ORDER BY m.year, length(m.number), m.number, m.account

-- The same three as a run left the books (second parameter): the last row of the
-- history of each unit up to that run.

-- name: ListPaymentsAt
SELECT h.iuv, h.iur, h.idx, h.iud, h.amount, v.status, v.sign, h.difference, h.due_from,
    coalesce(s.iuf_key, ''), CASE h.has_notice WHEN 1 THEN h.iud ELSE '' END, v.labels, h.alone_iud
FROM payment_history h CROSS JOIN verdict v ON v.id = h.after
LEFT JOIN flow f ON f.id = h.flow_id
LEFT JOIN settlement s ON s.id = f.settlement_id
WHERE h.run_id = (SELECT i.run_id FROM payment_history i
    WHERE i.iuv = h.iuv AND i.iur = h.iur AND i.idx = h.idx AND i.alone_iud = h.alone_iud AND i.run_id <= ?2 ORDER BY i.run_id DESC LIMIT 1)
AND ?1 IN ('', v.status) ORDER BY h.iuv, h.iur, h.idx, h.alone_iud

-- name: ListSettlementsAt
SELECT f.iuf, s.psp, f.psp_name, s.year, f.regulated_on, f.declared_count, f.declared_total, h.amount, h.parts, h.amount - f.declared_total,
    v.status, v.sign, h.reasons
FROM unit_history h CROSS JOIN settlement s ON s.id = h.unit_id CROSS JOIN flow f ON f.id = h.flow_id CROSS JOIN verdict v ON v.id = h.after
WHERE h.unit = 'settlement' AND h.run_id = (SELECT max(i.run_id) FROM unit_history i
    WHERE i.unit = h.unit AND i.unit_id = h.unit_id AND i.run_id <= ?2)
AND ?1 IN ('', v.status) ORDER BY f.regulated_on, s.iuf_key, s.psp

-- name: ListMovementsAt
SELECT n.account, m.year, m.number, n.booked_on, n.value_on, n.amount, n.reversed, h.amount, n.covered, n.payer,
    n.iufs, n.iuvs, n.remittance, v.status, v.sign, v.labels, h.reasons
FROM unit_history h CROSS JOIN movement m ON m.id = h.unit_id CROSS JOIN verdict v ON v.id = h.after
CROSS JOIN movement_version n ON n.movement_id = h.unit_id
    AND n.run_id = (SELECT max(o.run_id) FROM movement_version o WHERE o.movement_id = h.unit_id AND o.run_id <= ?2)
WHERE h.unit = 'movement' AND h.run_id = (SELECT max(i.run_id) FROM unit_history i
    WHERE i.unit = h.unit AND i.unit_id = h.unit_id AND i.run_id <= ?2)
AND ?1 IN ('', v.status) ORDER BY m.year, length(m.number), m.number, n.account

-- name: ListReceipts
SELECT r.iuv, r.iur, r.idx, r.iud, r.amount, r.total, r.paid_on, r.debt_type, a.psp_name, d.payer_name, d.remittance,
    coalesce(v.status, ''), o.name, c.entry, r.line
FROM receipt r CROSS JOIN receipt_detail d ON d.id = r.detail_id CROSS JOIN receipt_psp a ON a.id = r.psp_id
CROSS JOIN doc c ON c.id = r.doc_id CROSS JOIN file o ON o.id = c.file_id
LEFT JOIN payment p ON p.iuv = r.iuv AND p.iur = r.iur AND p.idx = r.idx AND p.alone_iud = ''
LEFT JOIN verdict v ON v.id = p.verdict_id
WHERE ?1 IN ('', v.status) ORDER BY r.iuv, r.iur, r.idx

-- name: ListFlows
SELECT f.iuf, f.psp, f.psp_name, f.revision, f.produced_at, f.regulated_on, f.regulation, f.declared_count, f.declared_total,
    f.line_count, f.total_plain, f.state, o.name, c.entry, f.line
FROM flow f CROSS JOIN settlement s ON s.id = f.settlement_id CROSS JOIN doc c ON c.id = f.doc_id CROSS JOIN file o ON o.id = c.file_id
WHERE ?1 IN ('', f.state) ORDER BY f.regulated_on, s.iuf_key, f.psp, f.produced_at, f.revision, f.id

-- name: ListNotices
SELECT n.iud, n.iuv, n.amount, n.paid_on, n.debt_type, d.payer_name, coalesce(v.status, ''), o.name, c.entry, n.line
FROM notice n CROSS JOIN notice_detail d ON d.id = n.detail_id CROSS JOIN doc c ON c.id = n.doc_id CROSS JOIN file o ON o.id = c.file_id
LEFT JOIN verdict v ON v.id = coalesce(
    (SELECT p.verdict_id FROM payment p WHERE p.iuv = n.iuv AND p.iur = '' AND p.idx = 0 AND p.alone_iud = n.iud),
    (SELECT p.verdict_id FROM receipt r CROSS JOIN payment p ON p.iuv = r.iuv AND p.iur = r.iur AND p.idx = r.idx AND p.alone_iud = ''
        WHERE r.iud = n.iud AND r.iud <> '' ORDER BY r.iuv, r.iur, r.idx LIMIT 1))
WHERE ?1 IN ('', v.status) ORDER BY n.iuv, n.iud

-- name: ListFiles
SELECT id, name, drop_name, source, sha256, size, seen_at, state, rows_read, accepted, rejected, total, code, message, at_entry, at_line
FROM file WHERE ?1 IN ('', state) ORDER BY id

-- name: ListRejects
SELECT f.id, f.name, f.sha256, r.entry, r.line, r.col, r.code, r.value, r.reason
FROM file f CROSS JOIN reject r ON r.file_id = f.id WHERE ?1 IN ('', r.code) ORDER BY f.id, r.seq
