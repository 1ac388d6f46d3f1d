-- Payments whose receipt was reported, notified or implied and never came, as a
-- run left them (first parameter). A notice without IUV cannot be asked for.

-- name: MissingReceipts
SELECT h.iuv, h.iur, h.idx, h.alone_iud, h.iud, h.amount, v.status,
    coalesce(l.outcome, 0), coalesce(l.paid_on, n.paid_on, ''), coalesce(f.iuf, ''), coalesce(f.psp, ''), coalesce(f.psp_name, ''),
    coalesce(o.name, ''), coalesce(o.sha256, ''), coalesce(d.entry, ''), coalesce(l.line, n.line, 0),
    (SELECT count(*) FROM receipt_request q WHERE q.iuv = h.iuv AND q.iur = h.iur AND q.idx = h.idx AND q.iud = h.alone_iud AND q.run_id <= ?1),
    coalesce((SELECT max(q.at) FROM receipt_request q
        WHERE q.iuv = h.iuv AND q.iur = h.iur AND q.idx = h.idx AND q.iud = h.alone_iud AND q.run_id <= ?1), '')
FROM payment_history h CROSS JOIN verdict v ON v.id = h.after
LEFT JOIN flow_line l ON l.iuv = h.iuv AND +l.flow_id = h.flow_id AND +l.seq = h.flow_seq
LEFT JOIN flow f ON f.id = l.flow_id
LEFT JOIN notice n ON l.flow_id IS NULL AND n.iud = h.alone_iud AND h.alone_iud <> ''
LEFT JOIN doc d ON d.id = coalesce(f.doc_id, n.doc_id)
LEFT JOIN file o ON o.id = d.file_id
WHERE h.run_id = (SELECT i.run_id FROM payment_history i
    WHERE i.iuv = h.iuv AND i.iur = h.iur AND i.idx = h.idx AND i.alone_iud = h.alone_iud AND i.run_id <= ?1 ORDER BY i.run_id DESC LIMIT 1)
AND h.has_receipt = 0 AND h.iuv <> ''
AND (v.status IN ('REPORTED_WITHOUT_RECEIPT', 'NOTIFIED_WITHOUT_RECEIPT') OR l.outcome IN (8, 9))
ORDER BY h.iuv, h.iur, h.idx, h.alone_iud

-- name: MissingReceiptHistory
SELECT r.as_of, h.after IS NOT NULL AND h.has_receipt = 0 AND (a.status IN ('REPORTED_WITHOUT_RECEIPT', 'NOTIFIED_WITHOUT_RECEIPT')
    OR EXISTS (SELECT 1 FROM flow_line l WHERE l.iuv = h.iuv AND +l.flow_id = h.flow_id AND +l.seq = h.flow_seq AND l.outcome IN (8, 9))),
    h.run_id
FROM payment_history h JOIN run r ON r.id = h.run_id LEFT JOIN verdict a ON a.id = h.after
WHERE h.iuv = ? AND h.iur = ? AND h.idx = ? AND h.alone_iud = ? AND h.run_id <= ? ORDER BY h.run_id DESC

-- name: ReceiptRequestInsert
INSERT INTO receipt_request (iuv, iur, idx, iud, run_id, at, author) VALUES (?, ?, ?, ?, ?, ?, ?)
