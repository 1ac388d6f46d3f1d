-- What files bring is appended here, in the order of arrival, and put in its place
-- in the order of its keys when all of the night has come: a file would else touch
-- most pages of the books, as many times as there are files. The columns are those
-- of the tables the rows go to. Who reads these finds them settled, see store.Tx.
CREATE TABLE receipt_arrived (
    detail_id INTEGER PRIMARY KEY,
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
    detail_id INTEGER PRIMARY KEY,
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

-- Flows whose payments are to be judged again, and the document that says so.
CREATE TABLE flow_arrived (
    id      INTEGER PRIMARY KEY,
    flow_id INTEGER NOT NULL, -- may be dropped again by a later document
    doc_id  INTEGER NOT NULL REFERENCES doc (id)
) STRICT;
