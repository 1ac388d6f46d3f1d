-- name: JudgeDirtyReviewPayments
INSERT INTO dirty_iuv (iuv, file_id, also, due) SELECT DISTINCT iuv, NULL, ',calendar', 1 FROM payment WHERE review_on IS NOT NULL AND review_on <= ?
ON CONFLICT (iuv) DO NOTHING

-- name: JudgeDirtyReviewSettlements
INSERT INTO dirty_settlement (settlement_id, file_id, also) SELECT id, NULL, ',calendar' FROM settlement WHERE review_on IS NOT NULL AND review_on <= ?
ON CONFLICT (settlement_id) DO NOTHING

-- name: JudgeDirtyReviewMovements
INSERT INTO dirty_movement (movement_id, file_id, also, due) SELECT id, NULL, ',calendar', 1 FROM movement WHERE review_on IS NOT NULL AND review_on <= ?
ON CONFLICT (movement_id) DO NOTHING

-- name: JudgeClearIUV
DELETE FROM dirty_iuv

-- name: JudgeClearSettlements
DELETE FROM dirty_settlement

-- name: JudgeClearMovements
DELETE FROM dirty_movement

-- name: GroupMarksAll
SELECT iuv, coalesce(file_id, 0), also, due = 0 FROM dirty_iuv ORDER BY iuv

-- name: GroupReceiptsAll
SELECT iuv, iur, idx, iud, amount, total, paid_on, after_cutoff, shared, stamp, debt_type, doc_id FROM receipt ORDER BY iuv, iur, idx

-- name: GroupReceiptsDirty
SELECT r.iuv, r.iur, r.idx, r.iud, r.amount, r.total, r.paid_on, r.after_cutoff, r.shared, r.stamp, r.debt_type, r.doc_id
FROM dirty_iuv d CROSS JOIN receipt r ON r.iuv = d.iuv ORDER BY d.iuv, r.iur, r.idx

-- name: GroupLinesAll
SELECT l.iuv, l.iur, l.idx, l.flow_id, l.seq, l.amount, l.outcome, l.paid_on
FROM flow_line l CROSS JOIN flow f ON f.id = l.flow_id WHERE f.state = 'current' ORDER BY l.iuv, l.iur, l.flow_id, l.seq

-- name: GroupLinesDirty
SELECT l.iuv, l.iur, l.idx, l.flow_id, l.seq, l.amount, l.outcome, l.paid_on
FROM dirty_iuv d CROSS JOIN flow_line l ON l.iuv = d.iuv CROSS JOIN flow f ON f.id = l.flow_id
WHERE f.state = 'current' ORDER BY d.iuv, l.iur, l.flow_id, l.seq

-- name: GroupNoticesAll
SELECT iuv, iud, amount, paid_on, doc_id FROM notice ORDER BY iuv, iud

-- name: GroupNoticesDirty
SELECT n.iuv, n.iud, n.amount, n.paid_on, n.doc_id FROM dirty_iuv d CROSS JOIN notice n ON n.iuv = d.iuv ORDER BY d.iuv, n.iud

-- name: GroupCashAll
SELECT r.ref, r.movement_id, m.cash, r.used FROM movement_ref r CROSS JOIN movement m ON m.id = r.movement_id
WHERE r.kind = 'iuv' AND r.barred = 0 AND m.cash > 0 AND NOT EXISTS (SELECT 1 FROM settlement_link l WHERE l.movement_id = r.movement_id)
ORDER BY r.ref, r.movement_id

-- name: GroupCashDirty
SELECT r.ref, r.movement_id, m.cash, r.used
FROM dirty_iuv d CROSS JOIN movement_ref r ON r.kind = 'iuv' AND r.ref = d.iuv CROSS JOIN movement m ON m.id = r.movement_id
WHERE r.barred = 0 AND m.cash > 0 AND NOT EXISTS (SELECT 1 FROM settlement_link l WHERE l.movement_id = r.movement_id)
ORDER BY d.iuv, r.movement_id

-- name: GroupPaymentsAll
SELECT iuv, iur, idx, alone_iud, amount, has_receipt, notice_iud, coalesce(flow_id, 0), coalesce(flow_seq, 0), difference,
    due_from, verdict_id, coalesce(review_on, ''), iud, since_run, coalesce(before, 0), coalesce(file_id, 0), also
FROM payment ORDER BY iuv, iur, idx, alone_iud

-- name: GroupPaymentsDirty
SELECT p.iuv, p.iur, p.idx, p.alone_iud, p.amount, p.has_receipt, p.notice_iud, coalesce(p.flow_id, 0), coalesce(p.flow_seq, 0),
    p.difference, p.due_from, p.verdict_id, coalesce(p.review_on, ''), p.iud, p.since_run, coalesce(p.before, 0), coalesce(p.file_id, 0), p.also
FROM dirty_iuv d CROSS JOIN payment p ON p.iuv = d.iuv ORDER BY d.iuv, p.iur, p.idx, p.alone_iud

-- name: NoticeByIUD
SELECT iuv, iud, amount, paid_on FROM notice WHERE iud = ?

