-- name: insert_case
INSERT INTO cases (case_id, version, number, customer_id, status, priority, channels, brand, language, opened_at,
  last_contact_at, due_at, unread)
VALUES ($1, $2, $3, $4, 'OPEN', $5, array_remove(ARRAY[$6::text], NULL), $7, $8, $9, $9, $10, false)

-- name: attach_contact_to_case
-- The first contact with words gives the case its subject, the latest its preview.
UPDATE cases
SET version = $2,
  subject = coalesce(subject, $3),
  preview = coalesce($4, preview),
  channels = CASE WHEN $5 = ANY (channels) THEN channels ELSE channels || $5::text END,
  last_contact_at = greatest(last_contact_at, $6),
  unread = unread OR $7
WHERE case_id = $1

-- name: answer_case
UPDATE cases
SET version = $2,
  channels = CASE WHEN $3 = ANY (channels) THEN channels ELSE channels || $3::text END,
  preview = coalesce($4, preview),
  last_contact_at = greatest(last_contact_at, $5),
  subject = coalesce(subject, $6),
  unread = false
WHERE case_id = $1

-- name: assign_case
-- A case that nobody can take stays with the team it had.
UPDATE cases
SET version = $2, assignee_id = $3, held_for_id = $5, held_until = $6,
  team_ref = coalesce($4, (SELECT team_ref FROM agents WHERE agent_id = $3), team_ref)
WHERE case_id = $1

-- name: speak_by_other_contacts
-- With the subject of contact $4, where $3, and the preview of $6, where $5, as an excerpt gives them.
UPDATE cases
SET version = $2,
  subject = CASE WHEN NOT $3 THEN subject ELSE (
    SELECT CASE
      WHEN length(f.flat) <= f.size THEN f.flat
      WHEN length(regexp_replace(left(f.flat, f.size - 1), ' [^ ]*$', '')) > f.size / 2
        THEN regexp_replace(left(f.flat, f.size - 1), ' [^ ]*$', '') || '…'
      ELSE left(f.flat, f.size - 1) || '…' END
    FROM timeline AS t, LATERAL (
      SELECT regexp_replace(btrim(s.said), '\s+', ' ', 'g') AS flat, s.size
      FROM (VALUES (1, t.subject, 140), (2, t.text, 80)) AS s (number, said, size)
      WHERE btrim(s.said) <> '' ORDER BY s.number LIMIT 1
    ) AS f
    WHERE t.entry_id = $4
  ) END,
  preview = CASE WHEN NOT $5 THEN preview ELSE (
    SELECT CASE
      WHEN length(f.flat) <= 140 THEN f.flat
      WHEN length(regexp_replace(left(f.flat, 139), ' [^ ]*$', '')) > 70
        THEN regexp_replace(left(f.flat, 139), ' [^ ]*$', '') || '…'
      ELSE left(f.flat, 139) || '…' END
    FROM timeline AS t, LATERAL (SELECT regexp_replace(btrim(t.text), '\s+', ' ', 'g') AS flat) AS f
    WHERE t.entry_id = $6
  ) END
WHERE case_id = $1

-- name: speak_by_new_words
UPDATE cases
SET version = $2, subject = CASE WHEN $3 THEN $4 ELSE subject END, preview = CASE WHEN $5 THEN $6 ELSE preview END
WHERE case_id = $1

-- name: detach_contact_from_case
-- Without contact $2.
UPDATE cases
SET channels = channels[1:1] || ARRAY(
    SELECT t.channel FROM timeline AS t
    WHERE t.case_id = $1 AND t.kind = 'CONTACT' AND t.entry_id <> $2 AND t.channel <> cases.channels[1]
      AND t.delivery_status NOT IN ('HELD', 'CANCELLED')
    GROUP BY t.channel ORDER BY min(t.version)
  ),
  last_contact_at = greatest(opened_at, (
    SELECT max(t.occurred_at) FROM timeline AS t
    WHERE t.case_id = $1 AND t.kind = 'CONTACT' AND t.entry_id <> $2
      AND t.delivery_status NOT IN ('HELD', 'CANCELLED')
  )),
  unread = unread AND EXISTS (
    SELECT FROM timeline AS t
    WHERE t.case_id = $1 AND t.kind = 'CONTACT' AND t.entry_id <> $2 AND t.direction = 'INBOUND'
  )
WHERE case_id = $1

-- name: set_case_priority
UPDATE cases SET version = $2, priority = $3 WHERE case_id = $1

-- name: set_case_tags
UPDATE cases SET version = $2, tags = $3 WHERE case_id = $1

-- name: read_case
UPDATE cases SET version = $2, unread = false WHERE case_id = $1

-- name: set_case_status
UPDATE cases
SET version = $2, status = $3, waiting_for = $4, waiting_until = $5,
  outcome = NULL, cause = NULL, resolved_at = NULL, resolved_by_kind = NULL, resolved_by_ref = NULL
WHERE case_id = $1

-- name: resolve_case
UPDATE cases
SET version = $2, status = 'RESOLVED', waiting_for = NULL, waiting_until = NULL,
  outcome = $3, cause = $4, resolved_at = $5, resolved_by_kind = $6, resolved_by_ref = $7, unread = false
WHERE case_id = $1

-- name: set_case_version
UPDATE cases SET version = $2 WHERE case_id = $1

-- name: name_case
UPDATE cases SET version = $2, subject = $3 WHERE case_id = $1
