-- Payments to be looked at are few among millions: an index finds them. What it
-- can tell them by stands in the payment itself, so the verdict of an anomaly gets
-- a negative id. Histories keep naming the verdicts of before, which stay; a blank
-- after their facts, which no reader sees, leaves the key to their successors.
UPDATE verdict SET facts = facts || ' ' WHERE sign < 0;
INSERT INTO verdict (id, unit, ruleset_hash, status, sign, severity, labels, facts)
SELECT -id, unit, ruleset_hash, status, sign, severity, labels, rtrim(facts) FROM verdict WHERE sign < 0;
UPDATE payment SET verdict_id = -verdict_id WHERE verdict_id IN (SELECT id FROM verdict WHERE sign < 0 AND id > 0);
UPDATE settlement SET verdict_id = -verdict_id WHERE verdict_id IN (SELECT id FROM verdict WHERE sign < 0 AND id > 0);
UPDATE movement SET verdict_id = -verdict_id WHERE verdict_id IN (SELECT id FROM verdict WHERE sign < 0 AND id > 0);
CREATE INDEX payment_anomaly ON payment (verdict_id) WHERE verdict_id < 0;
