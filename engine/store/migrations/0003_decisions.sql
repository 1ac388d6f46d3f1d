-- What people decided, in the order in which they did: rows are only ever
-- added, and the last one about a thing holds. Keys are those people know
-- things by, so that decisions outlive revisions, reclassification and books
-- loaded anew; of a decision the keys its kind does not need are empty.
CREATE TABLE decision (
    id         INTEGER PRIMARY KEY,
    kind       TEXT NOT NULL CONSTRAINT decision_kind CHECK (kind IN ('flusso', 'pagamento', 'rivisto', 'rimborso')),
    answer     TEXT NOT NULL CONSTRAINT decision_answer CHECK (answer IN ('accetta', 'rifiuta', 'annulla')),
    proposal   TEXT NOT NULL, -- id of the proposal answered; empty when written by hand
    joint      INTEGER NOT NULL CONSTRAINT decision_joint CHECK (joint IN (0, 1)), -- 1: said of the proposal's pairs together, not of each
    year       INTEGER NOT NULL, -- of the movement
    number     TEXT NOT NULL,
    account    TEXT NOT NULL,
    iuf_key    TEXT NOT NULL, -- of the settlement
    psp        TEXT NOT NULL,
    flow_year  INTEGER NOT NULL,
    iuv        TEXT NOT NULL, -- of the payment
    iur        TEXT NOT NULL,
    idx        INTEGER NOT NULL,
    amount     INTEGER NOT NULL, -- cents the movement carries
    version    TEXT NOT NULL, -- of the flow that was looked at
    author     TEXT NOT NULL CONSTRAINT decision_author CHECK (author <> ''),
    note       TEXT NOT NULL,
    decided_at TEXT NOT NULL,
    doc_id     INTEGER NOT NULL REFERENCES doc (id),
    line       INTEGER NOT NULL
) STRICT;
CREATE INDEX decision_by_movement ON decision (year, number) WHERE number <> '';
CREATE INDEX decision_by_settlement ON decision (iuf_key, psp, flow_year) WHERE iuf_key <> '';
CREATE INDEX decision_by_iuv ON decision (iuv) WHERE iuv <> '';
CREATE INDEX decision_by_proposal ON decision (proposal) WHERE joint = 1;
CREATE TRIGGER decision_never_changes BEFORE UPDATE ON decision
BEGIN SELECT RAISE(ABORT, 'decisions are only ever added'); END;
CREATE TRIGGER decision_never_goes BEFORE DELETE ON decision
BEGIN SELECT RAISE(ABORT, 'decisions are only ever added'); END;

-- 1: a person decided otherwise; it is shown, and ties the movement to nothing.
ALTER TABLE movement_ref ADD COLUMN barred INTEGER NOT NULL DEFAULT 0;

-- Why the links of a unit were made, as of each row of its history.
ALTER TABLE unit_history ADD COLUMN reasons TEXT NOT NULL DEFAULT '';
UPDATE unit_history AS h SET reasons = coalesce((SELECT group_concat(reason, '|' ORDER BY reason) FROM (
    SELECT DISTINCT reason FROM settlement_link WHERE settlement_id = h.unit_id)), '') WHERE h.unit = 'settlement' AND h.parts > 0;
UPDATE unit_history AS h SET reasons = coalesce((SELECT group_concat(reason, '|' ORDER BY reason) FROM (
    SELECT reason FROM settlement_link WHERE movement_id = h.unit_id
    UNION SELECT step FROM movement_ref WHERE movement_id = h.unit_id AND kind = 'iuv' AND used = 1)), '') WHERE h.unit = 'movement';
