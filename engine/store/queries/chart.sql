-- name: ChartEntries
SELECT id, debt_type, year, office, chapter, article, assessment, office_name, chapter_name, assessment_name,
    plan_code, siope, restricted, valid_from, valid_to, active
FROM chart_entry ORDER BY debt_type, year, office, chapter, article, assessment

-- name: ChartPut
INSERT INTO chart_entry (debt_type, year, office, chapter, article, assessment, office_name, chapter_name, assessment_name,
    plan_code, siope, restricted, valid_from, valid_to, active)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET office_name = excluded.office_name, chapter_name = excluded.chapter_name,
    assessment_name = excluded.assessment_name, plan_code = excluded.plan_code, siope = excluded.siope,
    restricted = excluded.restricted, valid_from = excluded.valid_from, valid_to = excluded.valid_to, active = excluded.active

-- name: ChartRemove
DELETE FROM chart_entry WHERE debt_type = ? AND year = ? AND office = ? AND chapter = ? AND article = ? AND assessment = ?

-- name: ChartChanged
INSERT INTO chart_history (debt_type, year, office, chapter, article, assessment, action, fields, run_id, doc_id, line)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: ChartRowsOfFile
SELECT c.doc_id, d.entry, c.line, c.action, c.debt_type, c.year, c.office, c.office_name, c.chapter, c.chapter_name,
    c.assessment, c.assessment_name, c.article, c.plan_code, c.siope, c.restricted, c.valid_from, c.valid_to, c.active
FROM doc d CROSS JOIN chapter_row c ON c.doc_id = d.id WHERE d.file_id = ? ORDER BY c.doc_id, c.line

-- name: ChartHistory
SELECT h.seq, h.debt_type, h.year, h.office, h.chapter, h.article, h.assessment, h.action, h.fields, r.as_of, f.name, d.entry, h.line, f.sha256
FROM chart_history h JOIN run r ON r.id = h.run_id JOIN doc d ON d.id = h.doc_id JOIN file f ON f.id = d.file_id ORDER BY h.seq

-- name: ChartProposals
SELECT s.year, r.debt_type, s.office, s.chapter, s.article, s.assessment, s.source, count(*), sum(s.amount), min(r.paid_on), max(r.paid_on)
FROM share s CROSS JOIN receipt r ON r.iuv = s.iuv AND r.iur = s.iur AND r.idx = s.idx
WHERE s.chapter <> '' AND NOT EXISTS (SELECT 1 FROM chart_entry c WHERE c.debt_type = r.debt_type AND c.year = s.year
    AND c.office = s.office AND c.chapter = s.chapter AND c.article = s.article AND c.assessment = s.assessment)
GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7
