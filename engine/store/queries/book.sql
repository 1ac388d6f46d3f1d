-- name: BookReceiptsAll
SELECT r.iuv, r.iur, r.idx, r.amount, r.paid_on, r.debt_type, k.collection, b.text, m.text, coalesce(d.bilancio, ''), r.doc_id,
    EXISTS (SELECT 1 FROM accertamento_part p WHERE p.iuv = r.iuv AND p.iur = r.iur AND p.idx = r.idx)
FROM receipt r CROSS JOIN receipt_kind k ON k.id = r.kind_id
CROSS JOIN receipt_text b ON b.id = r.bilancio_id CROSS JOIN receipt_text m ON m.id = r.metadata_id
LEFT JOIN debt d ON d.iud = r.iud AND r.iud <> ''
ORDER BY r.iuv, r.iur, r.idx

-- name: BookReceiptsDirty
SELECT r.iuv, r.iur, r.idx, r.amount, r.paid_on, r.debt_type, k.collection, b.text, m.text, coalesce(d.bilancio, ''), r.doc_id,
    EXISTS (SELECT 1 FROM accertamento_part p WHERE p.iuv = r.iuv AND p.iur = r.iur AND p.idx = r.idx)
FROM dirty_iuv i CROSS JOIN receipt r ON r.iuv = i.iuv CROSS JOIN receipt_kind k ON k.id = r.kind_id
CROSS JOIN receipt_text b ON b.id = r.bilancio_id CROSS JOIN receipt_text m ON m.id = r.metadata_id
LEFT JOIN debt d ON d.iud = r.iud AND r.iud <> ''
ORDER BY i.iuv, r.iur, r.idx

-- name: BookClearAll
DELETE FROM share

-- name: BookClearDirty
DELETE FROM share WHERE iuv IN (SELECT iuv FROM dirty_iuv)

-- name: BookShare
INSERT INTO share (iuv, iur, idx, seq, source, year, office, chapter, article, assessment, plan_code, amount, accertamento_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: SumShares
SELECT source, count(*), sum(amount) FROM share GROUP BY source ORDER BY source

-- name: BookUnbalancedLines
SELECT r.iuv, r.iur, r.idx, r.amount, coalesce((SELECT sum(s.amount) FROM share s WHERE s.iuv = r.iuv AND s.iur = r.iur AND s.idx = r.idx), 0) AS booked
FROM receipt r WHERE booked <> r.amount ORDER BY r.iuv, r.iur, r.idx LIMIT 20

-- name: BookShares
SELECT s.iuv, s.iur, s.idx, r.paid_on, r.debt_type, r.amount, s.seq, s.source, s.year, s.office, s.chapter, s.article, s.assessment,
    s.plan_code, s.amount, coalesce(s.accertamento_id, 0)
FROM share s CROSS JOIN receipt r ON r.iuv = s.iuv AND r.iur = s.iur AND r.idx = s.idx ORDER BY s.iuv, s.iur, s.idx, s.seq

-- name: BookUnassigned
SELECT s.iuv, s.iur, s.idx, r.debt_type, r.paid_on, s.amount,
    coalesce((SELECT min(m.booked_on) FROM payment p CROSS JOIN flow f ON f.id = p.flow_id
            CROSS JOIN settlement_link l ON l.settlement_id = f.settlement_id CROSS JOIN movement m ON m.id = l.movement_id
        WHERE p.iuv = s.iuv AND p.iur = s.iur AND p.idx = s.idx AND p.alone_iud = ''),
        (SELECT min(m.booked_on) FROM movement_ref v CROSS JOIN movement m ON m.id = v.movement_id
        WHERE v.kind = 'iuv' AND v.ref = s.iuv AND v.used = 1), '')
FROM share s CROSS JOIN receipt r ON r.iuv = s.iuv AND r.iur = s.iur AND r.idx = s.idx
WHERE s.source = 'unassigned' ORDER BY s.iuv, s.iur, s.idx
