-- name: MarkAllMovements
INSERT INTO dirty_movement (movement_id, file_id) SELECT id, NULL FROM movement WHERE true ON CONFLICT (movement_id) DO NOTHING

-- name: MarkAllSettlements
INSERT INTO dirty_settlement (settlement_id, file_id) SELECT id, NULL FROM settlement WHERE true ON CONFLICT (settlement_id) DO NOTHING

-- name: MarkAllIUVs
INSERT INTO dirty_iuv (iuv, file_id)
SELECT iuv, NULL FROM receipt UNION SELECT iuv, NULL FROM flow_line UNION SELECT iuv, NULL FROM notice UNION SELECT iuv, NULL FROM payment
UNION SELECT ref, NULL FROM movement_ref WHERE kind = 'iuv'
ON CONFLICT (iuv) DO NOTHING

-- name: MarkedAny
SELECT EXISTS (SELECT 1 FROM dirty_iuv) OR EXISTS (SELECT 1 FROM dirty_settlement) OR EXISTS (SELECT 1 FROM dirty_movement)
