-- name: lock_sequencer
-- In a statement of its own: what waited here must see, in its next statement, all that the holder before it wrote.
SELECT pg_advisory_xact_lock(7001);

-- name: forget_foreign_snapshot
-- After a dump was restored into another server, the stored snapshot may lie in this server's future, and nothing would
-- ever be new again. Then begin from before everything: the anti-join below leaves out what has its position.
UPDATE es.sequencer SET snap = '1:1:'
WHERE id = 1 AND pg_snapshot_xmax(snap) > pg_snapshot_xmax(pg_current_snapshot());

-- name: anything_unsequenced
SELECT EXISTS (
  SELECT 1 FROM es.events e, es.sequencer s
  WHERE s.id = 1
    AND (e.tx >= pg_snapshot_xmax(s.snap) OR e.tx = ANY (ARRAY(SELECT pg_snapshot_xip(s.snap))))
    AND NOT EXISTS (SELECT 1 FROM es.log l WHERE l.stream_id = e.stream_id AND l.version = e.version)
);

-- name: sequence
-- The events this snapshot sees and the last one did not, at most $1 of them, in the order (tx, pos). The anti-join
-- lets a batch be cut anywhere (the snapshot then stays as it was) and makes a stored snapshot that means nothing here
-- harmless. Nothing is written where nothing is new.
WITH s AS (
  SELECT snap, next_position FROM es.sequencer WHERE id = 1
),
fresh AS (
  SELECT e.stream_id, e.version, e.tx, e.pos FROM es.events e, s
  WHERE (e.tx >= pg_snapshot_xmax(s.snap) OR e.tx = ANY (ARRAY(SELECT pg_snapshot_xip(s.snap) FROM s)))
    AND NOT EXISTS (SELECT 1 FROM es.log l WHERE l.stream_id = e.stream_id AND l.version = e.version)
  ORDER BY e.tx, e.pos
  LIMIT $1
),
num AS (
  SELECT stream_id, version, row_number() OVER (ORDER BY tx, pos) - 1 AS rn FROM fresh
),
ins AS (
  INSERT INTO es.log (position, stream_id, version)
  SELECT s.next_position + num.rn, num.stream_id, num.version FROM num, s
  RETURNING position
),
upd AS (
  UPDATE es.sequencer
  SET snap = CASE WHEN (SELECT count(*) FROM num) < $1 THEN pg_current_snapshot() ELSE es.sequencer.snap END,
      next_position = s.next_position + (SELECT count(*) FROM num)
  FROM s
  WHERE id = 1 AND EXISTS (SELECT 1 FROM num)
)
SELECT count(*) AS sequenced, max(position) AS last_position FROM ins;

-- name: last_position
SELECT next_position - 1 FROM es.sequencer WHERE id = 1;
