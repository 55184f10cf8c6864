-- name: contents_by_id
SELECT entry_id, html, visible_text, url, rating::text, reach::text FROM contact_contents WHERE entry_id = ANY($1::uuid[]);
