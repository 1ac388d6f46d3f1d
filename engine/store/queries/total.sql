-- Running totals: filled from the tables once, then kept by triggers. A row that
-- counts nothing goes.

-- name: TotalsKept
SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'keeps_%'

-- name: TotalsOfPayments
SELECT verdict_id, due_from, has_receipt, alone_iud <> '', 1, amount FROM payment

-- name: TotalsRunning
SELECT verdict_id, due_from, has_receipt, alone, n, amount FROM payment_total

-- name: TotalPayment
INSERT INTO payment_total (verdict_id, due_from, has_receipt, alone, n, amount) VALUES (?, ?, ?, ?, ?, ?)

-- name: TotalKept
INSERT INTO kept_total (kind, part, n, amount) VALUES (?, ?, ?, ?)

-- name: TotalsOfLines
SELECT flow_id, outcome = 3, amount FROM flow_line

-- name: KeptPayments
SELECT verdict_id, due_from, sum(n), sum(amount) FROM payment_total GROUP BY verdict_id, due_from ORDER BY verdict_id, due_from

-- What the figures of the balance of the same names read from whole tables.

-- name: KeptReceipts
SELECT '', coalesce(sum(n), 0), coalesce(sum(amount), 0) FROM kept_total WHERE kind = 'receipt'

-- name: KeptReceiptsByStatus
SELECT v.status, sum(p.n), sum(p.amount) FROM payment_total p JOIN verdict v ON v.id = p.verdict_id
WHERE p.has_receipt = 1 GROUP BY v.status ORDER BY v.status

-- name: KeptShares
SELECT part, n, amount FROM kept_total WHERE kind = 'share' ORDER BY part

-- name: KeptFlowLines
WITH line AS (
    SELECT k.kind, f.declared_total = f.total_net AND f.total_net <> f.total_plain AS net, k.n, k.amount
    FROM kept_total k CROSS JOIN flow f ON f.id = CAST(k.part AS INTEGER) WHERE k.kind IN ('paid', 'revoked', 'taken_back') AND f.state = 'current')
SELECT 'paid', sum(n), sum(amount) FROM line WHERE kind = 'paid' HAVING count(*) > 0
UNION ALL SELECT 'revoked-plain', sum(n), sum(amount) FROM line WHERE kind = 'revoked' AND NOT net HAVING count(*) > 0
UNION ALL SELECT 'revoked-net', sum(n), -sum(amount) FROM line WHERE kind = 'taken_back' AND net HAVING count(*) > 0
ORDER BY 1

-- name: KeptNotices
SELECT '', coalesce(sum(n), 0), coalesce(sum(amount), 0) FROM kept_total WHERE kind = 'notice'

-- name: KeptNoticesAlone
SELECT '', coalesce(sum(n), 0), coalesce(sum(amount), 0) FROM payment_total WHERE alone = 1

-- name: KeptNoticesLinked
SELECT '', coalesce(sum(n), 0), coalesce(sum(amount), 0) FROM kept_total WHERE kind = 'linked'

-- name: KeepPaymentInsert
CREATE TRIGGER keeps_payment_insert AFTER INSERT ON payment BEGIN
    INSERT INTO payment_total (verdict_id, due_from, has_receipt, alone, n, amount) VALUES (new.verdict_id, CASE WHEN new.verdict_id < 0 THEN new.due_from ELSE '' END, new.has_receipt, new.alone_iud <> '', 1, new.amount)
    ON CONFLICT DO UPDATE SET n = n + 1, amount = amount + excluded.amount;
END

-- name: KeepPaymentDelete
CREATE TRIGGER keeps_payment_delete AFTER DELETE ON payment BEGIN
    UPDATE payment_total SET n = n - 1, amount = amount - old.amount WHERE verdict_id = old.verdict_id AND due_from = CASE WHEN old.verdict_id < 0 THEN old.due_from ELSE '' END
        AND has_receipt = old.has_receipt AND alone = (old.alone_iud <> '');
    DELETE FROM payment_total WHERE verdict_id = old.verdict_id AND due_from = CASE WHEN old.verdict_id < 0 THEN old.due_from ELSE '' END
        AND has_receipt = old.has_receipt AND alone = (old.alone_iud <> '') AND n = 0;
