-- What files bring is kept as it came in blocks of packed rows, sorted within each
-- block, instead of in tables of its own: it is read once, in the order of all keys,
-- by merging the blocks. Blocks are there between the loading of a file and the
-- first reading of the books only.
CREATE TABLE arrival (
    kind   INTEGER NOT NULL CONSTRAINT arrival_kind CHECK (kind BETWEEN 0 AND 2), -- receipts, notices, flow lines
    block  INTEGER NOT NULL, -- in the order of arrival
    part   INTEGER NOT NULL,
    layout INTEGER NOT NULL, -- of the rows, see arrival.go
    first  INTEGER NOT NULL, -- detail of the first that came
    rows   BLOB NOT NULL,
    PRIMARY KEY (kind, block, part)
) STRICT, WITHOUT ROWID;

-- The tables of receipts and notices stay: rows whose key is taken wait there to be
-- compared one by one.
INSERT INTO flow_line (iuv, iur, flow_id, seq, idx, amount, outcome, paid_on, line)
SELECT iuv, iur, flow_id, seq, idx, amount, outcome, paid_on, line FROM flow_line_arrived ORDER BY iuv, iur, flow_id, seq;
DROP TABLE flow_line_arrived;