-- name: ReceiptWithIUD
SELECT 1 FROM receipt WHERE iud = ? AND iud <> '' LIMIT 1

-- name: FlowFacts
SELECT f.settlement_id, s.iuf_key, f.regulated_on, f.declared_total, s.cash, s.parts
FROM flow f JOIN settlement s ON s.id = f.settlement_id WHERE f.id = ?

-- name: VerdictFind
SELECT id FROM verdict WHERE unit = ? AND ruleset_hash = ? AND facts = ?

-- The id of an anomaly is negative, for the index of the payments judged so.
-- name: VerdictInsert
INSERT INTO verdict (id, unit, ruleset_hash, status, sign, severity, labels, facts)
SELECT CASE WHEN ?4 < 0 THEN -1 ELSE 1 END * (1 + coalesce(max(abs(id)), 0)), ?1, ?2, ?3, ?4, ?5, ?6, ?7 FROM verdict

-- name: PaymentPut
INSERT INTO payment (iuv, iur, idx, alone_iud, amount, has_receipt, notice_iud, flow_id, flow_seq, difference, due_from,
    verdict_id, since_run, review_on, iud, before, file_id, also)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (iuv, iur, idx, alone_iud) DO UPDATE SET amount = excluded.amount, has_receipt = excluded.has_receipt,
    notice_iud = excluded.notice_iud, flow_id = excluded.flow_id, flow_seq = excluded.flow_seq,
    difference = excluded.difference, due_from = excluded.due_from, verdict_id = excluded.verdict_id,
    since_run = excluded.since_run, review_on = excluded.review_on, iud = excluded.iud,
    before = excluded.before, file_id = excluded.file_id, also = excluded.also

-- name: PaymentReview
UPDATE payment SET review_on = ? WHERE iuv = ? AND iur = ? AND idx = ? AND alone_iud = ?

-- name: PaymentDelete
DELETE FROM payment WHERE iuv = ? AND iur = ? AND idx = ? AND alone_iud = ?

-- name: PaymentPast
INSERT INTO payment_past (iuv, iur, idx, alone_iud, run_id, before, after, amount, file_id,
    also, iud, difference, due_from, has_receipt, has_notice, flow_id, flow_seq)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- What a run has changed has the numbers after those of the runs before it.
-- name: JudgingBegins
SELECT NOT EXISTS (SELECT 1 FROM payment), EXISTS (SELECT 1 FROM change
    WHERE seq > coalesce((SELECT seq FROM change WHERE run_id < ?1 ORDER BY seq DESC LIMIT 1), 0) AND run_id = ?1 AND gone = 1)

-- name: PaymentWent
SELECT coalesce(before, 0), coalesce(file_id, 0), also FROM payment_past WHERE iuv = ? AND iur = ? AND idx = ? AND alone_iud = ? AND run_id = ?

-- name: PaymentBack
DELETE FROM payment_past WHERE iuv = ? AND iur = ? AND idx = ? AND alone_iud = ? AND run_id = ?

-- name: UnitHistory
INSERT INTO unit_history (unit, unit_id, run_id, before, after, amount, difference, parts, flow_id, file_id, also, reasons)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET after = excluded.after, amount = excluded.amount, difference = excluded.difference,
    parts = excluded.parts, flow_id = excluded.flow_id, reasons = excluded.reasons

-- name: SettlementReasons
SELECT coalesce(group_concat(reason, '|' ORDER BY reason), '') FROM (SELECT DISTINCT reason FROM settlement_link WHERE settlement_id = ?)

-- name: MovementReasons
SELECT coalesce(group_concat(reason, '|' ORDER BY reason), '') FROM (
    SELECT reason FROM settlement_link WHERE movement_id = ?1
    UNION SELECT step FROM movement_ref WHERE movement_id = ?1 AND kind = 'iuv' AND used = 1)

-- name: UnitHistoryLast
SELECT amount, difference, parts, coalesce(flow_id, 0), reasons FROM unit_history WHERE unit = ? AND unit_id = ? ORDER BY run_id DESC LIMIT 1

-- Asked apart: a statement that reads the table it inserts into makes one of its own
-- for what it read, every time it runs.
-- name: MovementVersionStands
SELECT EXISTS (SELECT 1 FROM movement_version v CROSS JOIN movement m ON m.id = v.movement_id
    WHERE v.movement_id = ?1 AND v.run_id = (SELECT max(o.run_id) FROM movement_version o WHERE o.movement_id = ?1)
        AND (v.account, v.amount, v.reversed, v.covered, v.booked_on, v.value_on, v.payer, v.remittance)
            = (m.account, m.amount, m.reversed, m.covered, m.booked_on, m.value_on, m.payer, m.remittance)
        AND v.iufs = coalesce((SELECT group_concat(c.ref, '|' ORDER BY c.ref) FROM movement_ref c WHERE c.movement_id = m.id AND c.kind = 'iuf'), '')
        AND v.iuvs = coalesce((SELECT group_concat(c.ref, '|' ORDER BY c.ref) FROM movement_ref c WHERE c.movement_id = m.id AND c.kind = 'iuv'), ''))

