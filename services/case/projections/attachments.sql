-- name: insert_attachment
INSERT INTO attachments (attachment_id, contact_id, case_id, number, name, media_type, size_bytes, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'PENDING')

-- name: change_attachment
INSERT INTO attachments AS a (attachment_id, contact_id, case_id, number, state, media_type, size_bytes, reason)
VALUES ($1, $2, $3, $4, $5, $6, coalesce($8::bigint, 0), $9)
ON CONFLICT (attachment_id) DO UPDATE
SET state = excluded.state, reason = excluded.reason,
  -- What its sender said of it is over once it was looked at.
  media_type = coalesce($7::text, CASE WHEN a.state = 'PENDING' THEN excluded.media_type ELSE a.media_type END),
  size_bytes = coalesce($8::bigint, CASE WHEN a.state = 'PENDING' THEN 0 ELSE a.size_bytes END)

-- name: delete_attachments_of_contact
DELETE FROM attachments WHERE contact_id = $1

-- name: forget_attachments_of_contact
-- Of those that nobody said anything about yet only the withheld words tell.
DELETE FROM attachments WHERE contact_id = $1 AND state = 'PENDING'

-- name: remove_attachments_of_contact
UPDATE attachments SET state = 'REMOVED', name = NULL, reason = NULL WHERE contact_id = $1

-- name: forget_attachments_of_case
DELETE FROM attachments WHERE case_id = $1 AND state = 'PENDING'

-- name: remove_attachments_of_case
UPDATE attachments SET state = 'REMOVED', name = NULL, reason = NULL WHERE case_id = $1
