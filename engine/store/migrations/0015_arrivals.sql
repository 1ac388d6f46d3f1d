-- What files bring is appended here, in the order of arrival, and put in its place
-- in the order of its keys when all of the night has come: a file would else touch
-- most pages of the books, as many times as there are files. The columns are those
-- of the tables the rows go to. Who reads these finds them settled, see store.Tx.
CREATE TABLE receipt_arrived (
    id        INTEGER PRIMARY KEY, -- of its detail
    iuv       TEXT NOT NULL,
    iur       TEXT NOT NULL,
    idx       INTEGER NOT NULL,
    iud       TEXT NOT NULL,
    amount    INTEGER NOT NULL CONSTRAINT receipt_arrived_amount CHECK (amount > 0),
    total     INTEGER NOT NULL,
    outcome   TEXT NOT NULL,
    paid_on   TEXT NOT NULL,
    after_cutoff INTEGER NOT NULL,
    shared    INTEGER NOT NULL,
    stamp     INTEGER NOT NULL,
    debt_type TEXT NOT NULL,
    doc_id    INTEGER NOT NULL REFERENCES doc (id),
    line      INTEGER NOT NULL
) STRICT;

CREATE TABLE notice_arrived (
    id        INTEGER PRIMARY KEY, -- of its detail
    iuv       TEXT NOT NULL,
    iud       TEXT NOT NULL,
    amount    INTEGER NOT NULL,
    paid_on   TEXT NOT NULL,
    debt_type TEXT NOT NULL,
    doc_id    INTEGER NOT NULL REFERENCES doc (id),
    line      INTEGER NOT NULL
) STRICT;

CREATE TABLE flow_line_arrived (
    id      INTEGER PRIMARY KEY,
    iuv     TEXT NOT NULL,
    iur     TEXT NOT NULL,
    flow_id INTEGER NOT NULL REFERENCES flow (id),
    seq     INTEGER NOT NULL,
    idx     INTEGER NOT NULL CONSTRAINT flow_line_arrived_idx CHECK (idx BETWEEN 0 AND 5),
    amount  INTEGER NOT NULL,
    outcome INTEGER NOT NULL CONSTRAINT flow_line_arrived_outcome CHECK (outcome IN (0, 3, 4, 8, 9)),
    paid_on TEXT NOT NULL,
    line    INTEGER NOT NULL
) STRICT;

-- Flows whose payments are to be judged again, and why, as in dirty_iuv.
CREATE TABLE flow_arrived (
    seq     INTEGER PRIMARY KEY,
    flow_id INTEGER NOT NULL, -- may be dropped again by a later document
    file_id INTEGER REFERENCES file (id),
    also    TEXT NOT NULL
) STRICT;
CREATE INDEX flow_arrived_by_flow ON flow_arrived (flow_id);

-- The index of the IUDs becomes one that can be made anew when the table is filled.
CREATE TABLE notice_new (
    iuv       TEXT NOT NULL,
    iud       TEXT NOT NULL,
    amount    INTEGER NOT NULL,
    paid_on   TEXT NOT NULL,
    debt_type TEXT NOT NULL,
    doc_id    INTEGER NOT NULL REFERENCES doc (id),
    line      INTEGER NOT NULL,
    detail_id INTEGER NOT NULL,
    PRIMARY KEY (iuv, iud)
) STRICT, WITHOUT ROWID;
INSERT INTO notice_new (iuv, iud, amount, paid_on, debt_type, doc_id, line, detail_id)
SELECT iuv, iud, amount, paid_on, debt_type, doc_id, line, detail_id FROM notice ORDER BY iuv, iud;
DROP TABLE notice;
ALTER TABLE notice_new RENAME TO notice;
CREATE UNIQUE INDEX notice_by_iud ON notice (iud);
