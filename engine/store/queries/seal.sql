-- name: SealUnsealed
SELECT id FROM run WHERE seal = '' AND state <> 'running' ORDER BY id

-- name: SealRuns
SELECT id, state, seal, sealed_steps FROM run ORDER BY id

-- name: SealBefore
SELECT id, seal, sealed_steps FROM run WHERE id < ? ORDER BY id DESC LIMIT 1

-- name: SealLastStep
SELECT coalesce(max(seq), 0) FROM run_step WHERE run_id = ?

-- name: SealSteps
SELECT sealed_steps FROM run WHERE id = ?

-- name: SealSet
UPDATE run SET seal = ?, sealed_steps = ? WHERE id = ?

-- name: SealRunContent
SELECT json_array('run', id, as_of, state, ruleset, ruleset_hash, version, started_at, coalesce(ended_at, ''), changes, loaded, failure)
FROM run WHERE id = ?

-- name: SealFileContent
SELECT json_array('file', id, sha256, name, drop_name, source, size, modified, seen_at, state, coalesce(duplicate_of, 0), code, message,
    at_entry, at_line, rows_read, accepted, rejected, total)
FROM file WHERE run_id = ? ORDER BY id

-- name: SealBalanceContent
SELECT json_array('balance', seq, code, part, side, quantity, amount) FROM balance WHERE run_id = ? ORDER BY seq

-- name: SealStepContent
SELECT json_array('step', run_id, seq, step, detail, at) FROM run_step WHERE run_id = ? AND seq > ? AND seq <= ? ORDER BY seq
