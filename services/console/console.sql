-- name: active_agent
SELECT true FROM agents WHERE ref = $1 AND active
