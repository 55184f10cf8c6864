-- name: proof_leaf
SELECT position, leaf FROM es.log WHERE stream_id = $1 AND version = $2

-- name: fact_exists
SELECT EXISTS (SELECT 1 FROM es.events WHERE stream_id = $1 AND version = $2)
