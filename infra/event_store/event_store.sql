-- name: append
SELECT es.append($1, $2, $3, $4, $5)

-- name: append_each
SELECT * FROM es.append_each($1, $2, $3, $4)

-- name: lock_functions
-- Two processes of a service may be making the same function.
SELECT pg_advisory_xact_lock(7003)

-- name: find_command
-- One row always.
SELECT c.request_digest, c.outcome, c.versions, p.position AS done_position
FROM (VALUES ($1::uuid, $2::text)) AS u(id, name)
LEFT JOIN es.commands c ON c.command_id = u.id
LEFT JOIN es.checkpoints p ON p.name = u.name AND p.part = 0

-- name: advance_checkpoint
INSERT INTO es.checkpoints AS c (name, part, position) VALUES ($1, 0, $2)
ON CONFLICT (name, part) DO UPDATE SET position = excluded.position WHERE c.position < excluded.position
RETURNING position

-- name: stream_page
-- One row, whose columns are arrays: a reader takes them at a fraction of what rows cost.
SELECT count(*) AS count, max(e.version) AS version, (array_agg(e.hash))[count(*)] AS hash,
  array_agg(e.version) AS versions, array_agg(e.topic) AS topics, array_agg(e.clear) AS clear,
  array_agg(e.seals) AS seals, array_agg(e.sealed) AS sealed, array_agg(e.recorded_at) AS recorded_at
FROM (SELECT * FROM es.events WHERE stream_id = $1 AND version > $2 ORDER BY version LIMIT $3) AS e

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

-- name: log_blocks
-- The facts at the $2 positions after $1: a row for 250 of them, whose columns are arrays, or for ids, 16 bytes each,
-- one after the other. A reader takes that at a fraction of what rows cost, and makes values only of what it looks at.
SELECT block.* FROM generate_series($1::bigint, $1::bigint + $2::int - 1, 250) AS start, LATERAL (
  SELECT min(e.position) AS first, array_agg(e.position) AS positions, string_agg(uuid_send(e.stream_id), NULL) AS streams,
    array_agg(e.version) AS versions, string_agg(uuid_send(e.event_id), NULL) AS events, array_agg(e.topic) AS topics,
    array_agg(e.clear) AS clear, array_agg(e.seals) AS seals, array_agg(e.sealed) AS sealed, array_agg(e.meta) AS meta,
    array_agg(e.recorded_at) AS recorded_at
  FROM (
    SELECT l.position, e.* FROM es.log l JOIN es.events e ON e.stream_id = l.stream_id AND e.version = l.version
    WHERE l.position > start AND l.position <= least(start + 250, $1::bigint + $2::int) ORDER BY l.position
  ) AS e
) AS block WHERE block.first IS NOT NULL

-- name: log_last_position
SELECT coalesce(max(position), 0) FROM es.log

-- name: log_position_of
SELECT position FROM es.log WHERE stream_id = $1 AND version = $2
