-- name: find_content
SELECT c.key_id, c.subject_id, c.scope_id, c.wrapped, s.wrapped AS subject_wrapped, s.kek_id
FROM keys.contents c JOIN keys.subjects s USING (subject_id)
WHERE c.subject_id = $1 AND c.scope_id = $2 AND c.destroyed_at IS NULL AND s.destroyed_at IS NULL

-- name: find_contents_of_scopes
-- Here and below each key is looked for by itself (LIMIT 1 keeps it so): what the planner knows of a table that grows fast
-- is old, and it would read all of it.
SELECT c.key_id, asked.subject_id, asked.scope_id, c.wrapped, s.wrapped AS subject_wrapped, s.kek_id
FROM unnest($1::uuid[], $2::uuid[]) AS asked (subject_id, scope_id),
LATERAL (
  SELECT key_id, wrapped FROM keys.contents
  WHERE subject_id = asked.subject_id AND scope_id = asked.scope_id AND destroyed_at IS NULL LIMIT 1
) AS c,
LATERAL (
  SELECT wrapped, kek_id FROM keys.subjects WHERE subject_id = asked.subject_id AND destroyed_at IS NULL LIMIT 1
) AS s

-- name: find_contents_by_id
SELECT asked.key_id, c.subject_id, c.scope_id, c.wrapped, s.wrapped AS subject_wrapped, s.kek_id
FROM unnest($1::uuid[]) AS asked (key_id),
LATERAL (SELECT subject_id, scope_id, wrapped, destroyed_at FROM keys.contents WHERE key_id = asked.key_id LIMIT 1) AS c,
LATERAL (
  SELECT wrapped, kek_id FROM keys.subjects WHERE subject_id = c.subject_id AND destroyed_at IS NULL LIMIT 1
) AS s
WHERE c.destroyed_at IS NULL

-- name: was_ever
-- Keys that were destroyed keep their rows.
SELECT EXISTS (SELECT FROM keys.contents WHERE key_id = $1)

-- name: add_subject
INSERT INTO keys.subjects (subject_id, wrapped, kek_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING

-- name: add_subjects_and_contents
-- Gives rows only where the subject had no key: then nobody else can have made the content keys either.
WITH added AS (
  INSERT INTO keys.subjects (subject_id, wrapped, kek_id)
  SELECT subject_id, wrapped, $3 FROM unnest($1::uuid[], $2::bytea[]) AS a (subject_id, wrapped)
  ORDER BY subject_id ON CONFLICT DO NOTHING RETURNING subject_id
)
INSERT INTO keys.contents (key_id, subject_id, scope_id, wrapped)
SELECT a.key_id, a.subject_id, a.scope_id, a.wrapped
FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::bytea[]) AS a (key_id, subject_id, scope_id, wrapped)
JOIN added USING (subject_id)
RETURNING key_id

-- name: add_contents_of_known_subjects
-- Gives rows only where the subject's key is the one it was made under, and nobody else made one.
WITH held AS (
  SELECT a.* FROM keys.subjects AS s
  JOIN unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bytea[], $5::bytea[])
    AS a (key_id, subject_id, scope_id, wrapped, subject_wrapped)
    ON s.subject_id = a.subject_id AND s.wrapped = a.subject_wrapped
  ORDER BY s.subject_id FOR SHARE OF s
)
INSERT INTO keys.contents (key_id, subject_id, scope_id, wrapped)
SELECT key_id, subject_id, scope_id, wrapped FROM held ON CONFLICT DO NOTHING
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
