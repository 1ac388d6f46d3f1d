-- name: EraseReceipts
UPDATE receipt_detail SET payer_kind = '', payer_code = '', payer_name = '', remittance = ''
WHERE id IN (SELECT detail_id FROM receipt WHERE paid_on < ?1 UNION ALL SELECT detail_id FROM receipt_past WHERE paid_on < ?1)
AND (payer_kind <> '' OR payer_code <> '' OR payer_name <> '' OR remittance <> ''
    OR id IN (SELECT detail_id FROM receipt WHERE metadata_id <> 0 UNION ALL SELECT detail_id FROM receipt_past WHERE metadata_id <> 0))

-- Metadata may be those of others too: they go when the last receipt lets go of them.

-- name: EraseMetadata
UPDATE receipt SET metadata_id = 0 WHERE paid_on < ? AND metadata_id <> 0

-- name: ErasePastMetadata
UPDATE receipt_past SET metadata_id = 0 WHERE paid_on < ? AND metadata_id <> 0

-- name: EraseLooseTexts
DELETE FROM receipt_text WHERE id <> 0 AND id NOT IN (SELECT bilancio_id FROM receipt UNION ALL SELECT metadata_id FROM receipt
    UNION ALL SELECT bilancio_id FROM receipt_past UNION ALL SELECT metadata_id FROM receipt_past)

-- name: EraseNotices
UPDATE notice_detail SET payer_kind = '', payer_code = '', payer_name = '', remittance = ''
WHERE (payer_kind <> '' OR payer_code <> '' OR payer_name <> '' OR remittance <> '')
AND id IN (SELECT detail_id FROM notice WHERE paid_on < ?1 UNION ALL SELECT detail_id FROM notice_past WHERE paid_on < ?1)

-- name: EraseDebts
UPDATE debt SET payer_kind = '', payer_code = '', payer_name = '', remittance = ''
WHERE (payer_kind <> '' OR payer_code <> '' OR payer_name <> '' OR remittance <> '')
AND (due_on <> '' AND due_on < ?1
    OR due_on = '' AND doc_id IN (SELECT d.id FROM doc d JOIN file f ON f.id = d.file_id WHERE f.seen_at < ?1))

-- name: EraseRejects
UPDATE reject SET reason = replace(reason, value, '...'), value = ''
WHERE value <> '' AND file_id IN (SELECT id FROM file WHERE seen_at < ?1)

-- name: EraseFiles
WITH newer AS (
    SELECT doc_id FROM receipt WHERE paid_on >= ?1 UNION SELECT doc_id FROM receipt_past WHERE paid_on >= ?1
    UNION SELECT doc_id FROM notice WHERE paid_on >= ?1 UNION SELECT doc_id FROM notice_past WHERE paid_on >= ?1
    UNION SELECT doc_id FROM debt WHERE due_on >= ?1)
SELECT DISTINCT f.sha256 FROM file f
WHERE f.sha256 <> '' AND f.seen_at < ?1
AND NOT EXISTS (SELECT 1 FROM removed_file r WHERE r.sha256 = f.sha256)
AND NOT EXISTS (SELECT 1 FROM file o WHERE o.sha256 = f.sha256 AND o.seen_at >= ?1)
AND (f.state = 'rejected' OR f.state = 'loaded'
    AND EXISTS (SELECT 1 FROM doc d WHERE d.file_id = f.id AND d.kind IN ('ricevute', 'notifiche', 'dovuti'))
    AND NOT EXISTS (SELECT 1 FROM doc d JOIN newer n ON n.doc_id = d.id WHERE d.file_id = f.id))
ORDER BY f.sha256

-- name: EraseRecord
INSERT INTO erasure (at, before, receipts, notices, debts, rejects, files, by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)

-- name: EraseFile
INSERT INTO removed_file (sha256, erasure_id, reason) VALUES (?, ?, ?)

-- name: Erasures
SELECT id, at, before, receipts, notices, debts, rejects, files, by FROM erasure ORDER BY id

-- name: LastRunID
SELECT coalesce(max(id), 0) FROM run

-- name: EraseTexts
SELECT payer_code, payer_name, remittance FROM receipt_detail WHERE id IN
    (SELECT detail_id FROM receipt WHERE paid_on < ?1 UNION ALL SELECT detail_id FROM receipt_past WHERE paid_on < ?1)
UNION SELECT payer_code, payer_name, remittance FROM notice_detail WHERE id IN
    (SELECT detail_id FROM notice WHERE paid_on < ?1 UNION ALL SELECT detail_id FROM notice_past WHERE paid_on < ?1)
UNION SELECT value, '', '' FROM reject WHERE value <> '' AND file_id IN (SELECT id FROM file WHERE seen_at < ?1)
