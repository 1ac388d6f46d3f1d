-- Most texts of a receipt are those of many others. They move to rows that receipts
-- share, in tables of their own by what they go with: one row for all of them would
-- be of few receipts, since any PSP takes payments of any kind. What may say where a
-- payment is booked can be of that payment alone, so it goes with nothing else.
-- Rows are written by who loads receipts; the same texts may be in several. No foreign
-- keys, as for details: rows are written many at a time, in any order of the tables.
CREATE TABLE receipt_psp (
    id          INTEGER PRIMARY KEY,
    psp         TEXT NOT NULL, -- who attests the payment
    psp_name    TEXT NOT NULL,
    outcome_tag TEXT NOT NULL -- in the words of that PSP
) STRICT;

CREATE TABLE receipt_kind (
    id             INTEGER PRIMARY KEY,
    beneficiary    TEXT NOT NULL,
    collection     TEXT NOT NULL,
    import_flow    TEXT NOT NULL,
    owner_code     TEXT NOT NULL,
    owner_name     TEXT NOT NULL,
    owner_taxonomy TEXT NOT NULL
) STRICT;

CREATE TABLE receipt_text (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL -- a chapter split, or metadata
) STRICT;
INSERT INTO receipt_text (id, text) VALUES (0, ''); -- of whoever has none

INSERT INTO receipt_psp (psp, psp_name, outcome_tag)
SELECT psp, psp_name, outcome_tag FROM receipt_detail GROUP BY psp, psp_name, outcome_tag ORDER BY min(id);
INSERT INTO receipt_kind (beneficiary, collection, import_flow, owner_code, owner_name, owner_taxonomy)
SELECT beneficiary, collection, import_flow, owner_code, owner_name, owner_taxonomy FROM receipt_detail
GROUP BY beneficiary, collection, import_flow, owner_code, owner_name, owner_taxonomy ORDER BY min(id);
INSERT INTO receipt_text (text)
SELECT text FROM (SELECT id, bilancio AS text FROM receipt_detail WHERE bilancio <> '' UNION ALL SELECT id, metadata FROM receipt_detail WHERE metadata <> '')
GROUP BY text ORDER BY min(id);

CREATE INDEX receipt_psp_moved ON receipt_psp (psp, psp_name, outcome_tag);
CREATE INDEX receipt_kind_moved ON receipt_kind (beneficiary, collection, import_flow, owner_code, owner_name, owner_taxonomy);
CREATE INDEX receipt_text_moved ON receipt_text (text);
CREATE TABLE receipt_moved (
    id          INTEGER PRIMARY KEY, -- of the detail
    psp_id      INTEGER NOT NULL,
    kind_id     INTEGER NOT NULL,
    bilancio_id INTEGER NOT NULL,
    metadata_id INTEGER NOT NULL
) STRICT;
INSERT INTO receipt_moved (id, psp_id, kind_id, bilancio_id, metadata_id)
SELECT d.id, a.id, k.id, b.id, m.id FROM receipt_detail d
CROSS JOIN receipt_psp a ON a.psp = d.psp AND a.psp_name = d.psp_name AND a.outcome_tag = d.outcome_tag
CROSS JOIN receipt_kind k ON k.beneficiary = d.beneficiary AND k.collection = d.collection AND k.import_flow = d.import_flow
    AND k.owner_code = d.owner_code AND k.owner_name = d.owner_name AND k.owner_taxonomy = d.owner_taxonomy
CROSS JOIN receipt_text b ON b.text = d.bilancio
CROSS JOIN receipt_text m ON m.text = d.metadata
ORDER BY d.id;
DROP INDEX receipt_psp_moved;
DROP INDEX receipt_kind_moved;
DROP INDEX receipt_text_moved;

-- Columns are added, and no table is made anew: the triggers that keep running totals
-- of receipts would go with it.
ALTER TABLE receipt ADD COLUMN psp_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE receipt ADD COLUMN kind_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE receipt ADD COLUMN bilancio_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE receipt ADD COLUMN metadata_id INTEGER NOT NULL DEFAULT 0;
UPDATE receipt SET psp_id = m.psp_id, kind_id = m.kind_id, bilancio_id = m.bilancio_id, metadata_id = m.metadata_id
FROM receipt_moved m WHERE m.id = receipt.detail_id;
ALTER TABLE receipt_past ADD COLUMN psp_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE receipt_past ADD COLUMN kind_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE receipt_past ADD COLUMN bilancio_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE receipt_past ADD COLUMN metadata_id INTEGER NOT NULL DEFAULT 0;
UPDATE receipt_past SET psp_id = m.psp_id, kind_id = m.kind_id, bilancio_id = m.bilancio_id, metadata_id = m.metadata_id
FROM receipt_moved m WHERE m.id = receipt_past.detail_id;
ALTER TABLE receipt_arrived ADD COLUMN psp_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE receipt_arrived ADD COLUMN kind_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE receipt_arrived ADD COLUMN bilancio_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE receipt_arrived ADD COLUMN metadata_id INTEGER NOT NULL DEFAULT 0;
UPDATE receipt_arrived SET psp_id = m.psp_id, kind_id = m.kind_id, bilancio_id = m.bilancio_id, metadata_id = m.metadata_id
FROM receipt_moved m WHERE m.id = receipt_arrived.id;
DROP TABLE receipt_moved;

CREATE TABLE receipt_detail_new (
    id          INTEGER PRIMARY KEY,
    receipt_id  TEXT NOT NULL,
    received_at TEXT NOT NULL,
    context     TEXT NOT NULL,
    payer_kind  TEXT NOT NULL,
    payer_code  TEXT NOT NULL,
    payer_name  TEXT NOT NULL,
    remittance  TEXT NOT NULL,
    import_row  INTEGER NOT NULL
) STRICT;
INSERT INTO receipt_detail_new (id, receipt_id, received_at, context, payer_kind, payer_code, payer_name, remittance, import_row)
SELECT id, receipt_id, received_at, context, payer_kind, payer_code, payer_name, remittance, import_row FROM receipt_detail ORDER BY id;
DROP TABLE receipt_detail;
ALTER TABLE receipt_detail_new RENAME TO receipt_detail;
