-- name: mention_columns
-- The words of one that became a contact stand on the timeline.
SELECT m.mention_id, m.channel, m.account, m.occurred_at, m.noted_at, m.expires_at, m.outcome, m.reason, m.case_id,
  m.url, m.reach::text AS reach, coalesce(m.author_masked, h.masked) AS author_masked, t.customer_id,
  CASE WHEN m.case_id IS NULL THEN m.text ELSE t.text END AS text,
  CASE WHEN m.case_id IS NULL THEN m.text_state ELSE coalesce(t.text_state, 'NONE') END AS text_state
FROM mentions AS m
LEFT JOIN timeline AS t ON m.case_id IS NOT NULL AND t.entry_id = m.mention_id
LEFT JOIN handles AS h ON h.handle_id = t.handle_id

-- name: mentions_by_id
WHERE m.mention_id = ANY ($1::uuid[])

-- name: mentions_page
-- After the key ($4, $5), the latest first.
WHERE NOT m.expired
  AND ($1::text IS NULL OR m.outcome = $1::text)
  AND ($2::text IS NULL OR m.channel = $2::text)
  AND ($3::timestamptz IS NULL OR m.occurred_at >= $3::timestamptz)
  AND ($4::timestamptz IS NULL OR (m.occurred_at, m.mention_id) < ($4::timestamptz, $5::uuid))
ORDER BY m.occurred_at DESC, m.mention_id DESC LIMIT $6

-- name: mentions_count
SELECT count(*) FROM mentions AS m
WHERE NOT m.expired
  AND ($1::text IS NULL OR m.outcome = $1::text)
  AND ($2::text IS NULL OR m.channel = $2::text)
  AND ($3::timestamptz IS NULL OR m.occurred_at >= $3::timestamptz)
