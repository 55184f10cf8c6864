-- name: check_snapshot_settings
-- Whatever the size: one pass over the facts as they lie, the log hashed beside it.
SELECT set_config('statement_timeout', '0', true), set_config('work_mem', '128MB', true),
  set_config('synchronize_seqscans', 'off', true), set_config('enable_nestloop', 'off', true),
  set_config('enable_mergejoin', 'off', true)

-- name: check_facts
-- `at`: microseconds since 2000, 8 bytes. `late_us`: by how many microseconds the position's time is later than the
-- fact's; NULL: they are the same. No order: as they lie on disk.
SELECT coalesce(e.stream_id, l.stream_id) AS stream_id, coalesce(e.version, l.version) AS version,
  e.event_id, e.topic, timestamptz_send(e.recorded_at) AS at, e.clear, e.meta, e.seals, e.sealed, e.hash,
  l.position, l.leaf,
  CASE WHEN l.held_at <> e.recorded_at
    THEN (extract(epoch FROM l.held_at - e.recorded_at) * 1000000)::bigint END AS late_us
FROM es.events e FULL JOIN es.log l ON l.stream_id = e.stream_id AND l.version = e.version

-- name: check_hashes_before
SELECT e.hash FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS u(stream_id, version, o)
LEFT JOIN es.events e ON e.stream_id = u.stream_id AND e.version = u.version ORDER BY u.o

-- name: check_tiles
-- `leaves` and `held` (microseconds since 2000, 8 bytes each) one after the other.
SELECT tile AS index, part.* FROM generate_series(0, ($1::bigint - 1) >> 8) AS tile, LATERAL (
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
SELECT (SELECT count(*) FROM es.log) AS count, (SELECT max(position) FROM es.log) AS last,
  (SELECT next_position - 1 FROM es.sequencer WHERE id = 1) AS given

-- name: check_heads
-- Streams that do not end with their head, and facts behind it or of no stream.
(SELECT s.stream_id, s.version FROM es.streams s
 LEFT JOIN es.events e ON e.stream_id = s.stream_id AND e.version = s.version
 WHERE e.hash IS DISTINCT FROM s.head_hash LIMIT 100)
UNION ALL
(SELECT e.stream_id, e.version FROM es.events e LEFT JOIN es.streams s ON s.stream_id = e.stream_id
 WHERE s.version IS NULL OR e.version > s.version OR e.version < 1 LIMIT 100)

-- name: check_streams
SELECT count(*) FROM es.streams