-- name: MovementVersion
INSERT INTO movement_version (movement_id, run_id, account, amount, reversed, covered, booked_on, value_on, payer, remittance, iufs, iuvs)
SELECT m.id, ?2, m.account, m.amount, m.reversed, m.covered, m.booked_on, m.value_on, m.payer, m.remittance,
    coalesce((SELECT group_concat(c.ref, '|' ORDER BY c.ref) FROM movement_ref c WHERE c.movement_id = m.id AND c.kind = 'iuf'), ''),
    coalesce((SELECT group_concat(c.ref, '|' ORDER BY c.ref) FROM movement_ref c WHERE c.movement_id = m.id AND c.kind = 'iuv'), '')
FROM movement m WHERE m.id = ?1
ON CONFLICT DO NOTHING

-- name: CashUsed
UPDATE movement_ref SET used = ? WHERE kind = 'iuv' AND ref = ? AND movement_id = ?

-- name: JudgeSettlementsDirty
SELECT s.id, s.cash, s.parts, s.revised, coalesce(s.verdict_id, 0), coalesce(s.review_on, ''), coalesce(d.file_id, 0), coalesce(d.also, ''), f.id,
    f.regulated_on, f.declared_count, f.declared_total, f.line_count, f.total_plain, f.total_net
FROM dirty_settlement d CROSS JOIN settlement s ON s.id = d.settlement_id CROSS JOIN flow f ON f.id = s.flow_id ORDER BY s.id

-- name: JudgeSettlementsAll
SELECT s.id, s.cash, s.parts, s.revised, coalesce(s.verdict_id, 0), coalesce(s.review_on, ''), coalesce(d.file_id, 0), coalesce(d.also, ''), f.id,
    f.regulated_on, f.declared_count, f.declared_total, f.line_count, f.total_plain, f.total_net
FROM settlement s CROSS JOIN flow f ON f.id = s.flow_id LEFT JOIN dirty_settlement d ON d.settlement_id = s.id ORDER BY s.id

-- name: SettlementVerdict
UPDATE settlement SET verdict_id = ?, review_on = ? WHERE id = ?

-- name: JudgeMovementsDirty
SELECT m.id, m.account, m.amount, m.reversed, m.cash, m.booked_on, m.remittance, m.payer, m.ambiguous,
    coalesce(m.verdict_id, 0), coalesce(m.review_on, ''), coalesce(d.file_id, 0), coalesce(d.also, ''), d.due = 0,
    EXISTS (SELECT 1 FROM movement_ref r WHERE r.movement_id = m.id AND r.kind = 'iuf'),
    EXISTS (SELECT 1 FROM movement_ref r WHERE r.movement_id = m.id AND r.kind = 'iuv'),
    EXISTS (SELECT 1 FROM movement_ref r WHERE r.movement_id = m.id AND r.kind = 'iuv' AND r.used = 1),
    (SELECT count(*) FROM settlement_link l WHERE l.movement_id = m.id),
    coalesce((SELECT sum(l.amount) FROM settlement_link l WHERE l.movement_id = m.id), 0),
    EXISTS (SELECT 1 FROM settlement_link l JOIN settlement s ON s.id = l.settlement_id
        JOIN flow_line n ON n.flow_id = s.flow_id WHERE l.movement_id = m.id AND n.outcome <> 3)
FROM dirty_movement d CROSS JOIN movement m ON m.id = d.movement_id ORDER BY m.id

-- name: JudgeMovementsAll
SELECT m.id, m.account, m.amount, m.reversed, m.cash, m.booked_on, m.remittance, m.payer, m.ambiguous,
    coalesce(m.verdict_id, 0), coalesce(m.review_on, ''), coalesce(d.file_id, 0), coalesce(d.also, ''), coalesce(d.due = 0, 0),
    EXISTS (SELECT 1 FROM movement_ref r WHERE r.movement_id = m.id AND r.kind = 'iuf'),
    EXISTS (SELECT 1 FROM movement_ref r WHERE r.movement_id = m.id AND r.kind = 'iuv'),
    EXISTS (SELECT 1 FROM movement_ref r WHERE r.movement_id = m.id AND r.kind = 'iuv' AND r.used = 1),
    (SELECT count(*) FROM settlement_link l WHERE l.movement_id = m.id),
    coalesce((SELECT sum(l.amount) FROM settlement_link l WHERE l.movement_id = m.id), 0),
    EXISTS (SELECT 1 FROM settlement_link l JOIN settlement s ON s.id = l.settlement_id
        JOIN flow_line n ON n.flow_id = s.flow_id WHERE l.movement_id = m.id AND n.outcome <> 3)
FROM movement m LEFT JOIN dirty_movement d ON d.movement_id = m.id ORDER BY m.id

-- name: MovementVerdict
UPDATE movement SET verdict_id = ?, review_on = ? WHERE id = ?

-- name: DirtyMovementsOfSettlements
INSERT INTO dirty_movement (movement_id, file_id, also, due)
SELECT DISTINCT l.movement_id, d.file_id, d.also, 1 FROM dirty_settlement d JOIN settlement_link l ON l.settlement_id = d.settlement_id WHERE true
ON CONFLICT (movement_id) DO NOTHING
