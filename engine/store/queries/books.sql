-- What the books hold, for systems that keep books of their own.

-- name: PaidColumns
SELECT r.iuv, r.iur, r.idx, r.iud, r.amount, r.total, r.outcome, r.paid_on, r.debt_type, r.stamp,
    a.outcome_tag, d.receipt_id, d.received_at, d.context, k.beneficiary, a.psp, a.psp_name, d.payer_kind, d.payer_code, d.payer_name,
    d.remittance, k.collection, b.text, k.import_flow, d.import_row, k.owner_code, k.owner_name, k.owner_taxonomy, m.text
FROM receipt r CROSS JOIN receipt_detail d ON d.id = r.detail_id CROSS JOIN receipt_psp a ON a.id = r.psp_id CROSS JOIN receipt_kind k ON k.id = r.kind_id
CROSS JOIN receipt_text b ON b.id = r.bilancio_id CROSS JOIN receipt_text m ON m.id = r.metadata_id

-- name: PaidReceipts
-- include: PaidColumns
ORDER BY r.iuv, r.iur, r.idx

-- name: PaidReceipt
-- include: PaidColumns
WHERE r.iuv = ? AND r.iur = ? AND r.idx = ?

-- name: TreasuryColumns
SELECT m.id, m.year, m.number, m.account, m.cash, m.covered, m.booked_on, m.value_on, m.payer, m.remittance, m.end_to_end, m.treasurer, m.code,
    coalesce((SELECT group_concat(s.iuf, '|' ORDER BY s.iuf) FROM settlement_link k JOIN settlement s ON s.id = k.settlement_id WHERE k.movement_id = m.id),
        CASE m.given_iuf WHEN '' THEN (SELECT group_concat(c.ref, '|' ORDER BY c.ref) FROM movement_ref c WHERE c.movement_id = m.id AND c.kind = 'iuf')
            ELSE m.given_iuf END, ''),
    CASE m.given_iuv WHEN '' THEN coalesce((SELECT group_concat(c.ref, '|' ORDER BY c.ref) FROM movement_ref c
        WHERE c.movement_id = m.id AND c.kind = 'iuv' AND c.step <> 'candidate'), '') ELSE m.given_iuv END
FROM movement m

-- name: TreasuryMovements
-- include: TreasuryColumns
ORDER BY m.year, m.number, m.account

-- name: TreasuryMovement
-- include: TreasuryColumns
WHERE m.id = ?

-- The last word on each share of an accertamento, as it was delivered. Booking
-- keeps its own; this is the one statement to point at it.
-- name: AccertamentoRows
SELECT a.name, a.debt_type, s.iuv, r.iud, s.office, coalesce(max(c.office_name), ''), s.chapter, coalesce(max(c.chapter_name), ''),
    s.assessment, coalesce(max(c.assessment_name), ''), sum(s.amount), 1
FROM share s CROSS JOIN accertamento a ON a.id = s.accertamento_id
CROSS JOIN receipt r ON r.iuv = s.iuv AND r.iur = s.iur AND r.idx = s.idx
LEFT JOIN chart_entry c ON c.debt_type = a.debt_type AND c.year = s.year AND c.office = s.office AND c.chapter = s.chapter
    AND c.article = s.article AND c.assessment = s.assessment
WHERE a.state = 'closed' GROUP BY a.name, a.debt_type, a.year, s.iuv, r.iud, s.office, s.chapter, s.assessment
ORDER BY a.name, a.debt_type, a.year, s.iuv, r.iud, s.office, s.chapter, s.assessment
