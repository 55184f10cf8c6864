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
SET version = $2, assignee_id = $3,
  team_ref = coalesce($4, (SELECT team_ref FROM agents WHERE agent_id = $3), team_ref)
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
