-- name: facts_of_topics
SELECT l.position, e.stream_id, e.version, e.topic, e.clear, e.recorded_at
FROM es.log l JOIN es.events e USING (stream_id, version)
WHERE l.position > $1 AND e.topic = ANY($2::text[]) AND e.recorded_at < $3
ORDER BY l.position LIMIT $4