END

-- name: KeepPaymentUpdate
CREATE TRIGGER keeps_payment_update AFTER UPDATE OF verdict_id, due_from, has_receipt, alone_iud, amount ON payment BEGIN
    UPDATE payment_total SET n = n - 1, amount = amount - old.amount WHERE verdict_id = old.verdict_id AND due_from = CASE WHEN old.verdict_id < 0 THEN old.due_from ELSE '' END
        AND has_receipt = old.has_receipt AND alone = (old.alone_iud <> '');
    DELETE FROM payment_total WHERE verdict_id = old.verdict_id AND due_from = CASE WHEN old.verdict_id < 0 THEN old.due_from ELSE '' END
        AND has_receipt = old.has_receipt AND alone = (old.alone_iud <> '') AND n = 0;
    INSERT INTO payment_total (verdict_id, due_from, has_receipt, alone, n, amount) VALUES (new.verdict_id, CASE WHEN new.verdict_id < 0 THEN new.due_from ELSE '' END, new.has_receipt, new.alone_iud <> '', 1, new.amount)
    ON CONFLICT DO UPDATE SET n = n + 1, amount = amount + excluded.amount;
END

-- name: KeepReceiptInsert
CREATE TRIGGER keeps_receipt_insert AFTER INSERT ON receipt BEGIN
    INSERT INTO kept_total (kind, part, n, amount) VALUES ('receipt', '', 1, new.amount)
    ON CONFLICT DO UPDATE SET n = n + 1, amount = amount + excluded.amount;
    INSERT INTO kept_total (kind, part, n, amount)
    SELECT 'linked', '', 1, amount FROM notice WHERE iud = new.iud AND new.iud <> '' AND (SELECT count(*) FROM (SELECT 1 FROM receipt c WHERE c.iud = new.iud AND c.iud <> '' LIMIT 2)) = 1
    ON CONFLICT DO UPDATE SET n = n + 1, amount = amount + excluded.amount;
END

-- name: KeepReceiptDelete
CREATE TRIGGER keeps_receipt_delete AFTER DELETE ON receipt BEGIN
    UPDATE kept_total SET n = n - 1, amount = amount - old.amount WHERE kind = 'receipt' AND part = '';
    DELETE FROM kept_total WHERE kind = 'receipt' AND part = '' AND n = 0;
    UPDATE kept_total SET n = n - 1, amount = kept_total.amount - o.amount
    FROM (SELECT amount FROM notice WHERE iud = old.iud AND old.iud <> '' AND (SELECT count(*) FROM (SELECT 1 FROM receipt c WHERE c.iud = old.iud AND c.iud <> '' LIMIT 2)) = 0) o WHERE kind = 'linked';
    DELETE FROM kept_total WHERE kind = 'linked' AND n = 0;
END

-- name: KeepReceiptUpdate
CREATE TRIGGER keeps_receipt_update AFTER UPDATE OF iud, amount ON receipt BEGIN
    UPDATE kept_total SET n = n - 1, amount = amount - old.amount WHERE kind = 'receipt' AND part = '';
    DELETE FROM kept_total WHERE kind = 'receipt' AND part = '' AND n = 0;
    UPDATE kept_total SET n = n - 1, amount = kept_total.amount - o.amount
    FROM (SELECT amount FROM notice WHERE old.iud <> new.iud AND iud = old.iud AND old.iud <> '' AND (SELECT count(*) FROM (SELECT 1 FROM receipt c WHERE c.iud = old.iud AND c.iud <> '' LIMIT 2)) = 0) o WHERE kind = 'linked';
    DELETE FROM kept_total WHERE kind = 'linked' AND n = 0;
    INSERT INTO kept_total (kind, part, n, amount) VALUES ('receipt', '', 1, new.amount)
    ON CONFLICT DO UPDATE SET n = n + 1, amount = amount + excluded.amount;
    INSERT INTO kept_total (kind, part, n, amount)
    SELECT 'linked', '', 1, amount FROM notice WHERE old.iud <> new.iud AND iud = new.iud AND new.iud <> '' AND (SELECT count(*) FROM (SELECT 1 FROM receipt c WHERE c.iud = new.iud AND c.iud <> '' LIMIT 2)) = 1
    ON CONFLICT DO UPDATE SET n = n + 1, amount = amount + excluded.amount;
