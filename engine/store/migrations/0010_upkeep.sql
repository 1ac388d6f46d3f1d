-- The journal is sealed: when a run ends it gets a SHA-256 over itself, its
-- steps, files and balance, and over the seal of the run before it. A step
-- written after the end (report, messages) is covered by the next seal.
ALTER TABLE run ADD COLUMN seal TEXT NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN sealed_steps INTEGER NOT NULL DEFAULT 0; -- last step the seal covers
CREATE INDEX file_by_run ON file (run_id);

-- Messages to people and systems, kept until delivered and afterwards as proof.
CREATE TABLE notification (
    id         INTEGER PRIMARY KEY,
    run_id     INTEGER NOT NULL REFERENCES run (id),
    channel    TEXT NOT NULL CONSTRAINT notification_channel CHECK (channel IN ('mail', 'webhook')),
    target     TEXT NOT NULL, -- recipients joined by a comma, or URL
    subject    TEXT NOT NULL,
    content    TEXT NOT NULL, -- JSON
    state      TEXT NOT NULL DEFAULT 'waiting' CONSTRAINT notification_state
               CHECK (state IN ('waiting', 'sending', 'sent', 'unsure', 'told', 'dropped')),
    attempts   INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    tried_at   TEXT NOT NULL DEFAULT '',
    problem    TEXT NOT NULL DEFAULT '',
    CONSTRAINT notification_once UNIQUE (run_id, channel, target)
) STRICT;
CREATE INDEX notification_open ON notification (state) WHERE state NOT IN ('sent', 'told', 'dropped');

-- Personal data blanked because their term had passed: what, when, how much.
CREATE TABLE erasure (
    id       INTEGER PRIMARY KEY,
    at       TEXT NOT NULL,
    before   TEXT NOT NULL, -- payments made before this day
    receipts INTEGER NOT NULL,
    notices  INTEGER NOT NULL,
    debts    INTEGER NOT NULL,
    rejects  INTEGER NOT NULL,
    files    INTEGER NOT NULL,
    by       TEXT NOT NULL -- command
) STRICT;

-- Sealed files taken out of the archive by an erasure: the hash stays.
CREATE TABLE removed_file (
    sha256     TEXT NOT NULL PRIMARY KEY,
    erasure_id INTEGER NOT NULL REFERENCES erasure (id),
    reason     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
