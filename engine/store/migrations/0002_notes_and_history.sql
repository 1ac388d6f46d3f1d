-- What a listing as of an earlier day shows of a unit is in its history, not in
-- the records, which later deliveries replace. Rows written before this
-- migration know verdict and amount only, but for the last one of each unit.
ALTER TABLE payment ADD COLUMN iud TEXT NOT NULL DEFAULT ''; -- of the receipt, or of the notice alone
UPDATE payment SET iud = coalesce((SELECT r.iud FROM receipt r
    WHERE r.iuv = payment.iuv AND r.iur = payment.iur AND r.idx = payment.idx), alone_iud);

ALTER TABLE payment_history ADD COLUMN iud TEXT NOT NULL DEFAULT '';
ALTER TABLE payment_history ADD COLUMN difference INTEGER NOT NULL DEFAULT 0;
ALTER TABLE payment_history ADD COLUMN due_from TEXT NOT NULL DEFAULT '';
ALTER TABLE payment_history ADD COLUMN has_receipt INTEGER NOT NULL DEFAULT 0;
ALTER TABLE payment_history ADD COLUMN has_notice INTEGER NOT NULL DEFAULT 0; -- 1: a notice with its IUD is linked
ALTER TABLE payment_history ADD COLUMN flow_id INTEGER; -- the flow line linked to it
ALTER TABLE payment_history ADD COLUMN flow_seq INTEGER;
-- Causes beside file_id: ids of earlier files of the same night, and calendar,
-- settings or decision, each after a comma.
ALTER TABLE payment_history ADD COLUMN also TEXT NOT NULL DEFAULT '';
UPDATE payment_history AS h SET (iud, difference, due_from, has_receipt, has_notice, flow_id, flow_seq) =
    (SELECT p.iud, p.difference, p.due_from, p.has_receipt, p.notice_iud <> '', p.flow_id, p.flow_seq FROM payment p
        WHERE p.iuv = h.iuv AND p.iur = h.iur AND p.idx = h.idx AND p.alone_iud = h.alone_iud)
WHERE EXISTS (SELECT 1 FROM payment p
    WHERE p.iuv = h.iuv AND p.iur = h.iur AND p.idx = h.idx AND p.alone_iud = h.alone_iud AND p.since_run = h.run_id);

-- amount is the cash of the unit.
ALTER TABLE unit_history ADD COLUMN difference INTEGER NOT NULL DEFAULT 0; -- cash beyond the flow, or beyond the flows it pays; 0 without links
ALTER TABLE unit_history ADD COLUMN parts INTEGER NOT NULL DEFAULT 0; -- links of the unit
ALTER TABLE unit_history ADD COLUMN flow_id INTEGER; -- of a settlement: its current version then
ALTER TABLE unit_history ADD COLUMN also TEXT NOT NULL DEFAULT '';
UPDATE unit_history AS h SET (parts, flow_id, difference) =
    (SELECT s.parts, s.flow_id, CASE s.parts WHEN 0 THEN 0 ELSE h.amount - f.declared_total END
        FROM settlement s JOIN flow f ON f.id = s.flow_id WHERE s.id = h.unit_id)
WHERE h.unit = 'settlement' AND EXISTS (SELECT 1 FROM settlement s WHERE s.id = h.unit_id AND s.flow_id IS NOT NULL);

-- What listings show of a movement besides its verdict, as of each run that
-- found it different.
CREATE TABLE movement_version (
    movement_id INTEGER NOT NULL REFERENCES movement (id),
    run_id     INTEGER NOT NULL REFERENCES run (id),
    account    TEXT NOT NULL,
    amount     INTEGER NOT NULL,
    reversed   INTEGER NOT NULL,
    covered    INTEGER NOT NULL,
    booked_on  TEXT NOT NULL,
    value_on   TEXT NOT NULL,
    payer      TEXT NOT NULL,
    remittance TEXT NOT NULL,
    iufs       TEXT NOT NULL, -- sorted, joined by |
    iuvs       TEXT NOT NULL,
    PRIMARY KEY (movement_id, run_id)
) STRICT, WITHOUT ROWID;
INSERT INTO movement_version (movement_id, run_id, account, amount, reversed, covered, booked_on, value_on, payer, remittance, iufs, iuvs)
SELECT m.id, (SELECT min(h.run_id) FROM unit_history h WHERE h.unit = 'movement' AND h.unit_id = m.id),
    m.account, m.amount, m.reversed, m.covered, m.booked_on, m.value_on, m.payer, m.remittance,
    coalesce((SELECT group_concat(c.ref, '|' ORDER BY c.ref) FROM movement_ref c WHERE c.movement_id = m.id AND c.kind = 'iuf'), ''),
    coalesce((SELECT group_concat(c.ref, '|' ORDER BY c.ref) FROM movement_ref c WHERE c.movement_id = m.id AND c.kind = 'iuv'), '')
