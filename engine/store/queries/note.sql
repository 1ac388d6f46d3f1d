-- name: Notes
SELECT n.id, n.unit, n.iuv, n.iur, n.idx, n.iud, n.iuf, n.psp, n.year, n.number, n.account,
    (SELECT max(c.seq) FROM note_change c WHERE c.note_id = n.id AND c.run_id <= ?1) AS seq
FROM note n WHERE EXISTS (SELECT 1 FROM note_change c WHERE c.note_id = n.id AND c.run_id <= ?1) ORDER BY n.id

-- name: NotePaymentAliases
SELECT n.id, h.iuv, h.iur, h.idx
FROM note n CROSS JOIN payment_history h ON h.iuv = n.iuv
CROSS JOIN flow_line l ON l.iuv = h.iuv AND l.iur = n.iur AND l.flow_id = h.flow_id AND l.seq = h.flow_seq
WHERE n.unit = 'payment' AND n.idx <> 0 AND h.idx = n.idx AND h.iur <> n.iur AND h.after IS NOT NULL
AND h.run_id = (SELECT i.run_id FROM payment_history i
    WHERE i.iuv = h.iuv AND i.iur = h.iur AND i.idx = h.idx AND i.alone_iud = h.alone_iud AND i.run_id <= ?1 ORDER BY i.run_id DESC LIMIT 1)
ORDER BY n.id, h.iur

-- name: NoteMovementAliases
SELECT DISTINCT n.id, m.year, m.number, w.account
FROM note n CROSS JOIN movement m ON m.year = n.year AND m.number = n.number
CROSS JOIN movement_version v ON v.movement_id = m.id AND v.account = n.account
CROSS JOIN movement_version w ON w.movement_id = m.id AND w.account <> n.account
WHERE n.unit = 'movement' ORDER BY n.id, w.account

-- name: NoteChanges
SELECT c.seq, c.run_id, c.at, c.author, c.state, c.text, c.assignee, c.due_on, c.ignore_until, coalesce(c.file_id, 0), coalesce(f.name, '')
FROM note_change c LEFT JOIN file f ON f.id = c.file_id WHERE c.note_id = ? ORDER BY c.seq

-- name: NoteChangeAt
SELECT c.seq, c.run_id, c.at, c.author, c.state, c.text, c.assignee, c.due_on, c.ignore_until, coalesce(c.file_id, 0), coalesce(f.name, '')
FROM note_change c LEFT JOIN file f ON f.id = c.file_id WHERE c.note_id = ? AND c.seq = ?

-- name: NoteInsert
INSERT INTO note (unit, iuv, iur, idx, iud, iuf, psp, year, number, account) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: NoteChangeInsert
INSERT INTO note_change (note_id, seq, run_id, at, author, state, text, assignee, due_on, ignore_until, file_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: NotedPayments
SELECT iur, idx, alone_iud, iud, notice_iud, 0 AS gone FROM payment WHERE iuv = ?1
UNION ALL
SELECT DISTINCT h.iur, h.idx, h.alone_iud, h.alone_iud, '', 1 FROM payment_past h WHERE h.iuv = ?1
AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.iuv = h.iuv AND p.iur = h.iur AND p.idx = h.idx AND p.alone_iud = h.alone_iud)
ORDER BY gone, 1, 2, 3

-- name: NotedAccounts
SELECT account FROM movement WHERE year = ? AND number = ? ORDER BY account
