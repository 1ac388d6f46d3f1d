-- name: ViewSource
SELECT f.name, f.sha256, d.entry FROM doc d JOIN file f ON f.id = d.file_id WHERE d.id = ?

-- name: ViewVerdict
SELECT unit, ruleset_hash, status, sign, severity, labels, facts FROM verdict WHERE id = ?

-- name: ViewPaymentColumns
SELECT p.iuv, p.iur, p.idx, p.alone_iud, p.amount, p.difference, p.due_from, p.verdict_id, p.since_run, coalesce(p.review_on, ''),
    coalesce(r.doc_id, 0), coalesce(r.line, 0), coalesce(r.iud, ''), coalesce(r.amount, 0), coalesce(r.total, 0),
    coalesce(r.outcome, ''), coalesce(r.paid_on, ''), coalesce(r.after_cutoff, 0), coalesce(r.shared, 0), coalesce(r.debt_type, ''),
    coalesce(ra.psp, ''), coalesce(ra.psp_name, ''), coalesce(rd.payer_code, ''), coalesce(rd.payer_name, ''), coalesce(rd.remittance, ''),
    coalesce(l.flow_id, 0), coalesce(l.seq, 0), coalesce(l.line, 0), coalesce(l.iur, ''), coalesce(l.idx, 0), coalesce(l.amount, 0),
    coalesce(l.outcome, 0), coalesce(l.paid_on, ''),
    coalesce(f.doc_id, 0), coalesce(f.settlement_id, 0), coalesce(f.iuf, ''), coalesce(f.psp, ''), coalesce(f.psp_name, ''),
    coalesce(f.regulated_on, ''), coalesce(f.declared_total, 0), coalesce(s.cash, 0), coalesce(s.parts, 0),
    coalesce(n.doc_id, 0), coalesce(n.line, 0), coalesce(n.iud, ''), coalesce(n.amount, 0), coalesce(n.paid_on, ''),
    coalesce(n.debt_type, ''), coalesce(nd.payer_code, ''), coalesce(nd.payer_name, ''), coalesce(nd.remittance, '')
FROM payment p
CROSS JOIN verdict v ON v.id = p.verdict_id
LEFT JOIN receipt r ON r.iuv = p.iuv AND r.iur = p.iur AND r.idx = p.idx AND p.has_receipt = 1
LEFT JOIN receipt_detail rd ON rd.id = r.detail_id
LEFT JOIN receipt_psp ra ON ra.id = r.psp_id
LEFT JOIN flow_line l ON l.iuv = p.iuv AND +l.flow_id = p.flow_id AND +l.seq = p.flow_seq
LEFT JOIN flow f ON f.id = l.flow_id
LEFT JOIN settlement s ON s.id = f.settlement_id
LEFT JOIN notice n ON n.iud = p.notice_iud AND p.notice_iud <> ''
LEFT JOIN notice_detail nd ON nd.id = n.detail_id

-- name: ViewPayments
-- include: ViewPaymentColumns
WHERE p.iuv >= ?1 AND p.iuv <= ?2 AND (?3 = '' OR v.status = ?3)
ORDER BY p.iuv, p.iur, p.idx, p.alone_iud

-- Verdicts of anomalies have a negative id. Few are found by their index and put
-- in order; many are met in it, by passing over the others.
-- name: ViewAnomalies
-- include: ViewPaymentColumns
WHERE p.verdict_id < 0 AND +p.iuv >= ?1 AND +p.iuv <= ?2 AND (?3 = '' OR v.status = ?3)
ORDER BY +p.iuv, p.iur, p.idx, p.alone_iud

-- name: ViewManyAnomalies
-- include: ViewPaymentColumns
WHERE +p.verdict_id < 0 AND p.iuv >= ?1 AND p.iuv <= ?2 AND (?3 = '' OR v.status = ?3)
ORDER BY p.iuv, p.iur, p.idx, p.alone_iud

-- What a run changed has the numbers after those of the runs before it.
-- name: ViewAnomaliesOfRun
-- include: ViewPaymentColumns
WHERE p.verdict_id < 0 AND p.since_run = ?4 AND +p.iuv >= ?1 AND +p.iuv <= ?2 AND (?3 = '' OR v.status = ?3)
AND (p.iuv, p.iur, p.idx, p.alone_iud) IN (
    WITH changed AS MATERIALIZED (
        SELECT iuv, iur, idx, alone_iud FROM change
        WHERE seq > coalesce((SELECT seq FROM change WHERE run_id < ?4 ORDER BY seq DESC LIMIT 1), 0) AND movement_id IS NULL AND whole = 0
        UNION ALL
        SELECT every.iuv, every.iur, every.idx, every.alone_iud FROM change w CROSS JOIN payment every
        WHERE w.seq > coalesce((SELECT seq FROM change WHERE run_id < ?4 ORDER BY seq DESC LIMIT 1), 0) AND w.whole = 1 AND every.verdict_id < 0)
    SELECT iuv, iur, idx, alone_iud FROM changed)
ORDER BY p.iuv, p.iur, p.idx, p.alone_iud

-- name: ViewAnomaliesUpTo
SELECT count(*) FROM (SELECT 1 FROM payment WHERE verdict_id < 0 LIMIT ?)

-- name: ViewSettlements
SELECT s.id, s.psp, s.iuf, s.year, s.revised, s.cash, s.parts, s.verdict_id, coalesce(s.review_on, ''),
    (SELECT count(*) FROM flow o WHERE o.settlement_id = s.id),
    f.doc_id, f.line, f.revision, f.produced_at, f.regulation, f.regulated_on, f.psp_name, f.bic,
    f.declared_count, f.declared_total, f.line_count, f.total_plain, f.total_net
