-- Schema of one entity's books. Amounts are integer cents; days are YYYY-MM-DD;
-- instants are RFC 3339 in UTC. Hot tables (what linking and judging read) are
-- clustered on their key so that one ordered pass serves a whole run; texts
-- that only people read stand apart, in the order of arrival.

CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The journal: one row per run, one per step.
CREATE TABLE run (
    id           INTEGER PRIMARY KEY,
    as_of        TEXT NOT NULL,
    state        TEXT NOT NULL CONSTRAINT run_state CHECK (state IN ('running', 'done', 'failed')),
    ruleset      TEXT NOT NULL,
    ruleset_hash TEXT NOT NULL,
    version      TEXT NOT NULL,
    started_at   TEXT NOT NULL,
    ended_at     TEXT,
    changes      INTEGER NOT NULL DEFAULT 0, -- history rows written
    loaded       INTEGER NOT NULL DEFAULT 0, -- files loaded
    failure      TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE run_step (
    run_id   INTEGER NOT NULL REFERENCES run (id),
    seq      INTEGER NOT NULL,
    step     TEXT NOT NULL,
    detail   TEXT NOT NULL,
    at       TEXT NOT NULL,
    PRIMARY KEY (run_id, seq)
) STRICT, WITHOUT ROWID;

-- Every file ever offered, taken or not.
CREATE TABLE file (
    id           INTEGER PRIMARY KEY,
    run_id       INTEGER NOT NULL REFERENCES run (id),
    sha256       TEXT NOT NULL,
    name         TEXT NOT NULL,
    drop_name    TEXT NOT NULL, -- empty when imported by hand
    source       TEXT NOT NULL,
    size         INTEGER NOT NULL,
    modified     TEXT NOT NULL,
    seen_at      TEXT NOT NULL,
    state        TEXT NOT NULL CONSTRAINT file_state
                 CHECK (state IN ('loaded', 'duplicate', 'rejected', 'failed')),
    duplicate_of INTEGER REFERENCES file (id),
    answered     INTEGER NOT NULL DEFAULT 0 CONSTRAINT file_answered CHECK (answered IN (0, 1)),
    code         TEXT NOT NULL DEFAULT '',
    message      TEXT NOT NULL DEFAULT '',
    at_entry     TEXT NOT NULL DEFAULT '',
    at_line      INTEGER NOT NULL DEFAULT 0,
    rows_read    INTEGER NOT NULL DEFAULT 0,
    accepted     INTEGER NOT NULL DEFAULT 0,
    rejected     INTEGER NOT NULL DEFAULT 0,
    total        INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT file_rows CHECK (rows_read = accepted + rejected),
    CONSTRAINT file_duplicate CHECK ((state = 'duplicate') = (duplicate_of IS NOT NULL))
) STRICT;
CREATE INDEX file_by_sha ON file (sha256, state);
CREATE INDEX file_by_drop ON file (drop_name, name);

CREATE TABLE doc (
    id       INTEGER PRIMARY KEY,
    file_id  INTEGER NOT NULL REFERENCES file (id),
    entry    TEXT NOT NULL,
    kind     TEXT NOT NULL,
    format   TEXT NOT NULL,
    version  TEXT NOT NULL,
    encoding TEXT NOT NULL,
    warnings TEXT NOT NULL,
    rows_read INTEGER NOT NULL DEFAULT 0,
    accepted  INTEGER NOT NULL DEFAULT 0,
    rejected  INTEGER NOT NULL DEFAULT 0,
    total     INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT doc_rows CHECK (rows_read = accepted + rejected)
) STRICT;
CREATE INDEX doc_by_file ON doc (file_id);

CREATE TABLE reject (
    file_id INTEGER NOT NULL REFERENCES file (id),
    seq     INTEGER NOT NULL,
    entry   TEXT NOT NULL,
    line    INTEGER NOT NULL,
    col     TEXT NOT NULL,
    code    TEXT NOT NULL,
    value   TEXT NOT NULL,
    reason  TEXT NOT NULL,
    part    INTEGER NOT NULL DEFAULT 0, -- 1: only a part of the row was left out, the row was taken
    PRIMARY KEY (file_id, seq)
) STRICT, WITHOUT ROWID;

-- Receipts: one row per transfer. *_past keeps what a later delivery replaced.
CREATE TABLE receipt (
    iuv       TEXT NOT NULL,
    iur       TEXT NOT NULL,
    idx       INTEGER NOT NULL CONSTRAINT receipt_idx CHECK (idx BETWEEN 1 AND 5),
    iud       TEXT NOT NULL,
    amount    INTEGER NOT NULL CONSTRAINT receipt_amount CHECK (amount > 0),
    total     INTEGER NOT NULL,
    outcome   TEXT NOT NULL,
    paid_on   TEXT NOT NULL,
    after_cutoff INTEGER NOT NULL, -- 1: paid after 13:00, so in the next pagoPA day
    shared    INTEGER NOT NULL, -- 1: a secondary entity's share of somebody else's notice
    stamp     INTEGER NOT NULL, -- 1: a digital revenue stamp: never reported, never cashed
    debt_type TEXT NOT NULL,
    doc_id    INTEGER NOT NULL REFERENCES doc (id),
    line      INTEGER NOT NULL,
    detail_id INTEGER NOT NULL,
    PRIMARY KEY (iuv, iur, idx)
) STRICT, WITHOUT ROWID;
CREATE INDEX receipt_by_iud ON receipt (iud) WHERE iud <> '';

CREATE TABLE receipt_detail (
    id          INTEGER PRIMARY KEY,
    outcome_tag TEXT NOT NULL,
    receipt_id  TEXT NOT NULL,
    received_at TEXT NOT NULL,
    context     TEXT NOT NULL,
    beneficiary TEXT NOT NULL,
    psp         TEXT NOT NULL,
    psp_name    TEXT NOT NULL,
    payer_kind  TEXT NOT NULL,
    payer_code  TEXT NOT NULL,
    payer_name  TEXT NOT NULL,
    remittance  TEXT NOT NULL,
    collection  TEXT NOT NULL,
    bilancio    TEXT NOT NULL,
    import_flow TEXT NOT NULL,
    import_row  INTEGER NOT NULL,
    owner_code  TEXT NOT NULL,
    owner_name  TEXT NOT NULL,
    owner_taxonomy TEXT NOT NULL,
    metadata    TEXT NOT NULL
) STRICT;

CREATE TABLE receipt_past (
    iuv TEXT NOT NULL, iur TEXT NOT NULL, idx INTEGER NOT NULL,
    iud TEXT NOT NULL, amount INTEGER NOT NULL, total INTEGER NOT NULL,
    outcome TEXT NOT NULL, paid_on TEXT NOT NULL, debt_type TEXT NOT NULL,
    doc_id INTEGER NOT NULL REFERENCES doc (id), line INTEGER NOT NULL, detail_id INTEGER NOT NULL,
    replaced_by INTEGER NOT NULL REFERENCES doc (id),
    PRIMARY KEY (iuv, iur, idx, doc_id, line)
) STRICT, WITHOUT ROWID;

-- A settlement is the identity of a flow; a flow is one version of it.
CREATE TABLE settlement (
    id         INTEGER PRIMARY KEY,
    psp        TEXT NOT NULL,
    iuf        TEXT NOT NULL, -- as the current version writes it
    iuf_key    TEXT NOT NULL, -- upper case: banks do not keep the case
    year       INTEGER NOT NULL, -- of dataRegolamento
    flow_id    INTEGER REFERENCES flow (id), -- the current version
    revised    INTEGER NOT NULL DEFAULT 0, -- 1: its current version was produced after cash had come
    cash       INTEGER NOT NULL DEFAULT 0, -- sum of its links
    parts      INTEGER NOT NULL DEFAULT 0, -- number of its links
    verdict_id INTEGER REFERENCES verdict (id),
    review_on  TEXT, -- first as-of date on which the calendar alone changes its facts
    CONSTRAINT settlement_key UNIQUE (iuf_key, psp, year)
) STRICT;
CREATE INDEX settlement_review ON settlement (review_on) WHERE review_on IS NOT NULL;

CREATE TABLE flow (
    id             INTEGER PRIMARY KEY,
    settlement_id  INTEGER NOT NULL REFERENCES settlement (id),
    doc_id         INTEGER NOT NULL REFERENCES doc (id),
    line           INTEGER NOT NULL,
    state          TEXT NOT NULL CONSTRAINT flow_state CHECK (state IN ('current', 'replaced', 'late')), -- late: older than one already there
    iuf            TEXT NOT NULL,
    revision       INTEGER NOT NULL,
    produced_at    TEXT NOT NULL,
    regulation     TEXT NOT NULL,
    regulated_on   TEXT NOT NULL,
    psp            TEXT NOT NULL,
    psp_kind       TEXT NOT NULL,
    psp_name       TEXT NOT NULL,
    bic            TEXT NOT NULL,
    declared_count INTEGER NOT NULL,
    declared_total INTEGER NOT NULL,
    line_count     INTEGER NOT NULL DEFAULT 0, -- rows seen, rejected ones included
    total_plain    INTEGER NOT NULL DEFAULT 0,
    total_net      INTEGER NOT NULL DEFAULT 0,
    digest         TEXT NOT NULL DEFAULT '' -- of header and lines, to know a re-delivery
) STRICT;
CREATE INDEX flow_by_settlement ON flow (settlement_id);

CREATE TABLE flow_line (
    iuv     TEXT NOT NULL,
    iur     TEXT NOT NULL,
    flow_id INTEGER NOT NULL REFERENCES flow (id),
    seq     INTEGER NOT NULL,
    idx     INTEGER NOT NULL CONSTRAINT flow_line_idx CHECK (idx BETWEEN 0 AND 5), -- 0: not said
    amount  INTEGER NOT NULL,
    outcome INTEGER NOT NULL CONSTRAINT flow_line_outcome CHECK (outcome IN (0, 3, 4, 8, 9)),
    paid_on TEXT NOT NULL,
    line    INTEGER NOT NULL,
    PRIMARY KEY (iuv, iur, flow_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX flow_line_by_flow ON flow_line (flow_id, seq);

CREATE TABLE notice (
    iuv       TEXT NOT NULL,
    iud       TEXT NOT NULL,
    amount    INTEGER NOT NULL,
    paid_on   TEXT NOT NULL,
    debt_type TEXT NOT NULL,
    doc_id    INTEGER NOT NULL REFERENCES doc (id),
    line      INTEGER NOT NULL,
    detail_id INTEGER NOT NULL,
    PRIMARY KEY (iuv, iud),
    CONSTRAINT notice_iud UNIQUE (iud)
) STRICT, WITHOUT ROWID;

CREATE TABLE notice_detail (
    id         INTEGER PRIMARY KEY,
    payer_kind TEXT NOT NULL,
    payer_code TEXT NOT NULL,
    payer_name TEXT NOT NULL,
    commission INTEGER NOT NULL,
    channel    TEXT NOT NULL,
    remittance TEXT NOT NULL,
    collection TEXT NOT NULL,
    bilancio   TEXT NOT NULL
) STRICT;

CREATE TABLE notice_past (
    iuv TEXT NOT NULL, iud TEXT NOT NULL, amount INTEGER NOT NULL, paid_on TEXT NOT NULL,
    debt_type TEXT NOT NULL, doc_id INTEGER NOT NULL REFERENCES doc (id),
    line INTEGER NOT NULL, detail_id INTEGER NOT NULL,
    replaced_by INTEGER NOT NULL REFERENCES doc (id),
    PRIMARY KEY (iud, doc_id, line)
) STRICT, WITHOUT ROWID;

-- A movement is a provvisorio; its events are the rows that spoke of it.
CREATE TABLE movement (
    id         INTEGER PRIMARY KEY,
    account    TEXT NOT NULL, -- empty when the layout does not say
    year       INTEGER NOT NULL,
    number     TEXT NOT NULL,
    amount     INTEGER NOT NULL, -- as last executed; 0 while only its reversal is known
    reversed   INTEGER NOT NULL DEFAULT 0, -- sum taken back by STORNATO
    cash       INTEGER GENERATED ALWAYS AS (amount - reversed) STORED,
    covered    INTEGER NOT NULL DEFAULT 0, -- sum covered by orders (REGOLARIZZATO less RIPRISTINATO)
    booked_on  TEXT NOT NULL,
    value_on   TEXT NOT NULL,
    payer      TEXT NOT NULL,
    remittance TEXT NOT NULL,
    end_to_end TEXT NOT NULL,
    treasurer  TEXT NOT NULL,
    code       TEXT NOT NULL,
    given_iuf  TEXT NOT NULL, -- when the layout gives it apart from the text
    given_iuv  TEXT NOT NULL,
    doc_id     INTEGER NOT NULL REFERENCES doc (id),
    line       INTEGER NOT NULL,
    ambiguous  INTEGER NOT NULL DEFAULT 0, -- 1: its text names several flows of ours that exclude each other
    verdict_id INTEGER REFERENCES verdict (id),
    review_on  TEXT,
    CONSTRAINT movement_key UNIQUE (year, number, account)
) STRICT;
CREATE INDEX movement_review ON movement (review_on) WHERE review_on IS NOT NULL;

CREATE TABLE movement_event (
    movement_id INTEGER NOT NULL REFERENCES movement (id),
    document    TEXT NOT NULL,
    operation   TEXT NOT NULL,
    amount      INTEGER NOT NULL,
    booked_on   TEXT NOT NULL,
    occurrence  INTEGER NOT NULL, -- twins in one document survive, re-sent rows do not
    doc_id      INTEGER NOT NULL REFERENCES doc (id),
    line        INTEGER NOT NULL,
    PRIMARY KEY (movement_id, document, operation, booked_on, amount, occurrence)
) STRICT, WITHOUT ROWID;

CREATE TABLE movement_past (
    movement_id INTEGER NOT NULL REFERENCES movement (id),
    amount INTEGER NOT NULL, booked_on TEXT NOT NULL, value_on TEXT NOT NULL,
    payer TEXT NOT NULL, remittance TEXT NOT NULL,
    doc_id INTEGER NOT NULL REFERENCES doc (id), line INTEGER NOT NULL,
    replaced_by INTEGER NOT NULL REFERENCES doc (id),
    PRIMARY KEY (movement_id, doc_id, line)
) STRICT, WITHOUT ROWID;

-- What an order of collection covers of a provvisorio.
CREATE TABLE cover (
    doc_id  INTEGER NOT NULL REFERENCES doc (id),
    line    INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    year    INTEGER NOT NULL,
    account TEXT NOT NULL,
    ordered TEXT NOT NULL, -- number of the order
    operation TEXT NOT NULL,
    number  TEXT NOT NULL, -- of the provvisorio
    amount  INTEGER NOT NULL,
    booked_on TEXT NOT NULL,
    PRIMARY KEY (doc_id, line, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX cover_by_number ON cover (year, number);

-- What the remittance text names, and the links made from it.
CREATE TABLE movement_ref (
    kind        TEXT NOT NULL CONSTRAINT movement_ref_kind CHECK (kind IN ('iuf', 'iuv')),
    ref         TEXT NOT NULL, -- IUF in upper case, or IUV
    movement_id INTEGER NOT NULL REFERENCES movement (id),
    step        TEXT NOT NULL, -- which reading step found it
    used        INTEGER NOT NULL DEFAULT 0, -- 1: an IUV that a payment is cashed by
    PRIMARY KEY (kind, ref, movement_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX movement_ref_by_movement ON movement_ref (movement_id);

CREATE TABLE settlement_link (
    settlement_id INTEGER NOT NULL REFERENCES settlement (id),
    movement_id   INTEGER NOT NULL REFERENCES movement (id),
    amount        INTEGER NOT NULL,
    reason        TEXT NOT NULL, -- strict, tolerant, known, end-to-end
    PRIMARY KEY (settlement_id, movement_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX settlement_link_by_movement ON settlement_link (movement_id);

-- A verdict is a distinct outcome of the ruleset: the status, the labels and
-- the facts they were read from. Units point at it.
CREATE TABLE verdict (
    id           INTEGER PRIMARY KEY,
    unit         TEXT NOT NULL CONSTRAINT verdict_unit CHECK (unit IN ('payment', 'settlement', 'movement')),
    ruleset_hash TEXT NOT NULL,
    status       TEXT NOT NULL,
    sign         INTEGER NOT NULL,
    severity     INTEGER NOT NULL,
    labels       TEXT NOT NULL, -- sorted, joined by |
    facts        TEXT NOT NULL,
    CONSTRAINT verdict_key UNIQUE (unit, ruleset_hash, facts)
) STRICT;

CREATE TABLE payment (
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
    since_run  INTEGER NOT NULL REFERENCES run (id),
    review_on  TEXT,
    PRIMARY KEY (iuv, iur, idx, alone_iud)
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_review ON payment (review_on) WHERE review_on IS NOT NULL;

-- Nothing judged is ever overwritten without a row here.
CREATE TABLE payment_history (
    iuv TEXT NOT NULL, iur TEXT NOT NULL, idx INTEGER NOT NULL, alone_iud TEXT NOT NULL,
    run_id  INTEGER NOT NULL REFERENCES run (id),
    before  INTEGER REFERENCES verdict (id), -- NULL: it was not known
    after   INTEGER REFERENCES verdict (id), -- NULL: it is no more
    amount  INTEGER NOT NULL,
    file_id INTEGER REFERENCES file (id), -- the file that brought it; NULL: the calendar
    PRIMARY KEY (iuv, iur, idx, alone_iud, run_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE unit_history (
    unit    TEXT NOT NULL CONSTRAINT unit_history_unit CHECK (unit IN ('settlement', 'movement')),
    unit_id INTEGER NOT NULL,
    run_id  INTEGER NOT NULL REFERENCES run (id),
    before  INTEGER REFERENCES verdict (id),
    after   INTEGER NOT NULL REFERENCES verdict (id),
    amount  INTEGER NOT NULL,
    file_id INTEGER REFERENCES file (id),
    PRIMARY KEY (unit, unit_id, run_id)
) STRICT, WITHOUT ROWID;

-- Debts the entity imported into MyPay: payments expected, and their chapters.
CREATE TABLE debt (
    iud        TEXT NOT NULL PRIMARY KEY,
    iuv        TEXT NOT NULL,
    action     TEXT NOT NULL CONSTRAINT debt_action CHECK (action IN ('I', 'M', 'A')),
    payer_kind TEXT NOT NULL,
    payer_code TEXT NOT NULL,
    payer_name TEXT NOT NULL,
    due_on     TEXT NOT NULL,
    amount     INTEGER NOT NULL,
    commission INTEGER NOT NULL,
    debt_type  TEXT NOT NULL,
    remittance TEXT NOT NULL,
    collection TEXT NOT NULL,
    bilancio   TEXT NOT NULL,
    shared_with TEXT NOT NULL,
    shared_name TEXT NOT NULL,
    shared_iban TEXT NOT NULL,
    shared_amount INTEGER NOT NULL,
    doc_id     INTEGER NOT NULL REFERENCES doc (id),
    line       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Rows of the chart and of accertamenti as they were delivered; applying them
-- is booking's business.
CREATE TABLE chapter_row (
    doc_id  INTEGER NOT NULL REFERENCES doc (id),
    line    INTEGER NOT NULL,
    action  TEXT NOT NULL,
    debt_type TEXT NOT NULL,
    year    INTEGER NOT NULL,
    office  TEXT NOT NULL, office_name TEXT NOT NULL,
    chapter TEXT NOT NULL, chapter_name TEXT NOT NULL,
    assessment TEXT NOT NULL, assessment_name TEXT NOT NULL,
    active  INTEGER NOT NULL,
    PRIMARY KEY (doc_id, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE assessment_row (
    doc_id  INTEGER NOT NULL REFERENCES doc (id),
    line    INTEGER NOT NULL,
    name    TEXT NOT NULL,
    debt_type TEXT NOT NULL,
    iuv     TEXT NOT NULL, iud TEXT NOT NULL,
    office  TEXT NOT NULL, office_name TEXT NOT NULL,
    chapter TEXT NOT NULL, chapter_name TEXT NOT NULL,
    code    TEXT NOT NULL, code_name TEXT NOT NULL,
    amount  INTEGER NOT NULL,
    paid    INTEGER NOT NULL,
    PRIMARY KEY (doc_id, line)
) STRICT, WITHOUT ROWID;

-- What the next link and judge must look at again.
CREATE TABLE dirty_iuv (
    iuv     TEXT NOT NULL PRIMARY KEY,
    file_id INTEGER REFERENCES file (id)
) STRICT, WITHOUT ROWID;
CREATE TABLE dirty_settlement (
    settlement_id INTEGER NOT NULL PRIMARY KEY REFERENCES settlement (id),
    file_id       INTEGER REFERENCES file (id)
) STRICT, WITHOUT ROWID;
CREATE TABLE dirty_movement (
    movement_id INTEGER NOT NULL PRIMARY KEY REFERENCES movement (id),
    file_id     INTEGER REFERENCES file (id)
) STRICT, WITHOUT ROWID;

-- The balance each run closes with: one row per equation.
CREATE TABLE balance (
    run_id   INTEGER NOT NULL REFERENCES run (id),
    seq      INTEGER NOT NULL,
    code     TEXT NOT NULL,
    part     TEXT NOT NULL, -- name of the addend; empty for the left side
    side     TEXT NOT NULL CONSTRAINT balance_side CHECK (side IN ('left', 'right', 'residual')),
    quantity INTEGER NOT NULL,
    amount   INTEGER NOT NULL,
    PRIMARY KEY (run_id, seq)
) STRICT, WITHOUT ROWID;
