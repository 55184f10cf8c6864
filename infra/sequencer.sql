-- name: lock_sequencer
-- As es.sequence does.
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

-- name: look
-- Whether anything has no position yet, and how far the log has come, whoever numbered it. In the order of the index and,
-- by OFFSET 0, with one look into es.log for each fact: the planner does not know how few facts a snapshot leaves over, and
-- would join all of them with all of the log, four times a second.
SELECT ((
  SELECT true FROM es.events e WHERE e.tx >= (SELECT pg_snapshot_xmax(snap) FROM es.sequencer WHERE id = 1)
    AND NOT EXISTS (SELECT 1 FROM es.log l WHERE l.stream_id = e.stream_id AND l.version = e.version OFFSET 0)
  ORDER BY e.tx, e.pos LIMIT 1
) IS NOT NULL OR (
  SELECT true FROM es.events e WHERE e.tx = ANY (ARRAY(SELECT pg_snapshot_xip(snap) FROM es.sequencer WHERE id = 1))
    AND NOT EXISTS (SELECT 1 FROM es.log l WHERE l.stream_id = e.stream_id AND l.version = e.version OFFSET 0)
  ORDER BY e.tx, e.pos LIMIT 1
) IS NOT NULL) AS anything_unsequenced, (SELECT next_position - 1 FROM es.sequencer WHERE id = 1) AS last_position;

-- name: sequence
SELECT sequenced, last_position, unfinished FROM es.sequence($1);

-- name: last_position
SELECT next_position - 1 FROM es.sequencer WHERE id = 1;
