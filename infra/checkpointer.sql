-- name: lock_checkpointer
-- In a statement of its own: what waited here must see, in its next statement, all that the holder before it wrote.
-- Not the number of a rebuild, which is held for as long as one takes.
SELECT pg_advisory_xact_lock(7004);

-- name: signing_key
SELECT key_id, origin, public, private, wrapped FROM es.signing_keys ORDER BY created_at, key_id LIMIT 1;

-- name: insert_signing_key
INSERT INTO es.signing_keys (key_id, origin, public, private, wrapped) VALUES ($1, $2, $3, $4, $5);

-- name: wrap_signing_key
UPDATE es.signing_keys SET private = $2, wrapped = true WHERE key_id = $1;

-- name: log_end
SELECT position, held_at FROM es.log ORDER BY position DESC LIMIT 1;

-- name: latest_checkpoint
SELECT size, root, note, at FROM es.signed_checkpoints ORDER BY size DESC LIMIT 1;

-- name: insert_checkpoint
INSERT INTO es.signed_checkpoints (size, root, note, at) VALUES ($1, $2, $3, $4);

-- name: log_leaves
SELECT leaf AS hash FROM es.log WHERE position > $1 AND position <= $2 ORDER BY position;

-- name: log_nodes
SELECT hash FROM es.log_nodes WHERE index >= $1 AND index < $2 AND level = $3 ORDER BY index;

-- name: count_log_nodes
SELECT coalesce(max(index) + 1, 0) FROM es.log_nodes WHERE level = $1;

-- name: insert_log_node
INSERT INTO es.log_nodes (level, index, hash) VALUES ($1, $2, $3);
