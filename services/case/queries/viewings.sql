-- name: look_at_case
-- The case's row is held meanwhile, so that nobody begins to look at what is being resolved.
WITH looked_at AS MATERIALIZED (SELECT case_id, status FROM cases WHERE case_id = $1 FOR SHARE),
said AS (
  INSERT INTO viewings (case_id, agent_id, typing, until)
  SELECT case_id, $2, $3, $4 FROM looked_at WHERE status <> 'RESOLVED'
  ON CONFLICT (case_id, agent_id) DO UPDATE SET typing = excluded.typing, until = excluded.until
)
SELECT status FROM looked_at

-- name: writers_in_case
-- How many write an answer in a case at $3, but for the agent $2.
SELECT count(*)::int FROM viewings WHERE case_id = $1 AND agent_id <> $2 AND typing AND until > $3;

-- name: viewers_of_cases
SELECT seen.case_id, seen.agent_id
FROM unnest($1::uuid[]) AS asked (case_id)
JOIN cases AS c ON c.case_id = asked.case_id AND c.status <> 'RESOLVED'
CROSS JOIN LATERAL (
  SELECT v.case_id, v.agent_id FROM viewings AS v
  WHERE v.case_id = asked.case_id AND v.until > $2 ORDER BY v.until, v.agent_id LIMIT $3
) AS seen;
