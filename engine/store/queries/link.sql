-- name: LinkDirtyMovements
SELECT m.id, m.year, m.number, m.account, m.cash, m.booked_on, m.remittance, m.end_to_end, m.given_iuf, m.given_iuv, coalesce(d.file_id, 0), coalesce(d.also, '')
FROM dirty_movement d JOIN movement m ON m.id = d.movement_id ORDER BY m.id

-- name: LinkMovementsNamingDirtySettlements
SELECT DISTINCT m.id, m.year, m.number, m.account, m.cash, m.booked_on, m.remittance, m.end_to_end, m.given_iuf, m.given_iuv, coalesce(d.file_id, 0), coalesce(d.also, '')
FROM dirty_settlement d
JOIN settlement s ON s.id = d.settlement_id
JOIN movement_ref r ON r.kind = 'iuf' AND r.ref = s.iuf_key
JOIN movement m ON m.id = r.movement_id
ORDER BY m.id

-- name: LinkMovementsNamingIUF
SELECT m.id, m.year, m.number, m.account, m.cash, m.booked_on, m.remittance, m.end_to_end, m.given_iuf, m.given_iuv, 0, ''
FROM movement_ref r CROSS JOIN movement m ON m.id = r.movement_id WHERE r.kind = 'iuf' AND r.ref = ? ORDER BY m.id

-- name: LinksOfSettlement
SELECT movement_id, amount FROM settlement_link WHERE settlement_id = ? ORDER BY movement_id

-- name: LinkLooseMovements
SELECT m.id, m.year, m.number, m.account, m.cash, m.booked_on, m.remittance, m.end_to_end, m.given_iuf, m.given_iuv, 0, ''
FROM movement m
WHERE NOT EXISTS (SELECT 1 FROM settlement_link l WHERE l.movement_id = m.id AND l.reason = 'strict')
ORDER BY m.id

-- name: LinkDirtySettlementCount
SELECT count(*) FROM dirty_settlement

-- name: LinkSettlementsByIUF
SELECT s.id, s.psp, s.year, f.regulated_on, f.declared_total
FROM settlement s JOIN flow f ON f.id = s.flow_id WHERE s.iuf_key = ? ORDER BY s.id

-- name: LinkIUFsWithPrefix
SELECT DISTINCT iuf_key FROM settlement WHERE iuf_key >= ?1 AND iuf_key < ?2 ORDER BY iuf_key

-- name: LinkIUFsUndated
SELECT DISTINCT iuf_key FROM settlement
WHERE iuf_key NOT GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' ORDER BY iuf_key

-- name: LinkRefs
SELECT kind, ref, step, barred FROM movement_ref WHERE movement_id = ? ORDER BY kind, ref

-- name: LinkRefsClear
DELETE FROM movement_ref WHERE movement_id = ?

-- name: LinkRefAdd
INSERT INTO movement_ref (kind, ref, movement_id, step, barred) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING

-- name: LinksOfMovement
SELECT settlement_id, amount, reason FROM settlement_link WHERE movement_id = ? ORDER BY settlement_id

-- name: LinksClear
DELETE FROM settlement_link WHERE movement_id = ?

-- name: LinkAdd
INSERT INTO settlement_link (settlement_id, movement_id, amount, reason) VALUES (?, ?, ?, ?)

-- name: LinkAmbiguous
UPDATE movement SET ambiguous = ? WHERE id = ? AND ambiguous <> ?

-- name: LinkSettlementSums
SELECT s.cash, s.parts, s.revised, coalesce(s.flow_id, 0),
    coalesce((SELECT sum(l.amount) FROM settlement_link l WHERE l.settlement_id = s.id), 0),
    (SELECT count(*) FROM settlement_link l WHERE l.settlement_id = s.id),
    coalesce((SELECT min(m.booked_on) FROM settlement_link l JOIN movement m ON m.id = l.movement_id WHERE l.settlement_id = s.id), ''),
    coalesce((SELECT f.produced_at FROM flow f WHERE f.id = s.flow_id), ''),
    (SELECT count(*) FROM flow f WHERE f.settlement_id = s.id AND f.state = 'replaced')
FROM settlement s WHERE s.id = ?

-- name: LinkSettlementSet
UPDATE settlement SET cash = ?, parts = ?, revised = ? WHERE id = ?

-- name: LinkDirtySettlementIDs
SELECT settlement_id, coalesce(file_id, 0), also FROM dirty_settlement ORDER BY settlement_id

-- name: LinkUnuse
UPDATE movement_ref SET used = 0 WHERE movement_id = ? AND used = 1
