-- name: lock_sequencer
-- In a statement of its own: what waited here must see, in its next statement, all that the holder before it wrote.
SELECT pg_advisory_xact_lock(7001);

-- name: forget_foreign_snapshot
-- After a dump was restored into another server, the stored snapshot may lie in this server's future, and nothing would
-- ever be new again. Then begin from before everything: the anti-join below leaves out what has its position.
UPDATE es.sequencer SET snap = '1:1:', target = NULL, after_tx = '0', after_pos = 0
WHERE id = 1 AND pg_snapshot_xmax(coalesce(target, snap)) > pg_snapshot_xmax(pg_current_snapshot())
RETURNING id

-- name: settle_foreign_transactions
-- Once all of them have positions: events of transactions that lie in this server's future would look new for ever.
UPDATE es.events SET tx = '2' WHERE (stream_id, version) IN (
  SELECT e.stream_id, e.version FROM es.events e JOIN es.log l USING (stream_id, version)
  WHERE e.tx >= pg_snapshot_xmax(pg_current_snapshot()) LIMIT $1
);

-- name: anything_unsequenced
-- In the order of the index and, by OFFSET 0, with one look into es.log for each fact: the planner does not know how few
-- facts a snapshot leaves over, and would join all of them with all of the log, four times a second.
SELECT (
  SELECT true FROM es.events e WHERE e.tx >= (SELECT pg_snapshot_xmax(snap) FROM es.sequencer WHERE id = 1)
    AND NOT EXISTS (SELECT 1 FROM es.log l WHERE l.stream_id = e.stream_id AND l.version = e.version OFFSET 0)
  ORDER BY e.tx, e.pos LIMIT 1
) IS NOT NULL OR (
  SELECT true FROM es.events e WHERE e.tx = ANY (ARRAY(SELECT pg_snapshot_xip(snap) FROM es.sequencer WHERE id = 1))
    AND NOT EXISTS (SELECT 1 FROM es.log l WHERE l.stream_id = e.stream_id AND l.version = e.version OFFSET 0)
  ORDER BY e.tx, e.pos LIMIT 1
) IS NOT NULL;

-- name: sequence
-- The events this snapshot sees and the last one did not, at most $1 of them, in the order (tx, pos). What is left goes
-- on after the last of them; when nothing is, all that the first of these turns saw has its position, and its snapshot
-- is what the next one compares with: what was committed in between is looked at again. The anti-join leaves out what of
-- that has its position, and makes a stored snapshot that means nothing here harmless. A later turn leaves out what the
-- first one could not see: else a fact could pass an earlier one of its stream that was committed in between. Nothing is written where nothing
-- is new. `leaf` is the RFC 6962 leaf of the fact's hash; `held_at` follows the facts' own times and is held where one of
-- them steps back.
WITH s AS MATERIALIZED (
  SELECT snap, coalesce(target, pg_current_snapshot()) AS target, target IS NOT NULL AS going_on, after_tx, after_pos,
    next_position
  FROM es.sequencer WHERE id = 1
),
fresh AS MATERIALIZED (
  (SELECT e.stream_id, e.version, e.tx, e.pos, e.hash, e.recorded_at FROM es.events e
   WHERE e.tx = ANY (ARRAY(SELECT pg_snapshot_xip(s.snap) FROM s))
     AND (e.tx, e.pos) > ((SELECT after_tx FROM s), (SELECT after_pos FROM s))
     AND (NOT (SELECT going_on FROM s) OR pg_visible_in_snapshot(e.tx, (SELECT target FROM s)))
     AND NOT EXISTS (SELECT 1 FROM es.log l WHERE l.stream_id = e.stream_id AND l.version = e.version OFFSET 0)
   ORDER BY e.tx, e.pos LIMIT $1)
  UNION ALL
  (SELECT e.stream_id, e.version, e.tx, e.pos, e.hash, e.recorded_at FROM es.events e
   WHERE e.tx >= (SELECT pg_snapshot_xmax(s.snap) FROM s)
     AND (e.tx, e.pos) > ((SELECT after_tx FROM s), (SELECT after_pos FROM s))
     AND (NOT (SELECT going_on FROM s) OR pg_visible_in_snapshot(e.tx, (SELECT target FROM s)))
     AND NOT EXISTS (SELECT 1 FROM es.log l WHERE l.stream_id = e.stream_id AND l.version = e.version OFFSET 0)
   ORDER BY e.tx, e.pos LIMIT $1)
  ORDER BY tx, pos LIMIT $1
),
last AS (
  SELECT tx, pos FROM fresh ORDER BY tx, pos OFFSET $1 - 1
),
num AS (
  SELECT stream_id, version, hash, row_number() OVER turn - 1 AS rn, max(recorded_at) OVER turn AS latest
  FROM fresh WINDOW turn AS (ORDER BY tx, pos)
),
ins AS (
  INSERT INTO es.log (position, stream_id, version, leaf, held_at)
  SELECT s.next_position + num.rn, num.stream_id, num.version, sha256('\x00'::bytea || num.hash),
    greatest(num.latest, (SELECT l.held_at FROM es.log l WHERE l.position = s.next_position - 1))
  FROM num, s
  RETURNING position
),
upd AS (
  UPDATE es.sequencer
  SET snap = CASE WHEN EXISTS (SELECT 1 FROM last) THEN es.sequencer.snap ELSE s.target END,
      target = CASE WHEN EXISTS (SELECT 1 FROM last) THEN s.target END,
      after_tx = coalesce((SELECT tx FROM last), '0'),
      after_pos = coalesce((SELECT pos FROM last), 0),
      next_position = s.next_position + (SELECT count(*) FROM num)
  FROM s
  WHERE id = 1 AND (s.going_on OR EXISTS (SELECT 1 FROM num))
)
SELECT count(*) AS sequenced, max(position) AS last_position,
  (SELECT going_on FROM s) OR EXISTS (SELECT 1 FROM last) AS unfinished
FROM ins;

-- name: last_position
SELECT next_position - 1 FROM es.sequencer WHERE id = 1;
