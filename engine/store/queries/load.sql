-- name: ReceiptDetailNext
SELECT coalesce(max(id), 0) + 1 FROM receipt_detail

-- name: ArrivalNext
SELECT coalesce(max(block), 0) + 1 FROM arrival WHERE kind = ?

-- name: ArrivalInsert
INSERT INTO arrival (kind, block, part, layout, first, rows) VALUES (?, ?, ?, ?, ?, ?)

-- name: ArrivalBlocks
SELECT block, layout FROM arrival WHERE kind = ? AND part = 0 ORDER BY block

-- name: ArrivalPart
SELECT rows FROM arrival WHERE kind = ? AND block = ? AND part = ?

-- name: ArrivalFirst
SELECT coalesce(min(first), 0) FROM arrival WHERE kind = ? AND part = 0

-- name: ArrivalDrop
DELETE FROM arrival WHERE kind = ? AND block = ?

-- name: FlowArrive
INSERT INTO flow_arrived (flow_id, file_id, also) VALUES (?, ?, ?)

-- name: ReceiptInsert
INSERT INTO receipt (iuv, iur, idx, iud, amount, total, outcome, paid_on, after_cutoff, shared, stamp, debt_type, doc_id, line, detail_id,
    psp_id, kind_id, bilancio_id, metadata_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: ReceiptDetailInsert
INSERT INTO receipt_detail (id, receipt_id, received_at, context, payer_kind, payer_code, payer_name, remittance, import_row)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: ReceiptPSPInsert
INSERT INTO receipt_psp (id, psp, psp_name, outcome_tag) VALUES (?, ?, ?, ?)

-- name: ReceiptPSPLast
SELECT id, psp, psp_name, outcome_tag FROM receipt_psp WHERE id > (SELECT max(id) FROM receipt_psp) - ? ORDER BY id

-- name: ReceiptKindInsert
INSERT INTO receipt_kind (id, beneficiary, collection, import_flow, owner_code, owner_name, owner_taxonomy) VALUES (?, ?, ?, ?, ?, ?, ?)

-- name: ReceiptKindLast
SELECT id, beneficiary, collection, import_flow, owner_code, owner_name, owner_taxonomy
FROM receipt_kind WHERE id > (SELECT max(id) FROM receipt_kind) - ? ORDER BY id

-- name: ReceiptTextInsert
INSERT INTO receipt_text (id, text) VALUES (?, ?)

-- name: ReceiptTextLast
SELECT id, text FROM receipt_text WHERE id > (SELECT max(id) FROM receipt_text) - ? ORDER BY id

-- name: ReceiptGet
SELECT r.iud, r.amount, r.total, r.outcome, r.paid_on, r.debt_type, r.doc_id, r.line,
    a.outcome_tag, d.receipt_id, d.received_at, d.context, k.beneficiary, a.psp, a.psp_name,
    d.payer_kind, d.payer_code, d.payer_name, d.remittance, k.collection, b.text, k.import_flow, d.import_row,
    k.owner_code, k.owner_name, k.owner_taxonomy, r.stamp, m.text
FROM receipt r JOIN receipt_detail d ON d.id = r.detail_id JOIN receipt_psp a ON a.id = r.psp_id JOIN receipt_kind k ON k.id = r.kind_id
JOIN receipt_text b ON b.id = r.bilancio_id JOIN receipt_text m ON m.id = r.metadata_id
WHERE r.iuv = ? AND r.iur = ? AND r.idx = ?

-- name: ReceiptKeepPast
INSERT INTO receipt_past (iuv, iur, idx, iud, amount, total, outcome, paid_on, debt_type, doc_id, line, detail_id, replaced_by,
    psp_id, kind_id, bilancio_id, metadata_id)
SELECT iuv, iur, idx, iud, amount, total, outcome, paid_on, debt_type, doc_id, line, detail_id, ?, psp_id, kind_id, bilancio_id, metadata_id
FROM receipt WHERE iuv = ? AND iur = ? AND idx = ?

-- name: ReceiptReplace
UPDATE receipt SET iud = ?, amount = ?, total = ?, outcome = ?, paid_on = ?, after_cutoff = ?, shared = ?, stamp = ?, debt_type = ?,
    doc_id = ?, line = ?, detail_id = ?, psp_id = ?, kind_id = ?, bilancio_id = ?, metadata_id = ?
WHERE iuv = ? AND iur = ? AND idx = ?

-- name: NoticeDetailNext
SELECT coalesce(max(id), 0) + 1 FROM notice_detail

-- name: NoticeInsert
INSERT INTO notice (iuv, iud, amount, paid_on, debt_type, doc_id, line, detail_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)

-- name: NoticeDetailInsert
INSERT INTO notice_detail (id, payer_kind, payer_code, payer_name, commission, channel, remittance, collection, bilancio)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: NoticeGet
SELECT n.iuv, n.amount, n.paid_on, n.debt_type, n.doc_id, n.line,
    d.payer_kind, d.payer_code, d.payer_name, d.commission, d.channel, d.remittance, d.collection, d.bilancio
FROM notice n JOIN notice_detail d ON d.id = n.detail_id WHERE n.iud = ?

-- name: NoticeKeepPast
INSERT INTO notice_past (iuv, iud, amount, paid_on, debt_type, doc_id, line, detail_id, replaced_by)
SELECT iuv, iud, amount, paid_on, debt_type, doc_id, line, detail_id, ? FROM notice WHERE iud = ?

-- name: NoticeDelete
DELETE FROM notice WHERE iud = ?

-- name: SettlementFind
SELECT id, coalesce(flow_id, 0) FROM settlement WHERE iuf_key = ? AND psp = ? AND year = ?

-- name: SettlementInsert
INSERT INTO settlement (psp, iuf, iuf_key, year) VALUES (?, ?, ?, ?)

-- name: SettlementCurrent
UPDATE settlement SET flow_id = ?, iuf = ? WHERE id = ?

-- name: FlowInsert
INSERT INTO flow (settlement_id, doc_id, line, state, iuf, revision, produced_at, regulation, regulated_on,
    psp, psp_kind, psp_name, bic, declared_count, declared_total)
VALUES (?, ?, ?, 'late', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: FlowClose
UPDATE flow SET line_count = ?, total_plain = ?, total_net = ?, digest = ? WHERE id = ?

-- name: FlowVersions
SELECT id, revision, produced_at, digest, state FROM flow WHERE settlement_id = ? AND id <> ? ORDER BY id

-- name: FlowState
UPDATE flow SET state = ? WHERE id = ?

-- name: FlowDropLines
DELETE FROM flow_line WHERE flow_id = ?

-- name: FlowDrop
DELETE FROM flow WHERE id = ?

-- name: MovementFind
SELECT id, account, amount, booked_on, value_on, payer, remittance, end_to_end, treasurer, code, given_iuf, given_iuv, doc_id, line
FROM movement WHERE year = ? AND number = ? ORDER BY account

-- name: MovementInsert
INSERT INTO movement (account, year, number, amount, booked_on, value_on, payer, remittance, end_to_end, treasurer, code, given_iuf, given_iuv, doc_id, line)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: MovementKeepPast
INSERT OR IGNORE INTO movement_past (movement_id, amount, booked_on, value_on, payer, remittance, doc_id, line, replaced_by)
SELECT id, amount, booked_on, value_on, payer, remittance, doc_id, line, ? FROM movement WHERE id = ?

-- name: MovementReplace
UPDATE movement SET account = ?, amount = ?, booked_on = ?, value_on = ?, payer = ?, remittance = ?, end_to_end = ?,
    treasurer = ?, code = ?, given_iuf = ?, given_iuv = ?, doc_id = ?, line = ?
WHERE id = ?

-- name: MovementEventInsert
INSERT OR IGNORE INTO movement_event (movement_id, document, operation, amount, booked_on, occurrence, doc_id, line)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)

-- name: MovementEventTwins
SELECT count(*) FROM movement_event
WHERE movement_id = ? AND document = ? AND operation = ? AND booked_on = ? AND amount = ? AND doc_id = ?

-- name: MovementSums
UPDATE movement SET
    reversed = coalesce((SELECT sum(amount) FROM movement_event e
        WHERE e.movement_id = movement.id AND e.document = 'SOSPESO ENTRATA' AND e.operation = 'STORNATO'
            AND e.booked_on >= movement.booked_on), 0),
    covered = coalesce((SELECT sum(CASE e.operation WHEN 'REGOLARIZZATO' THEN amount WHEN 'RIPRISTINATO' THEN -amount ELSE 0 END)
        FROM movement_event e WHERE e.movement_id = movement.id), 0)
WHERE id = ?

-- A mark keeps all its causes: the last file, and beside it what came before.

-- name: DirtyIUV
INSERT INTO dirty_iuv (iuv, file_id, also) VALUES (?, ?, ?)
ON CONFLICT (iuv) DO UPDATE SET file_id = coalesce(excluded.file_id, file_id),
    also = CASE WHEN file_id IS NULL OR file_id = excluded.file_id OR instr(also || ',', ',' || file_id || ',') > 0 THEN also ELSE also || ',' || file_id END
        || CASE WHEN instr(also, excluded.also) > 0 THEN '' ELSE excluded.also END

-- name: DirtyIUVOfReceiptsWithIUD
INSERT INTO dirty_iuv (iuv, file_id) SELECT DISTINCT iuv, ?1 FROM receipt WHERE iud = ?2 AND iud <> '' AND iuv <> ?3
ON CONFLICT (iuv) DO UPDATE SET file_id = coalesce(excluded.file_id, file_id),
    also = CASE WHEN file_id IS NULL OR file_id = excluded.file_id OR instr(also || ',', ',' || file_id || ',') > 0 THEN also ELSE also || ',' || file_id END
        || CASE WHEN instr(also, excluded.also) > 0 THEN '' ELSE excluded.also END

-- name: DirtyIUVOfNoticeWithIUD
INSERT INTO dirty_iuv (iuv, file_id) SELECT iuv, ?1 FROM notice WHERE iud = ?2 AND iuv <> ?3
ON CONFLICT (iuv) DO UPDATE SET file_id = coalesce(excluded.file_id, file_id),
    also = CASE WHEN file_id IS NULL OR file_id = excluded.file_id OR instr(also || ',', ',' || file_id || ',') > 0 THEN also ELSE also || ',' || file_id END
        || CASE WHEN instr(also, excluded.also) > 0 THEN '' ELSE excluded.also END

-- name: DirtySettlement
INSERT INTO dirty_settlement (settlement_id, file_id, also) VALUES (?, ?, ?)
ON CONFLICT (settlement_id) DO UPDATE SET file_id = coalesce(excluded.file_id, file_id),
    also = CASE WHEN file_id IS NULL OR file_id = excluded.file_id OR instr(also || ',', ',' || file_id || ',') > 0 THEN also ELSE also || ',' || file_id END
        || CASE WHEN instr(also, excluded.also) > 0 THEN '' ELSE excluded.also END

-- name: DirtyMovement
INSERT INTO dirty_movement (movement_id, file_id, also) VALUES (?, ?, ?)
ON CONFLICT (movement_id) DO UPDATE SET file_id = coalesce(excluded.file_id, file_id),
    also = CASE WHEN file_id IS NULL OR file_id = excluded.file_id OR instr(also || ',', ',' || file_id || ',') > 0 THEN also ELSE also || ',' || file_id END
        || CASE WHEN instr(also, excluded.also) > 0 THEN '' ELSE excluded.also END

-- name: CoverInsert
INSERT INTO cover (doc_id, line, seq, year, account, ordered, operation, number, amount, booked_on)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: DebtPut
INSERT INTO debt (iud, iuv, action, payer_kind, payer_code, payer_name, due_on, amount, commission, debt_type, remittance,
    collection, bilancio, shared_with, shared_name, shared_iban, shared_amount, doc_id, line)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (iud) DO UPDATE SET iuv = CASE excluded.iuv WHEN '' THEN iuv ELSE excluded.iuv END, action = excluded.action,
    payer_kind = excluded.payer_kind, payer_code = excluded.payer_code, payer_name = excluded.payer_name,
    due_on = excluded.due_on, amount = excluded.amount, commission = excluded.commission, debt_type = excluded.debt_type,
    remittance = excluded.remittance, collection = excluded.collection, bilancio = excluded.bilancio,
    shared_with = excluded.shared_with, shared_name = excluded.shared_name, shared_iban = excluded.shared_iban,
    shared_amount = excluded.shared_amount, doc_id = excluded.doc_id, line = excluded.line

-- name: ChapterRowInsert
INSERT INTO chapter_row (doc_id, line, action, debt_type, year, office, office_name, chapter, chapter_name, assessment, assessment_name, active,
    article, plan_code, siope, restricted, valid_from, valid_to)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: AssessmentRowInsert
INSERT INTO assessment_row (doc_id, line, name, debt_type, iuv, iud, office, office_name, chapter, chapter_name, code, code_name, amount, paid)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
