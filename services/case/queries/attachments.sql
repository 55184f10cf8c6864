-- name: attachments_by_id
SELECT attachment_id, contact_id, case_id, number, name, media_type, size_bytes, state, reason
FROM attachments WHERE attachment_id = ANY($1::uuid[]);

-- name: attachments_of_contacts
-- In the order in which they came; no more than a contact has.
SELECT attachment_id, contact_id, case_id, number, name, media_type, size_bytes, state, reason
FROM attachments WHERE contact_id = ANY($1::uuid[]) ORDER BY contact_id, number LIMIT 10000;
