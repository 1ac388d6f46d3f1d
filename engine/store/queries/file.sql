-- name: FileInsert
INSERT INTO file (run_id, sha256, name, drop_name, source, size, modified, seen_at, state)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'failed')

-- name: FileLoadedWithSHA
SELECT id FROM file WHERE sha256 = ? AND state = 'loaded' ORDER BY id LIMIT 1

-- name: FileOutcome
UPDATE file SET state = ?, duplicate_of = ?, code = ?, message = ?, at_entry = ?, at_line = ?,
    rows_read = ?, accepted = ?, rejected = ?, total = ?
WHERE id = ?

-- name: FileAnswered
UPDATE file SET answered = 1 WHERE id = ?

-- name: FileColumns
SELECT id, run_id, sha256, name, drop_name, source, size, modified, seen_at, state, coalesce(duplicate_of, 0),
    answered, code, message, at_entry, at_line, rows_read, accepted, rejected, total
FROM file WHERE id = ?

-- name: FileKnown
SELECT id FROM file
WHERE drop_name = ? AND name = ? AND size = ? AND modified = ? AND answered = 1 AND state <> 'failed' ORDER BY id DESC LIMIT 1

-- name: FileLatestArrival
SELECT coalesce(max(min(coalesce(nullif(modified, ''), seen_at), seen_at)), '') FROM file
WHERE drop_name = ? AND state <> 'failed'

-- name: FileUnfinished
SELECT id FROM file WHERE answered = 0 AND state <> 'failed' ORDER BY id

-- name: FileAll
SELECT id, run_id, sha256, name, drop_name, source, size, modified, seen_at, state, coalesce(duplicate_of, 0),
    answered, code, message, at_entry, at_line, rows_read, accepted, rejected, total
FROM file ORDER BY id

-- name: DocInsert
INSERT INTO doc (file_id, entry, kind, format, version, encoding, warnings) VALUES (?, ?, ?, ?, ?, ?, ?)

-- name: DocsOfFile
SELECT entry, kind, format, version, encoding, warnings, rows_read, accepted, rejected, total
FROM doc WHERE file_id = ? ORDER BY id

-- name: DocCounts
UPDATE doc SET warnings = ?, rows_read = ?, accepted = ?, rejected = ?, total = ? WHERE id = ?

-- name: RejectInsert
INSERT INTO reject (file_id, seq, entry, line, col, code, value, reason, part) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: RejectsOfFile
SELECT entry, line, col, code, value, reason, part FROM reject WHERE file_id = ? ORDER BY seq
