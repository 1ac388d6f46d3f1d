-- What has arrived is put in its place in the order of the keys. Of rows with one
-- key only the first goes in; the others are compared with it one by one.

-- name: ArrivedAny
SELECT EXISTS (SELECT 1 FROM arrival) OR EXISTS (SELECT 1 FROM receipt_arrived) OR EXISTS (SELECT 1 FROM notice_arrived)
    OR EXISTS (SELECT 1 FROM flow_arrived)

-- name: ReceiptPlace
INSERT OR IGNORE INTO receipt (iuv, iur, idx, detail_id, iud, amount, total, outcome, paid_on, after_cutoff, shared, stamp, debt_type, doc_id, line,
    psp_id, kind_id, bilancio_id, metadata_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: ReceiptWait
INSERT INTO receipt_arrived (iuv, iur, idx, id, iud, amount, total, outcome, paid_on, after_cutoff, shared, stamp, debt_type, doc_id, line,
    psp_id, kind_id, bilancio_id, metadata_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: ReceiptsWaiting
SELECT iuv, iur, idx, id, iud, amount, total, outcome, paid_on, after_cutoff, shared, stamp, debt_type, doc_id, line,
    psp_id, kind_id, bilancio_id, metadata_id
FROM receipt_arrived ORDER BY id

-- name: ArrivedReceipt
SELECT r.iuv, r.iur, r.idx, r.iud, r.amount, r.total, r.outcome, r.paid_on, r.debt_type, r.doc_id, r.line,
    a.outcome_tag, d.receipt_id, d.received_at, d.context, k.beneficiary, a.psp, a.psp_name,
    d.payer_kind, d.payer_code, d.payer_name, d.remittance, k.collection, b.text, k.import_flow, d.import_row,
    k.owner_code, k.owner_name, k.owner_taxonomy, r.stamp, m.text
FROM receipt_arrived r JOIN receipt_detail d ON d.id = r.id JOIN receipt_psp a ON a.id = r.psp_id JOIN receipt_kind k ON k.id = r.kind_id
JOIN receipt_text b ON b.id = r.bilancio_id JOIN receipt_text m ON m.id = r.metadata_id
WHERE r.id = ?

-- name: ForgetArrivedReceipt
DELETE FROM receipt_arrived WHERE id = ?

-- name: ForgetReceiptDetail
DELETE FROM receipt_detail WHERE id = ?

-- name: NoticePlace
INSERT OR IGNORE INTO notice (iuv, iud, detail_id, amount, paid_on, debt_type, doc_id, line) VALUES (?, ?, ?, ?, ?, ?, ?, ?)

-- name: NoticeWait
INSERT INTO notice_arrived (iuv, iud, id, amount, paid_on, debt_type, doc_id, line) VALUES (?, ?, ?, ?, ?, ?, ?, ?)

-- name: NoticesWaiting
SELECT iuv, iud, id, amount, paid_on, debt_type, doc_id, line FROM notice_arrived ORDER BY id

-- name: NoticeWaits
INSERT INTO notice_arrived (iuv, iud, id, amount, paid_on, debt_type, doc_id, line)
SELECT iuv, iud, detail_id, amount, paid_on, debt_type, doc_id, line FROM notice WHERE iud = ?

-- name: NoticesClear
DELETE FROM notice

-- name: ArrivedNotice
SELECT n.iuv, n.iud, n.amount, n.paid_on, n.debt_type, n.doc_id, n.line,
    d.payer_kind, d.payer_code, d.payer_name, d.commission, d.channel, d.remittance, d.collection, d.bilancio
FROM notice_arrived n JOIN notice_detail d ON d.id = n.id WHERE n.id = ?

-- name: NoticeDetailOf
SELECT detail_id FROM notice WHERE iud = ?

-- name: ForgetArrivedNotice
DELETE FROM notice_arrived WHERE id = ?

-- name: ForgetNoticeDetail
DELETE FROM notice_detail WHERE id = ?

-- name: FlowLinePlace
INSERT INTO flow_line (iuv, iur, flow_id, seq, idx, amount, outcome, paid_on, line) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: FileOfDocID
SELECT file_id FROM doc WHERE id = ?

-- name: NoticeIUVOf
SELECT iuv FROM notice WHERE iud = ? AND iuv <> ?

-- Every IUV that what arrived says something of, and the file that says it. A
-- notice and a receipt of one IUD are of one debt, whatever their IUVs: the one
-- that was there before is looked at again too.
-- name: ArrivedMarks
SELECT a.iuv, d.file_id FROM receipt_arrived a CROSS JOIN doc d ON d.id = a.doc_id
UNION ALL
SELECT a.iuv, d.file_id FROM notice_arrived a CROSS JOIN doc d ON d.id = a.doc_id
UNION ALL
SELECT l.iuv, a.file_id FROM flow_arrived a CROSS JOIN flow_line l ON l.flow_id = a.flow_id
UNION ALL
SELECT n.iuv, d.file_id FROM receipt_arrived a CROSS JOIN notice n ON n.iud = a.iud CROSS JOIN doc d ON d.id = a.doc_id
WHERE n.iuv <> a.iuv AND n.doc_id < a.doc_id
UNION ALL
SELECT r.iuv, d.file_id FROM notice_arrived a CROSS JOIN receipt r ON r.iud = a.iud AND r.iud <> '' CROSS JOIN doc d ON d.id = a.doc_id
WHERE r.iuv <> a.iuv AND r.doc_id < a.doc_id
ORDER BY 1, 2

-- name: FlowArrivedLast
SELECT coalesce(max(seq), 0) FROM flow_arrived

-- name: FlowArrivedUpTo
DELETE FROM flow_arrived WHERE seq <= ?

-- name: CauseDocuments
SELECT id, file_id FROM doc

-- name: CauseFlows
SELECT seq, flow_id, coalesce(file_id, 0), also FROM flow_arrived ORDER BY seq

-- The causes that the rows of an IUV do not show, of books that hold nothing else:
-- debts of two IUVs and flows that others took the place of.
-- name: MarksApart
WITH two AS MATERIALIZED (
    SELECT r.iuv, r.iur, r.idx, n.iuv AS notice_iuv, n.iud FROM receipt r INDEXED BY receipt_by_iud CROSS JOIN notice n INDEXED BY notice_by_iud ON n.iud = r.iud
    WHERE r.iud <> '' AND n.iuv <> r.iuv),
both AS (
    SELECT t.iuv, r.doc_id, t.notice_iuv, n.doc_id AS notice_doc FROM two t
    CROSS JOIN receipt r ON r.iuv = t.iuv AND r.iur = t.iur AND r.idx = t.idx CROSS JOIN notice n ON n.iuv = t.notice_iuv AND n.iud = t.iud)
SELECT b.notice_iuv, d.file_id FROM both b CROSS JOIN doc d ON d.id = b.doc_id WHERE b.notice_doc < b.doc_id
UNION ALL
SELECT b.iuv, d.file_id FROM both b CROSS JOIN doc d ON d.id = b.notice_doc WHERE b.doc_id < b.notice_doc
UNION ALL
SELECT l.iuv, a.file_id FROM flow_arrived a CROSS JOIN flow f ON f.id = a.flow_id AND f.state <> 'current' CROSS JOIN flow_line l ON l.flow_id = a.flow_id
LIMIT ?1

-- The same of books that hold nothing else and where nothing took the place of
-- something: without sorting but the few debts of two IUVs.
-- name: FirstMarks
WITH two AS MATERIALIZED (
    SELECT r.iuv, r.iur, r.idx, n.iuv AS notice_iuv, n.iud FROM receipt r INDEXED BY receipt_by_iud CROSS JOIN notice n INDEXED BY notice_by_iud ON n.iud = r.iud
    WHERE r.iud <> '' AND n.iuv <> r.iuv),
both AS (
    SELECT t.iuv, r.doc_id, t.notice_iuv, n.doc_id AS notice_doc FROM two t
    CROSS JOIN receipt r ON r.iuv = t.iuv AND r.iur = t.iur AND r.idx = t.idx CROSS JOIN notice n ON n.iuv = t.notice_iuv AND n.iud = t.iud)
SELECT r.iuv, d.file_id FROM receipt r CROSS JOIN doc d ON d.id = r.doc_id
UNION ALL
SELECT n.iuv, d.file_id FROM notice n CROSS JOIN doc d ON d.id = n.doc_id
UNION ALL
SELECT l.iuv, a.file_id FROM flow_line l CROSS JOIN flow_arrived a ON a.flow_id = l.flow_id AND a.seq <= ?1
UNION ALL
SELECT b.notice_iuv, d.file_id FROM both b CROSS JOIN doc d ON d.id = b.doc_id WHERE b.notice_doc < b.doc_id
UNION ALL
SELECT b.iuv, d.file_id FROM both b CROSS JOIN doc d ON d.id = b.notice_doc WHERE b.doc_id < b.notice_doc
ORDER BY 1

-- name: ReceiptsAny
SELECT EXISTS (SELECT 1 FROM receipt)

-- name: NoticesAny
SELECT EXISTS (SELECT 1 FROM notice)

-- name: FlowLinesAny
SELECT EXISTS (SELECT 1 FROM flow_line)

-- An index made of a whole table is several times cheaper than one that each row
-- is added to.

-- name: SortOnBoth
PRAGMA threads = 2

-- name: CacheForSorting
PRAGMA cache_size = -20480

-- As the store opens it.
-- name: CacheAsOpened
PRAGMA cache_size = -65536

-- name: ReceiptIndexDrop
DROP INDEX receipt_by_iud

-- name: ReceiptIndexMake
CREATE INDEX receipt_by_iud ON receipt (iud) WHERE iud <> ''

-- name: NoticeIndexDrop
DROP INDEX notice_by_iud

-- name: NoticeIndexMake
CREATE UNIQUE INDEX notice_by_iud ON notice (iud)

-- name: FlowLineIndexDrop
DROP INDEX flow_line_by_flow

-- name: FlowLineIndexMake
CREATE INDEX flow_line_by_flow ON flow_line (flow_id, seq)

-- name: FlowMarks
SELECT l.iuv, a.file_id, a.also FROM flow_arrived a CROSS JOIN flow_line l ON l.flow_id = a.flow_id ORDER BY l.iuv, a.seq

-- name: MarkedIUV
SELECT EXISTS (SELECT 1 FROM dirty_iuv)

-- name: ClearArrivedReceipts
DELETE FROM receipt_arrived

-- name: ClearArrivedNotices
DELETE FROM notice_arrived

-- name: ClearArrivals
DELETE FROM arrival

-- name: ClearArrivedFlows
DELETE FROM flow_arrived
