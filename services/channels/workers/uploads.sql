-- name: upload_placed
-- Before anything is put there: whoever is to delete it knows where it lies, whatever ends us in between.
UPDATE uploads SET object_id = $2 WHERE attachment_id = $1 AND state = 'PENDING' RETURNING attachment_id

-- name: uploads_to_scan
SELECT attachment_id, object_id, attempts FROM uploads
WHERE state = 'QUARANTINED' AND due_at <= $1 AND object_id IS NOT NULL ORDER BY due_at LIMIT $2

-- name: upload_postponed
UPDATE uploads SET due_at = $2, attempts = attempts + 1 WHERE attachment_id = $1

-- name: uploads_to_expire
SELECT attachment_id FROM uploads
WHERE contact_id IS NULL AND state <> 'REMOVED' AND expires_at <= $1 ORDER BY expires_at LIMIT $2

-- name: uploads_of_customer
SELECT attachment_id FROM uploads WHERE customer_id = $1 AND contact_id IS NULL AND state <> 'REMOVED'

-- name: uploads_to_delete
SELECT attachment_id, customer_id, object_id FROM uploads
WHERE state IN ('REMOVED', 'REFUSED') AND object_id IS NOT NULL LIMIT $1

-- name: upload_deleted
UPDATE uploads SET object_id = NULL WHERE attachment_id = $1 AND object_id = $2

-- name: uploads_of_contacts
SELECT attachment_id, customer_id, object_id FROM uploads WHERE contact_id = ANY ($1::uuid[])

-- name: is_upload
SELECT EXISTS (SELECT FROM uploads WHERE attachment_id = $1)
