-- name: insert_upload
INSERT INTO attachments (attachment_id, contact_id, case_id, number, name, media_type, size_bytes, state, expires_at)
VALUES ($1, NULL, $2, 0, $3, $4, $5, 'PENDING', $6)

-- name: change_upload
UPDATE attachments SET state = $2, reason = $5,
  name = CASE WHEN $2 = 'REMOVED' THEN NULL ELSE name END,
  -- What was said of it is over once it was looked at.
  media_type = coalesce($3::text, CASE WHEN state = 'PENDING' THEN $6 ELSE media_type END),
  size_bytes = coalesce($4::bigint, CASE WHEN state = 'PENDING' THEN 0 ELSE size_bytes END)
WHERE attachment_id = $1 AND state <> 'REMOVED'

-- name: take_upload
UPDATE attachments SET contact_id = $2, number = $3 WHERE attachment_id = $1

-- name: release_upload
UPDATE attachments SET contact_id = NULL, number = 0 WHERE attachment_id = $1

-- name: end_upload
-- What its agent said of it goes, so that the same stays as where its words cannot be read any more.
UPDATE attachments SET state = 'REMOVED', name = NULL, reason = NULL,
  media_type = CASE WHEN state = 'PENDING' THEN $2 ELSE media_type END,
  size_bytes = CASE WHEN state = 'PENDING' THEN 0 ELSE size_bytes END
WHERE attachment_id = $1
