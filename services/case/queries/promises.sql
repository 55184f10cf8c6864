-- name: promises_page
-- After the key ($4, $5).
WHERE t.kind = 'COMMITMENT'
  AND ($1::uuid IS NULL OR t.agent_id = $1::uuid)
  AND ($2::text IS NULL OR t.commitment_status = $2::text)
  AND ($3::timestamptz IS NULL OR t.due_at < $3::timestamptz)
  AND ($4::timestamptz IS NULL OR (t.due_at, t.entry_id) > ($4::timestamptz, $5::uuid))
ORDER BY t.due_at, t.entry_id LIMIT $6;

-- name: promises_count
SELECT count(*) FROM timeline AS t
WHERE t.kind = 'COMMITMENT'
  AND ($1::uuid IS NULL OR t.agent_id = $1::uuid)
  AND ($2::text IS NULL OR t.commitment_status = $2::text)
  AND ($3::timestamptz IS NULL OR t.due_at < $3::timestamptz);
