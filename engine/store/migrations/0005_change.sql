-- What changed, in the order it changed: the sequence incremental exports are
-- cut by. Rows are only ever appended, in the transaction that judges, so the
-- numbers have no gaps; nothing may delete the last one.
CREATE TABLE change (
    seq         INTEGER PRIMARY KEY,
    run_id      INTEGER NOT NULL REFERENCES run (id),
    movement_id INTEGER REFERENCES movement (id), -- NULL: of a payment
    iuv         TEXT NOT NULL,
    iur         TEXT NOT NULL,
    idx         INTEGER NOT NULL,
    alone_iud   TEXT NOT NULL,
    gone        INTEGER NOT NULL CONSTRAINT change_gone CHECK (gone IN (0, 1)) -- 1: the payment is no more
) STRICT;

-- A mark only the calendar made: nothing the books hold of it has changed.
ALTER TABLE dirty_iuv ADD COLUMN due INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dirty_movement ADD COLUMN due INTEGER NOT NULL DEFAULT 0;

-- Books judged before there was a sequence begin it with what they hold.
INSERT INTO change (run_id, movement_id, iuv, iur, idx, alone_iud, gone)
SELECT since_run, NULL, iuv, iur, idx, alone_iud, 0 FROM payment ORDER BY iuv, iur, idx, alone_iud;
INSERT INTO change (run_id, movement_id, iuv, iur, idx, alone_iud, gone)
SELECT (SELECT max(h.run_id) FROM unit_history h WHERE h.unit = 'movement' AND h.unit_id = m.id), m.id, '', '', 0, '', 0
FROM movement m WHERE m.verdict_id IS NOT NULL ORDER BY m.id;
