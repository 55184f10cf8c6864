-- name: active_agent
SELECT true FROM agents WHERE ref = $1 AND active

-- name: case_to_export
SELECT case_id, number FROM cases WHERE number = $1 OR case_id = $2

-- name: refs_of_agents
SELECT agent_id, ref FROM agents WHERE agent_id = ANY($1::uuid[])
