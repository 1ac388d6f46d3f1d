-- A payment is the last row of its own history: written once, not twice. Apart
-- stands what a later run changed, and that a payment went; payment_history is
-- both, with the columns it had. Before this, the last row of each payment stood
-- in the history too, and is taken from it.
CREATE TABLE payment_past (
    iuv TEXT NOT NULL, iur TEXT NOT NULL, idx INTEGER NOT NULL, alone_iud TEXT NOT NULL,
    run_id  INTEGER NOT NULL REFERENCES run (id),
    before  INTEGER REFERENCES verdict (id), -- NULL: it was not known
    after   INTEGER REFERENCES verdict (id), -- NULL: it is no more
    amount  INTEGER NOT NULL,
    file_id INTEGER REFERENCES file (id), -- the file that brought it; NULL: the calendar
    also    TEXT NOT NULL, -- causes beside file_id, each after a comma
    iud     TEXT NOT NULL,
    difference INTEGER NOT NULL,
    due_from TEXT NOT NULL,
    has_receipt INTEGER NOT NULL,
    has_notice INTEGER NOT NULL, -- 1: a notice with its IUD is linked
    flow_id INTEGER, -- the flow line linked to it
    flow_seq INTEGER,
    PRIMARY KEY (iuv, iur, idx, alone_iud, run_id)
) STRICT, WITHOUT ROWID;
INSERT INTO payment_past (iuv, iur, idx, alone_iud, run_id, before, after, amount, file_id, also, iud, difference, due_from,
    has_receipt, has_notice, flow_id, flow_seq)
SELECT h.iuv, h.iur, h.idx, h.alone_iud, h.run_id, h.before, h.after, h.amount, h.file_id, h.also, h.iud, h.difference, h.due_from,
    h.has_receipt, h.has_notice, h.flow_id, h.flow_seq
FROM payment_history h WHERE NOT EXISTS (SELECT 1 FROM payment p
    WHERE p.iuv = h.iuv AND p.iur = h.iur AND p.idx = h.idx AND p.alone_iud = h.alone_iud AND p.since_run = h.run_id)
ORDER BY h.iuv, h.iur, h.idx, h.alone_iud, h.run_id;

CREATE TABLE payment_new (
    iuv        TEXT NOT NULL,
    iur        TEXT NOT NULL, -- empty for a notice alone
    idx        INTEGER NOT NULL, -- 0 for a notice alone
    alone_iud  TEXT NOT NULL, -- the IUD of a notice alone, else empty
    amount     INTEGER NOT NULL, -- of the receipt line, else of the flow line, else of the notice
    has_receipt INTEGER NOT NULL CONSTRAINT payment_has_receipt CHECK (has_receipt IN (0, 1)), -- a real one
    notice_iud TEXT NOT NULL, -- the notice linked to it, else empty
    flow_id    INTEGER REFERENCES flow (id), -- the flow line linked to it
    flow_seq   INTEGER,
    difference INTEGER NOT NULL, -- cents, of the comparison the status speaks of
    due_from   TEXT NOT NULL, -- the day its ageing starts
    verdict_id INTEGER NOT NULL REFERENCES verdict (id),
    since_run  INTEGER NOT NULL REFERENCES run (id), -- that made it what it is
    review_on  TEXT,
    iud        TEXT NOT NULL, -- of the receipt, or of the notice alone
    before     INTEGER REFERENCES verdict (id), -- until that run; NULL: it was not known
    file_id    INTEGER REFERENCES file (id), -- the file that made that run look at it; NULL: the calendar
    also       TEXT NOT NULL, -- causes beside file_id, each after a comma
    PRIMARY KEY (iuv, iur, idx, alone_iud)
) STRICT, WITHOUT ROWID;
INSERT INTO payment_new (iuv, iur, idx, alone_iud, amount, has_receipt, notice_iud, flow_id, flow_seq, difference, due_from,
    verdict_id, since_run, review_on, iud, before, file_id, also)
SELECT p.iuv, p.iur, p.idx, p.alone_iud, p.amount, p.has_receipt, p.notice_iud, p.flow_id, p.flow_seq, p.difference, p.due_from,
    p.verdict_id, p.since_run, p.review_on, p.iud, h.before, h.file_id, coalesce(h.also, '')
FROM payment p LEFT JOIN payment_history h
    ON h.iuv = p.iuv AND h.iur = p.iur AND h.idx = p.idx AND h.alone_iud = p.alone_iud AND h.run_id = p.since_run
ORDER BY p.iuv, p.iur, p.idx, p.alone_iud;

-- The triggers on the table go with it, so the running totals begin anew: the next
-- night fills them.
DROP TABLE payment;
DROP TRIGGER IF EXISTS keeps_receipt_insert;
DROP TRIGGER IF EXISTS keeps_receipt_delete;
DROP TRIGGER IF EXISTS keeps_receipt_update;
DROP TRIGGER IF EXISTS keeps_notice_insert;
DROP TRIGGER IF EXISTS keeps_notice_delete;
DROP TRIGGER IF EXISTS keeps_notice_update;
DROP TRIGGER IF EXISTS keeps_share_insert;
DROP TRIGGER IF EXISTS keeps_share_delete;
DROP TRIGGER IF EXISTS keeps_share_update;
DROP TRIGGER IF EXISTS keeps_flow_line_insert;
DROP TRIGGER IF EXISTS keeps_flow_line_delete;
DROP TRIGGER IF EXISTS keeps_flow_line_update;
DELETE FROM payment_total;
DELETE FROM kept_total;
DROP TABLE payment_history;
ALTER TABLE payment_new RENAME TO payment;
CREATE INDEX payment_review ON payment (review_on) WHERE review_on IS NOT NULL;
CREATE INDEX payment_anomaly ON payment (verdict_id) WHERE verdict_id < 0;

CREATE VIEW payment_history (iuv, iur, idx, alone_iud, run_id, before, after, amount, file_id, also, iud, difference, due_from,
    has_receipt, has_notice, flow_id, flow_seq) AS
SELECT iuv, iur, idx, alone_iud, run_id, before, after, amount, file_id, also, iud, difference, due_from,
    has_receipt, has_notice, flow_id, flow_seq FROM payment_past
UNION ALL
SELECT iuv, iur, idx, alone_iud, since_run, before, verdict_id, amount, file_id, also, iud, difference, due_from,
    has_receipt, CAST(notice_iud <> '' AS INTEGER), flow_id, flow_seq FROM payment;
