-- name: uploads_to_expire
SELECT attachment_id FROM attachments
WHERE expires_at <= $1 AND contact_id IS NULL AND state <> 'REMOVED' ORDER BY expires_at LIMIT $2
