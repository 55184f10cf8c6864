-- name: load_checkpoint
SELECT position FROM es.checkpoints WHERE name = $1 AND part = 0;

-- name: advance_checkpoint
-- NULL where the checkpoint was there already, or further.
INSERT INTO es.checkpoints AS c (name, part, position) VALUES ($1, 0, $2)
ON CONFLICT (name, part) DO UPDATE SET position = excluded.position WHERE c.position < excluded.position
RETURNING position;

-- name: insert_dead_letter
INSERT INTO es.dead_letters (origin, position, handler, error_class, message, at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (origin, position, handler) DO NOTHING;
