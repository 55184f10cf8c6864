-- name: insert_desk_request
INSERT INTO desk_requests (request_id, done) VALUES ($1, false) ON CONFLICT (request_id) DO NOTHING

-- name: upsert_staff
-- Somebody may hold several roles; the latest token's name is theirs.
INSERT INTO staff AS s (ref, name, roles) VALUES ($1, $2, ARRAY[$3::text])
ON CONFLICT (ref) DO UPDATE
SET name = excluded.name, roles = CASE WHEN $3 = ANY (s.roles) THEN s.roles ELSE s.roles || $3::text END
