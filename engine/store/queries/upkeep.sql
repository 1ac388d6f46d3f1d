-- name: SealedFiles
SELECT DISTINCT sha256 FROM file WHERE sha256 <> '' AND state <> 'failed' ORDER BY sha256

-- name: RemovedFiles
SELECT sha256, reason FROM removed_file ORDER BY sha256

-- name: SealHead
SELECT seal FROM run WHERE seal <> '' ORDER BY id DESC LIMIT 1