END

-- name: KeepNoticeInsert
CREATE TRIGGER keeps_notice_insert AFTER INSERT ON notice BEGIN
    INSERT INTO kept_total (kind, part, n, amount) VALUES ('notice', '', 1, new.amount)
    ON CONFLICT DO UPDATE SET n = n + 1, amount = amount + excluded.amount;
    INSERT INTO kept_total (kind, part, n, amount) SELECT 'linked', '', 1, new.amount WHERE EXISTS (SELECT 1 FROM receipt c WHERE c.iud = new.iud AND c.iud <> '')
    ON CONFLICT DO UPDATE SET n = n + 1, amount = amount + excluded.amount;
END

-- name: KeepNoticeDelete
CREATE TRIGGER keeps_notice_delete AFTER DELETE ON notice BEGIN
    UPDATE kept_total SET n = n - 1, amount = amount - old.amount WHERE kind = 'notice' AND part = '';
    DELETE FROM kept_total WHERE kind = 'notice' AND part = '' AND n = 0;
    UPDATE kept_total SET n = n - 1, amount = amount - old.amount WHERE kind = 'linked' AND EXISTS (SELECT 1 FROM receipt c WHERE c.iud = old.iud AND c.iud <> '');
    DELETE FROM kept_total WHERE kind = 'linked' AND n = 0;
END

-- name: KeepNoticeUpdate
CREATE TRIGGER keeps_notice_update AFTER UPDATE OF iud, amount ON notice BEGIN
    UPDATE kept_total SET n = n - 1, amount = amount - old.amount WHERE kind = 'notice' AND part = '';
    DELETE FROM kept_total WHERE kind = 'notice' AND part = '' AND n = 0;
    UPDATE kept_total SET n = n - 1, amount = amount - old.amount WHERE kind = 'linked' AND EXISTS (SELECT 1 FROM receipt c WHERE c.iud = old.iud AND c.iud <> '');
    DELETE FROM kept_total WHERE kind = 'linked' AND n = 0;
    INSERT INTO kept_total (kind, part, n, amount) VALUES ('notice', '', 1, new.amount)
    ON CONFLICT DO UPDATE SET n = n + 1, amount = amount + excluded.amount;
    INSERT INTO kept_total (kind, part, n, amount) SELECT 'linked', '', 1, new.amount WHERE EXISTS (SELECT 1 FROM receipt c WHERE c.iud = new.iud AND c.iud <> '')
    ON CONFLICT DO UPDATE SET n = n + 1, amount = amount + excluded.amount;
END

-- name: KeepShareInsert
CREATE TRIGGER keeps_share_insert AFTER INSERT ON share BEGIN
    INSERT INTO kept_total (kind, part, n, amount) VALUES ('share', new.source, 1, new.amount)
    ON CONFLICT DO UPDATE SET n = n + 1, amount = amount + excluded.amount;
END

-- name: KeepShareDelete
CREATE TRIGGER keeps_share_delete AFTER DELETE ON share BEGIN
    UPDATE kept_total SET n = n - 1, amount = amount - old.amount WHERE kind = 'share' AND part = old.source;
    DELETE FROM kept_total WHERE kind = 'share' AND part = old.source AND n = 0;
