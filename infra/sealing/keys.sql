-- name: find_content
SELECT c.key_id, c.subject_id, c.scope_id, c.wrapped, s.wrapped AS subject_wrapped, s.kek_id
FROM keys.contents c JOIN keys.subjects s USING (subject_id)
WHERE c.subject_id = $1 AND c.scope_id = $2 AND c.destroyed_at IS NULL AND s.destroyed_at IS NULL

-- name: find_contents_by_id
SELECT c.key_id, c.subject_id, c.scope_id, c.wrapped, s.wrapped AS subject_wrapped, s.kek_id
FROM keys.contents c JOIN keys.subjects s USING (subject_id)
WHERE c.key_id = ANY($1::uuid[]) AND c.destroyed_at IS NULL AND s.destroyed_at IS NULL

-- name: add_subject
INSERT INTO keys.subjects (subject_id, wrapped, kek_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING

-- name: add_subject_and_content
-- Gives a row only where the subject had no key: then nobody else can have made the content key either.
WITH added AS (
  INSERT INTO keys.subjects (subject_id, wrapped, kek_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING subject_id
)
INSERT INTO keys.contents (key_id, subject_id, scope_id, wrapped)
SELECT $4::uuid, subject_id, $5::uuid, $6::bytea FROM added
RETURNING key_id

-- name: add_content_of_known_subject
-- Gives a row only where the subject's key is the one it was made under, and nobody else made one.
WITH held AS (SELECT subject_id FROM keys.subjects WHERE subject_id = $2 AND wrapped = $5 FOR SHARE)
INSERT INTO keys.contents (key_id, subject_id, scope_id, wrapped)
SELECT $1::uuid, subject_id, $3::uuid, $4::bytea FROM held ON CONFLICT DO NOTHING
RETURNING key_id

-- name: hold_subject
-- Held until the content key under it is stored, so that a destruction comes before or after, never between.
SELECT wrapped, kek_id FROM keys.subjects WHERE subject_id = $1 FOR SHARE

-- name: add_content
INSERT INTO keys.contents (key_id, subject_id, scope_id, wrapped) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING

-- name: destroy_subject
UPDATE keys.subjects SET wrapped = NULL, destroyed_at = $2 WHERE subject_id = $1 AND destroyed_at IS NULL

-- name: destroy_contents_of_subject
UPDATE keys.contents SET wrapped = NULL, destroyed_at = $2
WHERE subject_id = $1 AND destroyed_at IS NULL
RETURNING key_id

-- name: destroy_content
UPDATE keys.contents SET wrapped = NULL, destroyed_at = $3
WHERE subject_id = $1 AND scope_id = $2 AND destroyed_at IS NULL
RETURNING key_id

-- name: count_all_destroyed
SELECT count(*) FROM keys.contents WHERE destroyed_at IS NOT NULL

-- name: count_destroyed
SELECT (SELECT count(*) FROM keys.subjects WHERE subject_id = ANY($1::uuid[]) AND destroyed_at IS NOT NULL)
  + (SELECT count(*) FROM keys.contents WHERE subject_id = ANY($1::uuid[]) AND destroyed_at IS NOT NULL)
