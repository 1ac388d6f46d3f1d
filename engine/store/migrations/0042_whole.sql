-- A first load is one change: where the books held no payment before a run, one row
-- stands for all those it brought. What changes later has rows of its own.
ALTER TABLE change ADD COLUMN whole INTEGER NOT NULL DEFAULT 0
    CONSTRAINT change_whole CHECK (whole = 0 OR whole = 1); -- 1: of every payment of its run; its key is empty
