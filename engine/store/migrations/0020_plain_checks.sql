-- SQLite checks a list of more than two values by building a table of them for
-- every row; comparisons one by one are the same and cost nothing beside them.

ALTER TABLE flow_line_arrived RENAME TO flow_line_arrived_old;
CREATE TABLE flow_line_arrived (
    id      INTEGER PRIMARY KEY,
    iuv     TEXT NOT NULL,
    iur     TEXT NOT NULL,
    flow_id INTEGER NOT NULL REFERENCES flow (id),
    seq     INTEGER NOT NULL,
    idx     INTEGER NOT NULL CONSTRAINT flow_line_arrived_idx CHECK (idx BETWEEN 0 AND 5),
    amount  INTEGER NOT NULL,
    outcome INTEGER NOT NULL CONSTRAINT flow_line_arrived_outcome
            CHECK (outcome = 0 OR outcome = 3 OR outcome = 4 OR outcome = 8 OR outcome = 9),
    paid_on TEXT NOT NULL,
    line    INTEGER NOT NULL
) STRICT;
INSERT INTO flow_line_arrived (id, iuv, iur, flow_id, seq, idx, amount, outcome, paid_on, line)
SELECT id, iuv, iur, flow_id, seq, idx, amount, outcome, paid_on, line FROM flow_line_arrived_old ORDER BY id;
DROP TABLE flow_line_arrived_old;

CREATE TABLE flow_line_new (
    iuv     TEXT NOT NULL,
    iur     TEXT NOT NULL,
    flow_id INTEGER NOT NULL REFERENCES flow (id),
    seq     INTEGER NOT NULL,
    idx     INTEGER NOT NULL CONSTRAINT flow_line_idx CHECK (idx BETWEEN 0 AND 5), -- 0: not said
    amount  INTEGER NOT NULL,
    outcome INTEGER NOT NULL CONSTRAINT flow_line_outcome
            CHECK (outcome = 0 OR outcome = 3 OR outcome = 4 OR outcome = 8 OR outcome = 9),
    paid_on TEXT NOT NULL,
    line    INTEGER NOT NULL,
    PRIMARY KEY (iuv, iur, flow_id, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO flow_line_new (iuv, iur, flow_id, seq, idx, amount, outcome, paid_on, line)
SELECT iuv, iur, flow_id, seq, idx, amount, outcome, paid_on, line FROM flow_line ORDER BY iuv, iur, flow_id, seq;
DROP TABLE flow_line;
ALTER TABLE flow_line_new RENAME TO flow_line;
CREATE INDEX flow_line_by_flow ON flow_line (flow_id, seq);

CREATE TABLE share_new (
    iuv        TEXT NOT NULL,
    iur        TEXT NOT NULL,
    idx        INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    source     TEXT NOT NULL CONSTRAINT share_source
               CHECK (source = 'bilancio' OR source = 'metadata' OR source = 'debt' OR source = 'default' OR source = 'only'
                   OR source = 'taxonomy' OR source = 'unassigned' OR source = 'accertamento'),
    year       INTEGER NOT NULL, -- of account
    office     TEXT NOT NULL,
    chapter    TEXT NOT NULL,
    article    TEXT NOT NULL,
    assessment TEXT NOT NULL,
    plan_code  TEXT NOT NULL, -- when the source says it; else the chart's
    amount     INTEGER NOT NULL CONSTRAINT share_amount CHECK (amount > 0),
    accertamento_id INTEGER REFERENCES accertamento (id), -- the live one it is in
    PRIMARY KEY (iuv, iur, idx, seq),
    CONSTRAINT share_assigned CHECK ((source = 'unassigned') = (chapter = ''))
) STRICT, WITHOUT ROWID;
INSERT INTO share_new (iuv, iur, idx, seq, source, year, office, chapter, article, assessment, plan_code, amount, accertamento_id)
SELECT iuv, iur, idx, seq, source, year, office, chapter, article, assessment, plan_code, amount, accertamento_id
FROM share ORDER BY iuv, iur, idx, seq;
DROP TABLE share;
ALTER TABLE share_new RENAME TO share;
CREATE INDEX share_by_accertamento ON share (accertamento_id) WHERE accertamento_id IS NOT NULL;
