-- name: MetaGet
SELECT value FROM meta WHERE name = ?

-- name: MetaSet
INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value

-- name: RunStart
INSERT INTO run (as_of, state, ruleset, ruleset_hash, version, started_at) VALUES (?, 'running', ?, ?, ?, ?)

-- name: RunEnd
UPDATE run SET state = ?, ended_at = ?, changes = ?, loaded = ?, failure = ? WHERE id = ?

-- name: RunAbandon
UPDATE run SET state = 'failed', failure = 'interrupted' WHERE state = 'running'

-- name: RunStep
INSERT INTO run_step (run_id, seq, step, detail, at)
SELECT ?1, coalesce(max(seq), 0) + 1, ?2, ?3, ?4 FROM run_step WHERE run_id = ?1

-- name: RunLast
SELECT id, as_of, state, ruleset, ruleset_hash, version, started_at, coalesce(ended_at, ''), changes, loaded, failure
FROM run WHERE state = 'done' ORDER BY id DESC LIMIT 1

-- name: RunLastChanging
SELECT id, as_of, state, ruleset, ruleset_hash, version, started_at, coalesce(ended_at, ''), changes, loaded, failure
FROM run WHERE state <> 'running' AND (changes > 0 OR loaded > 0) ORDER BY id DESC LIMIT 1

-- name: RunLastJudged
SELECT id, as_of, state, ruleset, ruleset_hash, version, started_at, coalesce(ended_at, ''), changes, loaded, failure
FROM run r WHERE EXISTS (SELECT 1 FROM balance b WHERE b.run_id = r.id) ORDER BY id DESC LIMIT 1

-- name: RunAsOf
SELECT id, as_of, state, ruleset, ruleset_hash, version, started_at, coalesce(ended_at, ''), changes, loaded, failure
FROM run r WHERE as_of <= ? AND EXISTS (SELECT 1 FROM balance b WHERE b.run_id = r.id) ORDER BY as_of DESC, id DESC LIMIT 1

-- name: RunAll
SELECT id, as_of, state, ruleset, ruleset_hash, version, started_at, coalesce(ended_at, ''), changes, loaded, failure
FROM run ORDER BY id

-- name: RunLastNights
SELECT id, as_of, started_at FROM run
WHERE state = 'done' AND EXISTS (SELECT 1 FROM run_step s WHERE s.run_id = run.id AND s.step = 'drops')
ORDER BY id DESC LIMIT ?

-- name: BalanceClear
DELETE FROM balance WHERE run_id = ?

-- name: BalanceAdd
INSERT INTO balance (run_id, seq, code, part, side, quantity, amount) VALUES (?, ?, ?, ?, ?, ?, ?)

-- name: BalanceLast
SELECT code, part, side, quantity, amount FROM balance WHERE run_id = (SELECT max(run_id) FROM balance WHERE run_id >= ?) ORDER BY seq

-- name: BalanceOf
SELECT code, part, side, quantity, amount FROM balance WHERE run_id = ? ORDER BY seq
