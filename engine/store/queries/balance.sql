-- name: SumReceipts
SELECT '', count(*), coalesce(sum(amount), 0) FROM receipt

-- name: SumReceiptsByStatus
SELECT v.status, count(*), sum(p.amount) FROM payment p JOIN verdict v ON v.id = p.verdict_id
WHERE p.has_receipt = 1 GROUP BY v.status ORDER BY v.status

-- name: SumDeclared
SELECT '', count(*), coalesce(sum(declared_total), 0) FROM flow WHERE state = 'current'

-- In the order in which the lines stand: what is paid is every line but those of
-- the few flows that are not current, so that no flow is looked up for each line.
-- name: SumFlowLines
WITH paid AS (
    SELECT count(*) AS n, coalesce(sum(amount), 0) AS amount FROM flow_line WHERE outcome <> 3),
past AS (
    SELECT count(*) AS n, coalesce(sum(l.amount), 0) AS amount
    FROM flow f CROSS JOIN flow_line l ON l.flow_id = f.id WHERE f.state <> 'current' AND l.outcome <> 3),
revoked AS (
    SELECT f.declared_total = f.total_net AND f.total_net <> f.total_plain AS net, l.amount
    FROM flow_line l CROSS JOIN flow f ON f.id = l.flow_id WHERE l.outcome = 3 AND f.state = 'current')
SELECT 'paid', paid.n - past.n, paid.amount - past.amount FROM paid, past WHERE paid.n > past.n
UNION ALL SELECT CASE net WHEN 1 THEN 'revoked-net' ELSE 'revoked-plain' END, count(*), sum(CASE net WHEN 1 THEN -abs(amount) ELSE amount END)
FROM revoked GROUP BY net ORDER BY 1

-- name: SumFlowDifferences
SELECT '', count(*), coalesce(sum(declared_total - total_plain), 0)
FROM flow WHERE state = 'current' AND declared_total NOT IN (total_plain, total_net)

-- name: SumCash
SELECT '', count(*), coalesce(sum(cash), 0) FROM movement

-- name: SumCashLinked
SELECT '', count(DISTINCT movement_id), coalesce(sum(amount), 0) FROM settlement_link

-- name: SumCashByIUV
SELECT '', count(*), coalesce(sum(m.cash), 0) FROM movement m
WHERE EXISTS (SELECT 1 FROM movement_ref r WHERE r.movement_id = m.id AND r.kind = 'iuv' AND r.used = 1)
AND NOT EXISTS (SELECT 1 FROM settlement_link l WHERE l.movement_id = m.id)

-- name: SumCashBeyondFlows
SELECT '', count(*), coalesce(sum(rest), 0) FROM (
    SELECT m.cash - sum(l.amount) AS rest FROM movement m JOIN settlement_link l ON l.movement_id = m.id GROUP BY m.id HAVING rest <> 0)

-- name: SumCashUnmatched
SELECT v.status, count(*), sum(m.cash) FROM movement m JOIN verdict v ON v.id = m.verdict_id
WHERE NOT EXISTS (SELECT 1 FROM settlement_link l WHERE l.movement_id = m.id)
AND NOT EXISTS (SELECT 1 FROM movement_ref r WHERE r.movement_id = m.id AND r.kind = 'iuv' AND r.used = 1)
GROUP BY v.status ORDER BY v.status

-- name: SumSettledTotals
SELECT '', count(*), coalesce(sum(f.declared_total), 0) FROM settlement s JOIN flow f ON f.id = s.flow_id WHERE s.parts > 0

-- name: SumSettledDifferences
SELECT v.status, count(*), sum(s.cash - f.declared_total)
FROM settlement s JOIN flow f ON f.id = s.flow_id JOIN verdict v ON v.id = s.verdict_id
WHERE s.parts > 0 AND s.cash <> f.declared_total GROUP BY v.status ORDER BY v.status

-- name: SumRows
SELECT '', coalesce(sum(rows_read), 0), 0 FROM file WHERE state = 'loaded'

-- name: SumRowsKept
SELECT '', coalesce(sum(accepted), 0), 0 FROM file WHERE state = 'loaded'

-- name: SumRowsRejected
SELECT '', count(*), 0 FROM reject r JOIN file f ON f.id = r.file_id WHERE f.state = 'loaded' AND r.part = 0

-- name: SumNotices
SELECT '', count(*), coalesce(sum(amount), 0) FROM notice

-- name: SumNoticesAlone
SELECT '', count(*), coalesce(sum(amount), 0) FROM payment WHERE alone_iud <> ''

-- The receipt of a notice has its IUV almost always, and stands where the notice
-- does: only the others are looked for by their IUD.
-- name: SumNoticesLinked
SELECT '', count(*), coalesce(sum(n.amount), 0) FROM notice n
WHERE EXISTS (SELECT 1 FROM receipt r WHERE r.iuv = n.iuv AND +r.iud = n.iud AND +r.iud <> '')
OR EXISTS (SELECT 1 FROM receipt r WHERE r.iud = n.iud AND r.iud <> '')
