-- name: facts_until
-- A stream's facts behind version $2 as they were known at position $3, in order.
SELECT e.stream_id, e.version, e.event_id, e.topic, e.clear, e.seals, e.sealed, e.meta, e.recorded_at, l.position
FROM es.events AS e JOIN es.log AS l ON (l.stream_id, l.version) = (e.stream_id, e.version)
WHERE e.stream_id = $1 AND e.version > $2 AND l.position <= $3
ORDER BY e.version LIMIT $4;

-- name: point_of_position
SELECT l.position, e.recorded_at AS at
FROM es.log AS l JOIN es.events AS e ON (e.stream_id, e.version) = (l.stream_id, l.version)
WHERE l.position = $1;

-- name: point_of_version
-- `position` is null until the sequencer has seen the fact.
SELECT l.position, e.recorded_at AS at
FROM es.events AS e LEFT JOIN es.log AS l ON (l.stream_id, l.version) = (e.stream_id, e.version)
WHERE e.stream_id = $1 AND e.version = $2;

-- name: position_at
-- The last position recorded before $1, by halving: along positions the time of recording never decreases.
WITH RECURSIVE search (low, high) AS (
  SELECT 0::bigint, coalesce(max(position), 0) FROM es.log
  UNION ALL
  SELECT CASE WHEN l.held_at < $1 THEN middle.at ELSE s.low END,
    CASE WHEN l.held_at < $1 THEN s.high ELSE middle.at - 1 END
  FROM search AS s
  CROSS JOIN LATERAL (SELECT (s.low + s.high + 1) / 2 AS at) AS middle
  JOIN es.log AS l ON l.position = middle.at
  WHERE s.low < s.high
)
SELECT low FROM search WHERE low = high;

-- name: accounts_of_owner
-- The accounts whose period covers $2, in the order in which budgets are shown.
SELECT account_id FROM budgets
WHERE owner_id = $1 AND period_start <= $2 AND period_end > $2
ORDER BY currency, period, period_start DESC;