END

-- name: KeepShareUpdate
CREATE TRIGGER keeps_share_update AFTER UPDATE OF source, amount ON share BEGIN
    UPDATE kept_total SET n = n - 1, amount = amount - old.amount WHERE kind = 'share' AND part = old.source;
    DELETE FROM kept_total WHERE kind = 'share' AND part = old.source AND n = 0;
    INSERT INTO kept_total (kind, part, n, amount) VALUES ('share', new.source, 1, new.amount)
    ON CONFLICT DO UPDATE SET n = n + 1, amount = amount + excluded.amount;
END

-- name: KeepFlowLineInsert
CREATE TRIGGER keeps_flow_line_insert AFTER INSERT ON flow_line BEGIN
    INSERT INTO kept_total (kind, part, n, amount) VALUES (CASE new.outcome WHEN 3 THEN 'revoked' ELSE 'paid' END, CAST(new.flow_id AS TEXT), 1, new.amount)
    ON CONFLICT DO UPDATE SET n = n + 1, amount = amount + excluded.amount;
    INSERT INTO kept_total (kind, part, n, amount) SELECT 'taken_back', CAST(new.flow_id AS TEXT), 1, abs(new.amount) WHERE new.outcome = 3
    ON CONFLICT DO UPDATE SET n = n + 1, amount = amount + excluded.amount;
END

-- name: KeepFlowLineDelete
CREATE TRIGGER keeps_flow_line_delete AFTER DELETE ON flow_line BEGIN
    UPDATE kept_total SET n = n - 1, amount = amount - old.amount WHERE kind = CASE old.outcome WHEN 3 THEN 'revoked' ELSE 'paid' END AND part = CAST(old.flow_id AS TEXT);
    DELETE FROM kept_total WHERE kind = CASE old.outcome WHEN 3 THEN 'revoked' ELSE 'paid' END AND part = CAST(old.flow_id AS TEXT) AND n = 0;
    UPDATE kept_total SET n = n - 1, amount = amount - abs(old.amount) WHERE kind = 'taken_back' AND part = CAST(old.flow_id AS TEXT) AND old.outcome = 3;
    DELETE FROM kept_total WHERE kind = 'taken_back' AND part = CAST(old.flow_id AS TEXT) AND n = 0;
END

-- name: KeepFlowLineUpdate
CREATE TRIGGER keeps_flow_line_update AFTER UPDATE OF flow_id, outcome, amount ON flow_line BEGIN
    UPDATE kept_total SET n = n - 1, amount = amount - old.amount WHERE kind = CASE old.outcome WHEN 3 THEN 'revoked' ELSE 'paid' END AND part = CAST(old.flow_id AS TEXT);
    DELETE FROM kept_total WHERE kind = CASE old.outcome WHEN 3 THEN 'revoked' ELSE 'paid' END AND part = CAST(old.flow_id AS TEXT) AND n = 0;
    UPDATE kept_total SET n = n - 1, amount = amount - abs(old.amount) WHERE kind = 'taken_back' AND part = CAST(old.flow_id AS TEXT) AND old.outcome = 3;
    DELETE FROM kept_total WHERE kind = 'taken_back' AND part = CAST(old.flow_id AS TEXT) AND n = 0;
    INSERT INTO kept_total (kind, part, n, amount) VALUES (CASE new.outcome WHEN 3 THEN 'revoked' ELSE 'paid' END, CAST(new.flow_id AS TEXT), 1, new.amount)
    ON CONFLICT DO UPDATE SET n = n + 1, amount = amount + excluded.amount;
    INSERT INTO kept_total (kind, part, n, amount) SELECT 'taken_back', CAST(new.flow_id AS TEXT), 1, abs(new.amount) WHERE new.outcome = 3
    ON CONFLICT DO UPDATE SET n = n + 1, amount = amount + excluded.amount;
END