FROM movement m WHERE EXISTS (SELECT 1 FROM unit_history h WHERE h.unit = 'movement' AND h.unit_id = m.id);

-- Causes of a mark beside its file_id, as in payment_history.
ALTER TABLE dirty_iuv ADD COLUMN also TEXT NOT NULL DEFAULT '';
ALTER TABLE dirty_settlement ADD COLUMN also TEXT NOT NULL DEFAULT '';
ALTER TABLE dirty_movement ADD COLUMN also TEXT NOT NULL DEFAULT '';

-- Notes of people (segnalazioni). A note hangs on the key of a thing, not on its
-- row and not on its status: of a payment IUV, IUR and index, or the IUD of a
-- notice alone; of a settlement IUF in upper case, PSP and year; of a movement
-- year, number and account. The other columns are empty.
CREATE TABLE note (
    id      INTEGER PRIMARY KEY,
    unit    TEXT NOT NULL CONSTRAINT note_unit CHECK (unit IN ('payment', 'settlement', 'movement')),
    iuv     TEXT NOT NULL DEFAULT '',
    iur     TEXT NOT NULL DEFAULT '',
    idx     INTEGER NOT NULL DEFAULT 0,
    iud     TEXT NOT NULL DEFAULT '',
    iuf     TEXT NOT NULL DEFAULT '',
    psp     TEXT NOT NULL DEFAULT '',
    year    INTEGER NOT NULL DEFAULT 0,
    number  TEXT NOT NULL DEFAULT '',
    account TEXT NOT NULL DEFAULT '',
    CONSTRAINT note_key UNIQUE (unit, iuv, iur, idx, iud, iuf, psp, year, number, account)
) STRICT;

-- Every change of a note, with all it says since then.
CREATE TABLE note_change (
    note_id  INTEGER NOT NULL REFERENCES note (id),
    seq      INTEGER NOT NULL,
    run_id   INTEGER NOT NULL, -- the last run when it was written, whose books the author saw; 0: none yet
    at       TEXT NOT NULL,
    author   TEXT NOT NULL CONSTRAINT note_change_author CHECK (author <> ''),
    state    TEXT NOT NULL CONSTRAINT note_change_state CHECK (state IN ('open', 'explained', 'closed')),
    text     TEXT NOT NULL CONSTRAINT note_change_text CHECK (text <> ''),
    assignee TEXT NOT NULL,
    due_on   TEXT NOT NULL, -- empty: none
    ignore_until TEXT NOT NULL, -- the day it is looked at again; empty: now
    file_id  INTEGER REFERENCES file (id), -- the file it came in; NULL: a command
    PRIMARY KEY (note_id, seq)
) STRICT, WITHOUT ROWID;

-- Every time somebody asked for a receipt that never came. Its thing as in note.
CREATE TABLE receipt_request (
    id     INTEGER PRIMARY KEY,
    iuv    TEXT NOT NULL,
    iur    TEXT NOT NULL,
    idx    INTEGER NOT NULL,
    iud    TEXT NOT NULL,
    run_id INTEGER NOT NULL,
    at     TEXT NOT NULL,
    author TEXT NOT NULL CONSTRAINT receipt_request_author CHECK (author <> '')
) STRICT;
CREATE INDEX receipt_request_by_payment ON receipt_request (iuv, iur, idx, iud);

-- What people wrote is only ever added to.
CREATE TRIGGER note_kept BEFORE DELETE ON note BEGIN SELECT raise(ABORT, 'a note is never deleted'); END;
CREATE TRIGGER note_change_kept BEFORE DELETE ON note_change BEGIN SELECT raise(ABORT, 'the history of a note is never deleted'); END;
CREATE TRIGGER note_change_fixed BEFORE UPDATE ON note_change BEGIN SELECT raise(ABORT, 'the history of a note is never changed'); END;
CREATE TRIGGER receipt_request_kept BEFORE DELETE ON receipt_request BEGIN SELECT raise(ABORT, 'a request is never deleted'); END;
CREATE TRIGGER receipt_request_fixed BEFORE UPDATE ON receipt_request BEGIN SELECT raise(ABORT, 'a request is never changed'); END;
