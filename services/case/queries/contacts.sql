-- name: contents_by_id
SELECT entry_id, html, visible_text, url, rating::text, reach::text, coalesce(fields::text, '[]') AS fields
FROM contact_contents WHERE entry_id = ANY($1::uuid[]);

-- name: inbound_of_cases
-- The latest contact of each address by each account of ours, told apart by who read along, how sure it was, and
-- whether something public was answered in private.
SELECT * FROM (
  SELECT DISTINCT ON (t.case_id, t.channel, t.account, t.handle_id, t.visibility, t.assurance, p.entry_id IS NULL)
    t.case_id, t.entry_id, t.channel, t.contact_kind, t.visibility, t.assurance, t.occurred_at, t.recorded_at,
    t.account, t.handle_id, h.kind AS handle_kind, h.value AS handle_value, p.entry_id AS private_answer
  FROM timeline AS t JOIN handles AS h USING (handle_id)
  LEFT JOIN LATERAL (
    SELECT a.entry_id FROM timeline AS a
    WHERE a.case_id = t.case_id AND a.in_reply_to = t.entry_id AND a.kind = 'CONTACT' AND a.direction = 'OUTBOUND'
      AND a.visibility <> 'PUBLIC' AND a.delivery_status NOT IN ('HELD', 'FAILED', 'CANCELLED')
    LIMIT 1
  ) AS p ON t.visibility = 'PUBLIC'
  WHERE t.case_id = ANY($1::uuid[]) AND t.kind = 'CONTACT' AND t.direction = 'INBOUND' AND t.account IS NOT NULL
  ORDER BY t.case_id, t.channel, t.account, t.handle_id, t.visibility, t.assurance, p.entry_id IS NULL,
    t.occurred_at DESC, t.entry_id DESC
) AS latest
ORDER BY occurred_at DESC, entry_id DESC;