FROM settlement s
CROSS JOIN verdict v ON v.id = s.verdict_id
CROSS JOIN flow f ON f.id = s.flow_id
WHERE s.iuf_key >= ?1 AND s.iuf_key <= ?2 AND (?3 = 0 OR v.sign < 0) AND (?4 = '' OR v.status = ?4)
ORDER BY s.iuf_key, s.psp, s.year

-- name: ViewSettlementMovements
SELECT m.id, m.account, m.year, m.number, m.cash, m.booked_on, m.value_on, l.amount, l.reason, m.doc_id, m.line
FROM settlement_link l JOIN movement m ON m.id = l.movement_id WHERE l.settlement_id = ? ORDER BY l.movement_id

-- name: ViewRevisedLines
WITH version (former, present) AS (
    SELECT f.id, c.id FROM settlement s JOIN flow c ON c.id = s.flow_id JOIN flow f ON f.settlement_id = s.id
    WHERE s.id = ? AND f.id <> c.id AND f.produced_at <= c.produced_at ORDER BY f.produced_at DESC, f.id DESC LIMIT 1)
SELECT iuv, iur, idx, coalesce(sum(before), 0), coalesce(sum(after), 0), count(before), count(after) FROM (
    SELECT l.iuv, l.iur, l.idx, l.outcome, NULL AS before, l.amount AS after FROM version v CROSS JOIN flow_line l ON l.flow_id = v.present
    UNION ALL
    SELECT l.iuv, l.iur, l.idx, l.outcome, l.amount, NULL FROM version v CROSS JOIN flow_line l ON l.flow_id = v.former)
GROUP BY iuv, iur, idx
HAVING count(before) <> count(after) OR sum(before) <> sum(after)
    OR min(CASE WHEN before IS NULL THEN outcome END) <> min(CASE WHEN after IS NULL THEN outcome END)
ORDER BY iuv, iur, idx

-- name: ViewCashOfIUV
SELECT m.id, m.account, m.year, m.number, m.cash, m.booked_on, m.value_on, m.cash, r.step, m.doc_id, m.line
FROM movement_ref r JOIN movement m ON m.id = r.movement_id
WHERE r.kind = 'iuv' AND r.ref = ? AND r.barred = 0 AND m.cash > 0
AND NOT EXISTS (SELECT 1 FROM settlement_link l WHERE l.movement_id = r.movement_id)
ORDER BY r.movement_id

-- name: ViewLinesOfIUV
SELECT l.iur, l.flow_id, l.seq, l.line, l.idx, l.amount, l.outcome, l.paid_on,
    f.doc_id, f.settlement_id, f.iuf, f.psp, f.psp_name, f.regulated_on, f.declared_total, s.cash, s.parts
FROM flow_line l JOIN flow f ON f.id = l.flow_id JOIN settlement s ON s.id = f.settlement_id
WHERE l.iuv = ? AND f.state = 'current' ORDER BY l.iur, f.regulated_on, f.iuf, l.seq

-- name: ViewPaymentsOfIUV
SELECT iur, idx, alone_iud, amount, has_receipt, notice_iud, coalesce(flow_id, 0), coalesce(flow_seq, 0), difference,
    due_from, verdict_id, coalesce(review_on, '')
FROM payment WHERE iuv = ? ORDER BY iur, idx, alone_iud

-- Only keys are put in order, in memory or beside the books: the rows are read one
-- by one after that. LIMIT -1 is no limit; without it SQLite lets the order go.
-- name: ViewMovements
SELECT m.id, m.account, m.year, m.number, m.amount, m.reversed, m.cash, m.covered, m.booked_on, m.value_on, m.payer, m.remittance,
    m.end_to_end, m.treasurer, m.code, m.ambiguous, m.verdict_id, coalesce(m.review_on, ''), m.doc_id, m.line
FROM (SELECT k.id FROM movement k WHERE k.year >= ?1 AND k.year <= ?2 AND (?5 = '' OR k.number = ?5)
    ORDER BY k.year, CAST(k.number AS INTEGER), k.number, k.account LIMIT -1) o
CROSS JOIN movement m ON m.id = o.id
CROSS JOIN verdict v ON v.id = m.verdict_id
WHERE (?3 = 0 OR v.sign < 0) AND (?4 = '' OR v.status = ?4)

-- name: ViewMovementRefs
SELECT kind, ref, step, used, barred FROM movement_ref WHERE movement_id = ? ORDER BY kind, ref

-- name: ViewMovementLinks
SELECT s.id, s.iuf, s.psp, coalesce(f.regulated_on, ''), coalesce(f.declared_total, 0), l.amount, l.reason
FROM settlement_link l JOIN settlement s ON s.id = l.settlement_id LEFT JOIN flow f ON f.id = s.flow_id
WHERE l.movement_id = ? ORDER BY s.iuf_key, s.psp, s.year

-- name: ViewPaymentTotals
SELECT verdict_id, amount FROM payment

-- name: ViewSettlementTotals
SELECT s.verdict_id, f.declared_total FROM settlement s JOIN flow f ON f.id = s.flow_id WHERE s.verdict_id IS NOT NULL

-- name: ViewMovementTotals
SELECT verdict_id, cash FROM movement WHERE verdict_id IS NOT NULL
