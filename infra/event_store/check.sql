-- name: check_settings
SELECT set_config('statement_timeout', '0', true), set_config('work_mem', '128MB', true),
  set_config('synchronize_seqscans', 'off', true), set_config('enable_memoize', 'off', true)

-- name: check_export
-- For those who check a part of the log beside us: they see what we see.
SELECT pg_export_snapshot()

-- name: check_blocks
-- The positions from $1 to $2: a row for 128 of them, as check_columns says. Its facts are taken from where the first of
-- them lies to where the last does, as log_blocks does it; where fewer are `found` there, check_block finds the others.
SELECT start AS first, block.* FROM generate_series($1::bigint, $2::bigint, 128) AS start
LEFT JOIN LATERAL (
  SELECT e.tx, e.pos FROM es.log l JOIN es.events e USING (stream_id, version)
  WHERE l.position >= start AND l.position <= least(start + 127, $2::bigint) ORDER BY l.position LIMIT 1
) AS a ON true
LEFT JOIN LATERAL (
  SELECT e.tx, e.pos FROM es.log l JOIN es.events e USING (stream_id, version)
  WHERE l.position >= start AND l.position <= least(start + 127, $2::bigint) ORDER BY l.position DESC LIMIT 1
) AS b ON true,
LATERAL (
  SELECT (SELECT count(*) FROM es.log WHERE position >= start AND position <= least(start + 127, $2::bigint)) AS count,
    {columns}
  FROM (
    SELECT position, stream_id, version, leaf, held_at FROM es.log
    WHERE position >= start AND position <= least(start + 127, $2::bigint) ORDER BY position LIMIT 128
  ) AS l JOIN (
    SELECT * FROM es.events AS e WHERE (e.tx, e.pos) >= (a.tx, a.pos) AND (e.tx, e.pos) <= (b.tx, b.pos)
    ORDER BY e.tx, e.pos LIMIT 256
  ) AS e USING (stream_id, version)
) AS block

-- name: check_block
-- One of them, wherever its facts lie.
SELECT $1::bigint AS first, count(*) AS count, {columns} FROM (
  SELECT * FROM es.log JOIN es.events USING (stream_id, version) WHERE position >= $1 AND position <= $2 ORDER BY position
) AS facts

-- name: check_columns
-- One fact's after the other's: what is of one length as such bytes (36 an id, as text; 32 a hash; 8 a number or a time,
-- as microseconds since 2000), and what may be longer with its sizes, 4 bytes each (-1: NULL). `rest`: what the hash is
-- computed of at last, each behind its length. What is missing is missing in all of them.
count(*) AS found, string_agg(int8send(position), NULL) AS positions, string_agg(stream_id::text, NULL) AS streams,
string_agg(int8send(version), NULL) AS versions, string_agg(event_id::text, NULL) AS events,
string_agg(topic, NULL) AS topics, string_agg(int4send(char_length(topic)), NULL) AS topics_sizes,
string_agg(timestamptz_send(recorded_at), NULL) AS times,
string_agg(timestamptz_send(held_at), NULL) AS held,
string_agg(int4send(length(clear)) || clear || int4send(length(meta)) || meta || int4send(length(seals)) || seals, NULL)
  AS rest,
string_agg(int4send(12 + length(clear) + length(meta) + length(seals)), NULL) AS rest_sizes,
string_agg(sealed, NULL) AS sealed, string_agg(int4send(coalesce(length(sealed), -1)), NULL) AS sealed_sizes,
string_agg(hash, NULL) AS hashes, string_agg(leaf, NULL) AS leaves

-- name: check_facts
-- `at`: microseconds since 2000, 8 bytes. `late_us`: by how many microseconds the position's time is later than the
-- fact's; NULL: they are the same. One of the next three says of which facts.
SELECT coalesce(e.stream_id, l.stream_id) AS stream_id, coalesce(e.version, l.version) AS version,
  e.event_id, e.topic, timestamptz_send(e.recorded_at) AS at, e.clear, e.meta, e.seals, e.sealed, e.hash,
  l.position, l.leaf,
  CASE WHEN l.held_at <> e.recorded_at
    THEN (extract(epoch FROM l.held_at - e.recorded_at) * 1000000)::bigint END AS late_us
FROM es.events e FULL JOIN es.log l ON l.stream_id = e.stream_id AND l.version = e.version

-- name: facts_between
WHERE l.position BETWEEN $1 AND $2

-- name: facts_outside
WHERE l.position < 1 OR l.position > $1

-- name: facts_waiting
WHERE l.position IS NULL

-- name: check_hashes_before
SELECT e.hash FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS u(stream_id, version, o)
LEFT JOIN es.events e ON e.stream_id = u.stream_id AND e.version = u.version ORDER BY u.o

-- name: check_accounts
-- Facts of these streams that may say that envelopes are withheld (infra/withholding tells how).
SELECT stream_id, version, clear FROM es.events
WHERE stream_id = ANY ($1::uuid[]) AND position('"withheld":'::bytea IN clear) > 0

-- name: check_tiles
-- `leaves` and `held` (microseconds since 2000, 8 bytes each) one after the other.
-- The tiles from $1 to $2.
SELECT tile AS index, part.* FROM generate_series($1::bigint, $2::bigint) AS tile, LATERAL (
  SELECT count(*) AS count, min(position) AS first, max(position) AS last,
    string_agg(leaf, NULL ORDER BY position) AS leaves,
    string_agg(timestamptz_send(held_at), NULL ORDER BY position) AS held
  FROM es.log WHERE position > tile << 8 AND position <= (tile + 1) << 8
) AS part ORDER BY tile

-- name: check_gap
-- The first position of a tile that nobody has, though there are $2 facts.
SELECT position FROM generate_series(($1::bigint << 8) + 1, least(($1::bigint + 1) << 8, $2::bigint)) AS position
WHERE NOT EXISTS (SELECT 1 FROM es.log l WHERE l.position = position.position) ORDER BY 1 LIMIT 1

-- name: check_nodes
SELECT level, index, hash FROM es.log_nodes ORDER BY level, index

-- name: check_checkpoints
SELECT size, root, note, at FROM es.signed_checkpoints ORDER BY size

-- name: check_keys
SELECT key_id, origin, public FROM es.signing_keys ORDER BY created_at, key_id

-- name: check_positions
SELECT (SELECT count(*) FROM es.log) AS count, (SELECT max(position) FROM es.log) AS last,
  (SELECT next_position - 1 FROM es.sequencer WHERE id = 1) AS given

-- name: check_counts
-- `versions`: as many facts as there are when every stream has all of its own, and nobody else any.
SELECT (SELECT count(*) FROM es.events) AS facts, count(*) AS streams, coalesce(sum(version), 0)::bigint AS versions
FROM es.streams

-- name: check_heads
-- Streams that do not end with their head.
SELECT s.stream_id, s.version FROM es.streams s
LEFT JOIN es.events e ON e.stream_id = s.stream_id AND e.version = s.version
WHERE e.hash IS DISTINCT FROM s.head_hash LIMIT 100

-- name: check_strays
-- Facts behind the head of their stream, or of no stream.
SELECT e.stream_id, e.version FROM es.events e LEFT JOIN es.streams s ON s.stream_id = e.stream_id
WHERE s.version IS NULL OR e.version > s.version OR e.version < 1 LIMIT 100
