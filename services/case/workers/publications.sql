-- name: publications_due
SELECT publication_id FROM publications
WHERE state = 'SCHEDULED' AND publish_at <= $1 ORDER BY publish_at LIMIT $2
