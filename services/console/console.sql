-- name: active_agent
SELECT true FROM agents WHERE ref = $1 AND active

-- name: case_to_export
SELECT case_id, number FROM cases WHERE number = $1 OR case_id = $2

-- name: refs_of_agents
SELECT agent_id, ref FROM agents WHERE agent_id = ANY($1::uuid[])

-- name: count_raws
SELECT count(*) FROM raws
WHERE ($1::text IS NULL OR channel = $1) AND ($2::text IS NULL OR account = $2)
  AND ($3::timestamptz IS NULL OR received_at >= $3) AND state = ANY($4::text[])

-- name: last_raw
SELECT coalesce(max(seq), 0) FROM raws

-- name: read_raws_again
-- Only what there was when it began: what is read meanwhile was read by the same parsers.
UPDATE raws SET state = 'KEPT', reason = NULL
WHERE seq IN (
  SELECT seq FROM raws
  WHERE ($1::text IS NULL OR channel = $1) AND ($2::text IS NULL OR account = $2)
    AND ($3::timestamptz IS NULL OR received_at >= $3) AND state = ANY($4::text[]) AND seq > $5 AND seq <= $6
  ORDER BY seq LIMIT $7
)
RETURNING seq

-- name: raws_still_to_read
SELECT count(*) FROM raws WHERE seq = ANY($1::bigint[]) AND state = 'KEPT'
