-- name: append
SELECT es.append($1, $2, $3, $4)

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

-- name: log_blocks
-- The facts at the $2 positions after $1, 1,000 at most: a row for 125 of them, as block_columns says. The numbers of the
-- blocks are constants, so that the planner sees that one plan serves all pages: making it takes as long as reading one.
-- Facts lie in the order (tx, pos) as they do in the log, but for those of transactions that went on side by side: so
-- they are taken from the first one's place to the last one's, and stay in that order, which saves looking for each and
-- putting them in order. Where fewer are `found` there than the block has, log_block finds them all.
SELECT block.* FROM generate_series(0, 7) AS number,
LATERAL (
  SELECT $1::bigint + number * 125 AS start, least($1::bigint + number * 125 + 125, $1::bigint + $2::int) AS stop
) AS span,
LATERAL (
  SELECT l.position, e.tx, e.pos FROM es.log l JOIN es.events e USING (stream_id, version)
  WHERE l.position > start AND l.position <= stop ORDER BY l.position LIMIT 1
) AS a,
LATERAL (
  SELECT l.position, e.tx, e.pos FROM es.log l JOIN es.events e USING (stream_id, version)
  WHERE l.position > start AND l.position <= stop ORDER BY l.position DESC LIMIT 1
) AS b,
LATERAL (
  SELECT a.position AS first, b.position AS last, count(*) AS found,
    (SELECT count(*) FROM es.log WHERE position > start AND position <= stop) AS count, {columns}
  FROM (
    SELECT position, stream_id, version FROM es.log WHERE position > start AND position <= stop
    ORDER BY position LIMIT 125
  ) AS l JOIN (
    SELECT * FROM es.events AS e WHERE (e.tx, e.pos) >= (a.tx, a.pos) AND (e.tx, e.pos) <= (b.tx, b.pos)
    ORDER BY e.tx, e.pos LIMIT 250
  ) AS e USING (stream_id, version)
) AS block

-- name: log_block
-- The positions from $1 to $2, wherever their facts lie.
SELECT count(*) AS count, {columns}
FROM es.log JOIN es.events USING (stream_id, version) WHERE position >= $1 AND position <= $2

-- name: block_columns
-- Bytes, one fact's after the other's: 16 an id, 8 a number or a time (microseconds since 2000), and what may be longer
-- as its sizes say (4 bytes each; -1: NULL). A server makes that, and a reader takes it, at a fraction of what rows and
-- arrays cost, and makes values only of what it looks at.
string_agg(int8send(position), NULL) AS positions, string_agg(uuid_send(stream_id), NULL) AS streams,
string_agg(int8send(version), NULL) AS versions, string_agg(uuid_send(event_id), NULL) AS events,
string_agg(timestamptz_send(recorded_at), NULL) AS times,
string_agg(topic, NULL) AS topics, string_agg(int4send(char_length(topic)), NULL) AS topics_sizes,
string_agg(clear, NULL) AS clear, string_agg(int4send(length(clear)), NULL) AS clear_sizes,
string_agg(meta, NULL) AS meta, string_agg(int4send(length(meta)), NULL) AS meta_sizes,
string_agg(seals, NULL) AS seals, string_agg(int4send(length(seals)), NULL) AS seals_sizes,
string_agg(sealed, NULL) AS sealed, string_agg(int4send(coalesce(length(sealed), -1)), NULL) AS sealed_sizes

-- name: log_last_position
SELECT coalesce(max(position), 0) FROM es.log

-- name: log_position_of
SELECT position FROM es.log WHERE stream_id = $1 AND version = $2
