-- name: check_settings
SELECT set_config('statement_timeout', '0', true), set_config('work_mem', '128MB', true),
  set_config('synchronize_seqscans', 'off', true), set_config('enable_memoize', 'off', true)

-- name: check_export
-- For those who check a part of the log beside us: they see what we see.
SELECT pg_export_snapshot()

-- name: check_blocks
-- The positions from $1 to $2: a row for 256 of them, whose columns are arrays, or for those of one length (32 bytes a
-- hash, 8 a time, as microseconds since 2000) one after the other. What is missing is missing in the latter too.
SELECT start AS first, block.* FROM generate_series($1::bigint, $2::bigint, 256) AS start, LATERAL (
  SELECT count(*) AS count, array_agg(f.stream_id::text) AS streams, array_agg(f.version) AS versions,
    array_agg(f.event_id::text) AS events, array_agg(f.topic) AS topics, array_agg(f.clear) AS clear,
    array_agg(f.meta) AS meta, array_agg(f.seals) AS seals, array_agg(f.sealed) AS sealed,
    string_agg(timestamptz_send(f.recorded_at), NULL) AS times, string_agg(timestamptz_send(f.held_at), NULL) AS held,
    string_agg(f.hash, NULL) AS hashes, string_agg(f.leaf, NULL) AS leaves
  FROM (
    SELECT l.stream_id, l.version, l.held_at, l.leaf, e.event_id, e.topic, e.clear, e.meta, e.seals, e.sealed, e.recorded_at,
      e.hash
    FROM es.log l LEFT JOIN es.events e ON e.stream_id = l.stream_id AND e.version = l.version
    WHERE l.position >= start AND l.position <= least(start + 255, $2::bigint) ORDER BY l.position
  ) AS f
) AS block

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

-- name: check_ends
-- `versions`: as many facts as there are when every stream has all of its own, and nobody else any.
SELECT (SELECT count(*) FROM es.log) AS count, (SELECT max(position) FROM es.log) AS last,
  (SELECT next_position - 1 FROM es.sequencer WHERE id = 1) AS given, (SELECT count(*) FROM es.events) AS facts,
  (SELECT count(*) FROM es.streams) AS streams, (SELECT coalesce(sum(version), 0) FROM es.streams)::bigint AS versions

-- name: check_heads
-- Streams that do not end with their head.
SELECT s.stream_id, s.version FROM es.streams s
LEFT JOIN es.events e ON e.stream_id = s.stream_id AND e.version = s.version
WHERE e.hash IS DISTINCT FROM s.head_hash LIMIT 100

-- name: check_strays
-- Facts behind the head of their stream, or of no stream.
SELECT e.stream_id, e.version FROM es.events e LEFT JOIN es.streams s ON s.stream_id = e.stream_id
WHERE s.version IS NULL OR e.version > s.version OR e.version < 1 LIMIT 100
