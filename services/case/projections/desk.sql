-- name: insert_desk_request
INSERT INTO desk_requests (request_id, done) VALUES ($1, false) ON CONFLICT (request_id) DO NOTHING

-- name: upsert_staff
-- Somebody may hold several roles; the latest token's name is theirs, in whichever order two tokens are stored.
INSERT INTO staff AS s (ref, name, roles, named_at, named_by) VALUES ($1, $2, ARRAY[$3::text], $4, $5)
ON CONFLICT (ref) DO UPDATE
SET roles = ARRAY(SELECT DISTINCT role FROM unnest(s.roles || excluded.roles) AS role ORDER BY role),
  name = CASE WHEN (excluded.named_at, excluded.named_by) > (s.named_at, s.named_by) THEN excluded.name ELSE s.name END,
  named_at = greatest(s.named_at, excluded.named_at),
  named_by = CASE WHEN (excluded.named_at, excluded.named_by) > (s.named_at, s.named_by)
    THEN excluded.named_by ELSE s.named_by END
