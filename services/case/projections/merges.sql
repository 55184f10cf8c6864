-- name: insert_merge
INSERT INTO merges (merge_id, source_id, target_id, merged_at, merged_by_kind, merged_by_ref, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: undo_merge
UPDATE merges SET undone_at = $2 WHERE merge_id = $1

-- name: merge_customer
UPDATE customers SET version = $2, merged_into = $3, state = 'MERGED' WHERE customer_id = $1

-- name: count_merges
UPDATE customers SET version = $2, merged_count = merged_count + $3 WHERE customer_id = $1

-- name: erase_merges
UPDATE merges SET reason = NULL WHERE source_id = $1
