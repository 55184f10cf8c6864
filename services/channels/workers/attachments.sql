-- name: attachments_due
SELECT attachment_id, contact_id, number, attempts FROM attachments
WHERE state = 'PENDING' AND due_at <= $1 AND attachment_id <> ALL ($2::uuid[]) ORDER BY due_at LIMIT $3

-- name: attachment_postponed
UPDATE attachments SET due_at = $2, attempts = attempts + 1 WHERE attachment_id = $1

-- name: attachment_waits
-- For something that is no fault of its own: that is no try.
UPDATE attachments SET due_at = $2 WHERE attachment_id = $1

-- name: attachment_placed
-- Before anything is put there: whoever is to delete it knows where it lies, whatever ends us in between.
UPDATE attachments SET object_id = $2 WHERE attachment_id = $1 AND state = 'PENDING' RETURNING attachment_id

-- name: attachment_of
SELECT contact_id, number, state, object_id FROM attachments WHERE attachment_id = $1

-- name: attachments_to_scan
SELECT attachment_id, contact_id, object_id, attempts FROM attachments
WHERE state = 'QUARANTINED' AND due_at <= $1 AND object_id IS NOT NULL ORDER BY due_at LIMIT $2

-- name: attachments_to_delete
-- A file that somebody took back, or in which the scanner found something. With the other files of its contact.
SELECT attachment_id, contact_id, object_id, state = 'REMOVED' AS with_key FROM attachments
WHERE state IN ('REMOVED', 'REFUSED') AND object_id IS NOT NULL LIMIT $1

-- name: attachment_deleted
UPDATE attachments SET object_id = NULL WHERE attachment_id = $1 AND object_id = $2

-- name: objects_of_contacts
SELECT attachment_id, object_id FROM attachments WHERE contact_id = ANY ($1::uuid[]) AND object_id IS NOT NULL

-- name: delete_attachments
DELETE FROM attachments WHERE contact_id = ANY ($1::uuid[])

-- name: raw_of_mail
SELECT raw_id, channel, account, dedupe_key, key_id, sealed, received_at, traceparent, state FROM raws WHERE raw_id = $1
