-- The chart the entity books income on: for a debt type and a year of account,
-- an office, a chapter, maybe an article and an accertamento. What is not said
-- is the empty text.
CREATE TABLE chart_entry (
    id              INTEGER PRIMARY KEY,
    debt_type       TEXT NOT NULL,
    year            INTEGER NOT NULL,
    office          TEXT NOT NULL,
    chapter         TEXT NOT NULL CONSTRAINT chart_entry_chapter CHECK (chapter <> ''),
    article         TEXT NOT NULL,
    assessment      TEXT NOT NULL, -- code of the accertamento
    office_name     TEXT NOT NULL,
    chapter_name    TEXT NOT NULL,
    assessment_name TEXT NOT NULL,
    plan_code       TEXT NOT NULL, -- fifth level of the plan of accounts: E.1.01.01.20.001
    siope           TEXT NOT NULL, -- management code of an order
    restricted      INTEGER NOT NULL CONSTRAINT chart_entry_restricted CHECK (restricted IN (0, 1)),
    valid_from      TEXT NOT NULL, -- first and last day of payments it takes; empty: no limit
    valid_to        TEXT NOT NULL,
    active          INTEGER NOT NULL CONSTRAINT chart_entry_active CHECK (active IN (0, 1)),
    CONSTRAINT chart_entry_key UNIQUE (debt_type, year, office, chapter, article, assessment)
) STRICT;

-- Every change of the chart, by the row of the file that asked for it.
CREATE TABLE chart_history (
    seq        INTEGER PRIMARY KEY,
    debt_type  TEXT NOT NULL,
    year       INTEGER NOT NULL,
    office     TEXT NOT NULL,
    chapter    TEXT NOT NULL,
    article    TEXT NOT NULL,
    assessment TEXT NOT NULL,
    action     TEXT NOT NULL CONSTRAINT chart_history_action CHECK (action IN ('added', 'changed', 'removed')),
    fields     TEXT NOT NULL, -- names, codes and validity as they became, for people
    run_id     INTEGER NOT NULL REFERENCES run (id),
    doc_id     INTEGER NOT NULL REFERENCES doc (id),
    line       INTEGER NOT NULL
) STRICT;
CREATE INDEX chart_history_by_key ON chart_history (debt_type, year, office, chapter);

-- An accertamento is a container of amounts of one debt type and year of account.
-- A payment counts once: what it is worth is never in two live ones (open or
-- closed) twice. A cancelled one keeps its rows and holds nothing.
CREATE TABLE accertamento (
    id        INTEGER PRIMARY KEY,
    name      TEXT NOT NULL,
    debt_type TEXT NOT NULL,
    year      INTEGER NOT NULL,
    state     TEXT NOT NULL CONSTRAINT accertamento_state CHECK (state IN ('open', 'closed', 'cancelled')),
    automatic INTEGER NOT NULL CONSTRAINT accertamento_automatic CHECK (automatic IN (0, 1)), -- 1: of a file of receipts, its shares say what it holds
    CONSTRAINT accertamento_key UNIQUE (name, debt_type, year)
) STRICT;

-- What people put into an accertamento.
CREATE TABLE accertamento_part (
    accertamento_id INTEGER NOT NULL REFERENCES accertamento (id),
    iuv        TEXT NOT NULL,
    iur        TEXT NOT NULL,
    idx        INTEGER NOT NULL,
    office     TEXT NOT NULL,
    chapter    TEXT NOT NULL CONSTRAINT accertamento_part_chapter CHECK (chapter <> ''),
    article    TEXT NOT NULL,
    assessment TEXT NOT NULL,
    amount     INTEGER NOT NULL CONSTRAINT accertamento_part_amount CHECK (amount > 0),
    PRIMARY KEY (accertamento_id, iuv, iur, idx, office, chapter, article, assessment)
) STRICT, WITHOUT ROWID;
CREATE INDEX accertamento_part_by_payment ON accertamento_part (iuv, iur, idx);

-- Every change of an accertamento: nothing is erased.
CREATE TABLE accertamento_event (
    seq             INTEGER PRIMARY KEY,
    accertamento_id INTEGER NOT NULL REFERENCES accertamento (id),
    action          TEXT NOT NULL CONSTRAINT accertamento_event_action
                    CHECK (action IN ('created', 'renamed', 'added', 'removed', 'closed', 'cancelled', 'reopened')),
    author          TEXT NOT NULL CONSTRAINT accertamento_event_author CHECK (author <> ''),
    at              TEXT NOT NULL,
    reason          TEXT NOT NULL,
    detail          TEXT NOT NULL, -- the payment and its place, the former name: for people
    run_id          INTEGER REFERENCES run (id),
    doc_id          INTEGER REFERENCES doc (id),
    line            INTEGER NOT NULL -- of the document that asked for it; 0 when a person typed it
) STRICT;
CREATE INDEX accertamento_event_by_id ON accertamento_event (accertamento_id, seq);

-- How each receipt line is booked. The shares of a line always add up to it; the
-- one without a chapter is what nobody has said where to book.
CREATE TABLE share (
    iuv        TEXT NOT NULL,
    iur        TEXT NOT NULL,
    idx        INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    source     TEXT NOT NULL CONSTRAINT share_source
               CHECK (source IN ('accertamento', 'bilancio', 'metadata', 'debt', 'default', 'only', 'taxonomy', 'unassigned')),
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
CREATE INDEX share_by_accertamento ON share (accertamento_id) WHERE accertamento_id IS NOT NULL;

ALTER TABLE chapter_row ADD COLUMN article TEXT NOT NULL DEFAULT '';
ALTER TABLE chapter_row ADD COLUMN plan_code TEXT NOT NULL DEFAULT '';
ALTER TABLE chapter_row ADD COLUMN siope TEXT NOT NULL DEFAULT '';
ALTER TABLE chapter_row ADD COLUMN restricted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chapter_row ADD COLUMN valid_from TEXT NOT NULL DEFAULT '';
ALTER TABLE chapter_row ADD COLUMN valid_to TEXT NOT NULL DEFAULT '';
