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

-- Running totals of the tables that grow with the history, so that a night's
-- balance need not read them. Triggers keep them, once a night has filled them and
-- proved them against the tables; see store.Tx.KeepTotals.
CREATE TABLE payment_total (
    verdict_id  INTEGER NOT NULL,
    due_from    TEXT NOT NULL, -- of an anomaly: the day its ageing starts; else empty
    has_receipt INTEGER NOT NULL,
    alone       INTEGER NOT NULL, -- 1: a notice alone
    n           INTEGER NOT NULL,
    amount      INTEGER NOT NULL,
    PRIMARY KEY (verdict_id, due_from, has_receipt, alone)
) STRICT, WITHOUT ROWID;
CREATE TABLE kept_total (
    kind   TEXT NOT NULL CONSTRAINT kept_total_kind CHECK (kind IN ('receipt', 'share', 'notice', 'linked', 'paid', 'revoked', 'taken_back')),
    part   TEXT NOT NULL, -- of a share the source of its split, of flow lines their flow; else empty
    n      INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (kind, part)
) STRICT, WITHOUT ROWID;
