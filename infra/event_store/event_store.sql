-- name: append
SELECT * FROM es.append(
  $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25
)

-- name: find_command
-- One row per command asked about, in that order.
SELECT c.request_digest, c.outcome, c.versions, p.position AS done_position
FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS u(id, name, i)
LEFT JOIN es.commands c ON c.command_id = u.id
LEFT JOIN es.checkpoints p ON p.name = u.name AND p.part = 0
ORDER BY u.i

-- name: advance_checkpoint
INSERT INTO es.checkpoints AS c (name, part, position) VALUES ($1, 0, $2)
ON CONFLICT (name, part) DO UPDATE SET position = excluded.position WHERE c.position < excluded.position
RETURNING position

-- name: stream_page
SELECT e.stream_id, e.version, e.event_id, e.topic, e.clear, e.seals, e.sealed, e.meta, e.recorded_at, e.hash
FROM es.events e WHERE e.stream_id = $1 AND e.version > $2 ORDER BY e.version LIMIT $3

-- name: hash_at
SELECT hash FROM es.events WHERE stream_id = $1 AND version = $2

-- name: stream_head
SELECT version, head_hash FROM es.streams WHERE stream_id = $1

-- name: history_page
SELECT e.stream_id, e.version, e.event_id, e.topic, e.clear, e.seals, e.sealed, e.meta, e.recorded_at, e.hash,
  l.position, l.held_at,
  (SELECT p.hash FROM es.events p WHERE p.stream_id = e.stream_id AND p.version = e.version - 1) AS previous_hash
FROM es.events e LEFT JOIN es.log l ON l.stream_id = e.stream_id AND l.version = e.version
WHERE e.stream_id = $1 AND e.version > $2 ORDER BY e.version LIMIT $3

-- name: log_page
SELECT l.position, e.stream_id, e.version, e.event_id, e.topic, e.clear, e.seals, e.sealed, e.meta, e.recorded_at
FROM es.log l JOIN es.events e ON e.stream_id = l.stream_id AND e.version = l.version
WHERE l.position > $1 ORDER BY l.position LIMIT $2

-- name: log_last_position
SELECT coalesce(max(position), 0) FROM es.log

-- name: log_position_of
SELECT position FROM es.log WHERE stream_id = $1 AND version = $2
