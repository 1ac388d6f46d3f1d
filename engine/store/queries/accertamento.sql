-- name: AccertamentoByName
SELECT id, name, debt_type, year, state, automatic FROM accertamento WHERE name = ? AND debt_type = ? AND year = ?

-- name: AccertamentiNamed
SELECT id, name, debt_type, year, state, automatic FROM accertamento WHERE name = ? ORDER BY debt_type, year

-- name: Accertamenti
SELECT a.id, a.name, a.debt_type, a.year, a.state, a.automatic,
    (SELECT count(*) FROM (SELECT DISTINCT s.iuv, s.iur, s.idx FROM share s WHERE s.accertamento_id = a.id)),
    coalesce((SELECT sum(s.amount) FROM share s WHERE s.accertamento_id = a.id), 0),
    (SELECT e.author FROM accertamento_event e WHERE e.accertamento_id = a.id ORDER BY e.seq LIMIT 1),
    (SELECT e.at FROM accertamento_event e WHERE e.accertamento_id = a.id ORDER BY e.seq DESC LIMIT 1)
FROM accertamento a ORDER BY a.debt_type, a.year, a.name

-- name: AccertamentoNames
SELECT id, name FROM accertamento

-- name: AccertamentoEach
SELECT id, name, debt_type, year, state, automatic FROM accertamento

-- name: AccertamentoInsert
INSERT INTO accertamento (name, debt_type, year, state, automatic) VALUES (?, ?, ?, ?, ?)

-- name: AccertamentoRename
UPDATE accertamento SET name = ? WHERE id = ?

-- name: AccertamentoState
UPDATE accertamento SET state = ? WHERE id = ?

-- name: AccertamentoEvent
INSERT INTO accertamento_event (accertamento_id, action, author, at, reason, detail, run_id, doc_id, line) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: AccertamentoHistory
SELECT e.seq, e.action, e.author, e.at, e.reason, e.detail, coalesce(f.name, ''), coalesce(d.entry, ''), e.line, coalesce(f.sha256, '')
FROM accertamento_event e LEFT JOIN doc d ON d.id = e.doc_id LEFT JOIN file f ON f.id = d.file_id
WHERE e.accertamento_id = ? ORDER BY e.seq

-- name: AccertamentoPartPut
INSERT INTO accertamento_part (accertamento_id, iuv, iur, idx, office, chapter, article, assessment, amount) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET amount = amount + excluded.amount

-- name: AccertamentoPartsDrop
DELETE FROM accertamento_part WHERE accertamento_id = ? AND iuv = ? AND iur = ? AND idx = ?

-- name: AccertamentoParts
SELECT iuv, iur, idx, office, chapter, article, assessment, amount FROM accertamento_part WHERE accertamento_id = ?
ORDER BY iuv, iur, idx, office, chapter, article, assessment

-- name: AccertamentoLiveParts
SELECT p.accertamento_id, a.name, a.debt_type, a.year, p.office, p.chapter, p.article, p.assessment, p.amount
FROM accertamento_part p CROSS JOIN accertamento a ON a.id = p.accertamento_id
WHERE p.iuv = ? AND p.iur = ? AND p.idx = ? AND a.state <> 'cancelled'
ORDER BY a.name, a.debt_type, a.year, p.office, p.chapter, p.article, p.assessment

-- name: AccertamentoLineOf
SELECT amount, paid_on, debt_type FROM receipt WHERE iuv = ? AND iur = ? AND idx = ?

-- name: AccertamentoShareOf
SELECT a.name FROM share s CROSS JOIN accertamento a ON a.id = s.accertamento_id
WHERE s.iuv = ? AND s.iur = ? AND s.idx = ? AND a.automatic = 1 AND a.state <> 'cancelled' LIMIT 1

-- name: AccertamentoLinesOfIUD
SELECT iuv, iur, idx FROM receipt WHERE iud = ? AND iud <> '' AND (?2 = '' OR iuv = ?2) ORDER BY iuv, iur, idx

-- name: AccertamentoLinesOfIUV
SELECT iuv, iur, idx FROM receipt WHERE iuv = ? ORDER BY iur, idx

-- name: AccertamentoFree
SELECT r.iuv, r.iur, r.idx FROM receipt r
WHERE r.debt_type = ?1 AND r.paid_on >= ?2 AND (?3 = '' OR r.paid_on <= ?3)
AND NOT EXISTS (SELECT 1 FROM accertamento_part p CROSS JOIN accertamento a ON a.id = p.accertamento_id
    WHERE p.iuv = r.iuv AND p.iur = r.iur AND p.idx = r.idx AND a.state <> 'cancelled')
AND NOT EXISTS (SELECT 1 FROM share s CROSS JOIN accertamento a ON a.id = s.accertamento_id
    WHERE s.iuv = r.iuv AND s.iur = r.iur AND s.idx = r.idx AND a.automatic = 1 AND a.state <> 'cancelled')
ORDER BY r.iuv, r.iur, r.idx

-- name: AccertamentoHeld
SELECT DISTINCT p.iuv, p.iur, p.idx FROM accertamento_part p CROSS JOIN receipt r ON r.iuv = p.iuv AND r.iur = p.iur AND r.idx = p.idx
WHERE p.accertamento_id = ?1 AND r.paid_on >= ?2 AND (?3 = '' OR r.paid_on <= ?3) ORDER BY p.iuv, p.iur, p.idx

-- name: AccertamentoShares
SELECT s.iuv, s.iur, s.idx, r.iud, r.paid_on, s.source, s.year, s.office, s.chapter, s.article, s.assessment, s.amount
FROM share s CROSS JOIN receipt r ON r.iuv = s.iuv AND r.iur = s.iur AND r.idx = s.idx
WHERE s.accertamento_id = ? ORDER BY s.iuv, s.iur, s.idx, s.seq

-- name: AccertamentoDirty
INSERT INTO dirty_iuv (iuv, file_id, also) SELECT DISTINCT iuv, NULL, ',decision' FROM accertamento_part WHERE accertamento_id = ?1
UNION SELECT DISTINCT iuv, NULL, ',decision' FROM share WHERE accertamento_id = ?1
ON CONFLICT (iuv) DO NOTHING

-- name: AccertamentoDirtyOne
INSERT INTO dirty_iuv (iuv, file_id, also) VALUES (?, NULL, ',decision') ON CONFLICT (iuv) DO NOTHING

-- name: DocFileName
SELECT f.name FROM doc d JOIN file f ON f.id = d.file_id WHERE d.id = ?

-- name: AccertamentoAdopt
UPDATE accertamento SET automatic = 0 WHERE id = ?

-- name: AssessmentRowsOfFile
SELECT a.doc_id, d.entry, a.line, a.name, a.debt_type, a.iuv, a.iud, a.office, a.chapter, a.code, a.amount
FROM doc d CROSS JOIN assessment_row a ON a.doc_id = d.id WHERE d.file_id = ? ORDER BY a.doc_id, a.line
