-- name: contents_by_id
SELECT entry_id, html, visible_text, url, rating::text, reach::text FROM contact_contents WHERE entry_id = ANY($1::uuid[]);

-- name: inbound_of_cases
-- The latest contact of each address by each account of ours, told apart by who read along and how sure it was.
SELECT * FROM (
  SELECT DISTINCT ON (t.case_id, t.channel, t.account, t.handle_id, t.visibility, t.assurance)
    t.case_id, t.entry_id, t.channel, t.contact_kind, t.visibility, t.assurance, t.occurred_at, t.recorded_at,
    t.account, t.handle_id, h.kind AS handle_kind, h.value AS handle_value
  FROM timeline AS t JOIN handles AS h USING (handle_id)
  WHERE t.case_id = ANY($1::uuid[]) AND t.kind = 'CONTACT' AND t.direction = 'INBOUND' AND t.account IS NOT NULL
  ORDER BY t.case_id, t.channel, t.account, t.handle_id, t.visibility, t.assurance, t.occurred_at DESC, t.entry_id DESC
) AS latest
ORDER BY occurred_at DESC, entry_id DESC;
