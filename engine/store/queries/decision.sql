-- name: DecisionAdd
INSERT INTO decision (kind, answer, proposal, joint, year, number, account, iuf_key, psp, flow_year, iuv, iur, idx, amount, version,
    author, note, decided_at, doc_id, line)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: DecisionAny
SELECT 1 FROM decision LIMIT 1

-- name: DecisionsAll
SELECT d.id, d.kind, d.answer, d.proposal, d.joint, d.year, d.number, d.account, d.iuf_key, d.psp, d.flow_year, d.iuv, d.iur, d.idx,
    d.amount, d.version, d.author, d.note, d.decided_at, f.run_id, d.line, f.name, f.sha256, c.entry
FROM decision d JOIN doc c ON c.id = d.doc_id JOIN file f ON f.id = c.file_id ORDER BY d.id

-- name: DecisionsOnMovement
SELECT d.id, d.kind, d.answer, d.proposal, d.joint, d.year, d.number, d.account, d.iuf_key, d.psp, d.flow_year, d.iuv, d.iur, d.idx,
    d.amount, d.version, d.author, d.note, d.decided_at, f.run_id, d.line, f.name, f.sha256, c.entry
FROM decision d JOIN doc c ON c.id = d.doc_id JOIN file f ON f.id = c.file_id
WHERE d.year = ? AND d.number = ? AND d.number <> '' ORDER BY d.id

-- name: DecisionsOnSettlement
SELECT d.id, d.kind, d.answer, d.proposal, d.joint, d.year, d.number, d.account, d.iuf_key, d.psp, d.flow_year, d.iuv, d.iur, d.idx,
    d.amount, d.version, d.author, d.note, d.decided_at, f.run_id, d.line, f.name, f.sha256, c.entry
FROM decision d JOIN doc c ON c.id = d.doc_id JOIN file f ON f.id = c.file_id
WHERE d.iuf_key = ? AND d.psp = ? AND d.flow_year = ? AND d.iuf_key <> '' ORDER BY d.id

-- name: DecisionsOnIUV
SELECT d.id, d.kind, d.answer, d.proposal, d.joint, d.year, d.number, d.account, d.iuf_key, d.psp, d.flow_year, d.iuv, d.iur, d.idx,
    d.amount, d.version, d.author, d.note, d.decided_at, f.run_id, d.line, f.name, f.sha256, c.entry
FROM decision d JOIN doc c ON c.id = d.doc_id JOIN file f ON f.id = c.file_id
WHERE d.iuv = ? AND d.iuv <> '' ORDER BY d.id

-- name: DecisionsOnProposal
SELECT d.id, d.kind, d.answer, d.proposal, d.joint, d.year, d.number, d.account, d.iuf_key, d.psp, d.flow_year, d.iuv, d.iur, d.idx,
    d.amount, d.version, d.author, d.note, d.decided_at, f.run_id, d.line, f.name, f.sha256, c.entry
FROM decision d JOIN doc c ON c.id = d.doc_id JOIN file f ON f.id = c.file_id
WHERE d.proposal = ? AND d.joint = 1 ORDER BY d.id

-- name: DecidableMovements
SELECT id, account, cash FROM movement WHERE year = ? AND number = ? ORDER BY id

-- name: DecidableSettlements
SELECT s.id, s.psp, s.year, f.produced_at || '#' || substr(f.digest, 1, 8), s.revised
FROM settlement s JOIN flow f ON f.id = s.flow_id WHERE s.iuf_key = ? ORDER BY s.year, s.psp

-- name: DecidableReceipts
SELECT iur, idx FROM receipt WHERE iuv = ? ORDER BY iur, idx

-- name: DecidableTwins
SELECT p.iur, p.idx, p.amount, v.status FROM payment p JOIN verdict v ON v.id = p.verdict_id WHERE p.iuv = ? AND p.alone_iud = ''
ORDER BY p.iur, p.idx

-- name: DecidedFirstMovement
SELECT min(id) FROM movement WHERE year = ? AND number = ?

-- name: DecidedSettlement
SELECT id FROM settlement WHERE iuf_key = ? AND psp = ? AND year = ?

-- name: DecidedReview
SELECT d.answer FROM settlement s JOIN flow f ON f.id = s.flow_id
JOIN decision d ON d.iuf_key = s.iuf_key AND d.psp = s.psp AND d.flow_year = s.year AND d.iuf_key <> '' AND d.kind = 'rivisto'
    AND d.version = f.produced_at || '#' || substr(f.digest, 1, 8)
WHERE s.id = ? ORDER BY d.id DESC LIMIT 1
