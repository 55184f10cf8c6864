-- name: insert_contact_content
INSERT INTO contact_contents (entry_id, case_id, html, visible_text, url, rating, reach, fields)
VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb, $8::jsonb)

-- name: edit_contact_content
UPDATE contact_contents SET html = NULL, visible_text = NULL WHERE entry_id = $1

-- name: delete_contact_content
DELETE FROM contact_contents WHERE entry_id = $1

-- name: delete_contact_contents
DELETE FROM contact_contents WHERE case_id = $1
