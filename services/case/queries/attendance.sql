-- name: client_is_there
INSERT INTO attended (agent_id, seen_at) VALUES ($1, $2)
ON CONFLICT (agent_id) DO UPDATE SET seen_at = greatest(attended.seen_at, excluded.seen_at)

-- name: agent_says_to_be_here
UPDATE attended SET seen_at = greatest(seen_at, $2) WHERE agent_id = $1
