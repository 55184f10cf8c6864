-- name: access_lock
-- One writer at a time: entries are numbered without gaps. The lock goes with the transaction.
SELECT pg_advisory_xact_lock(71839004516);

-- name: access_head
SELECT day, number, hash FROM access.entries ORDER BY day DESC, number DESC LIMIT 1;

-- name: access_anchor
-- The hash of the last entry that was kept long enough and is gone, by the evidence of that; what is kept follows on it.
SELECT decode(said ->> 'digest', 'hex') AS hash, (said ->> 'day')::date AS day
FROM es.events AS e CROSS JOIN LATERAL (SELECT convert_from(e.clear, 'UTF8')::jsonb) AS s (said)
WHERE e.topic = 'retention.enforced.v1' AND said ->> 'retention_class' = 'ACCESS_LOG' AND (said ->> 'expired')::int > 0
ORDER BY 2 DESC LIMIT 1;

-- name: access_known
SELECT entry_id FROM access.entries WHERE entry_id = ANY($1::uuid[]);

-- name: access_asked
SELECT digest FROM access.asked WHERE digest = ANY($1::bytea[]);

-- name: access_ask
INSERT INTO access.asked (digest, operation, fields) VALUES ($1, $2, $3);

-- name: access_relations
-- How near each who looked, or for whom it was ($2), stood to each case ($3), or to an open case of each customer ($1), by
-- entry in their order, with the customer. The cases of an entry are the text of an array: of arrays there is no array.
SELECT (array_agg(coalesce(asked.customer_id, c.customer_id) ORDER BY asked.number))[1] AS customer_id,
  array_agg(CASE
    WHEN a.agent_id IS NULL THEN 'NONE'
    WHEN c.assignee_id = a.agent_id OR open.assigned THEN 'ASSIGNEE'
    WHEN a.agent_id IN (u.owner_id, u.partner_id) THEN 'DUO'
    WHEN coalesce(c.team_ref, b.team_ref) = a.team_ref OR open.of_team THEN 'TEAM'
    WHEN EXISTS (
      SELECT FROM timeline AS t WHERE t.case_id = c.case_id AND t.kind = 'ASSIGNMENT' AND t.agent_id = a.agent_id
      UNION ALL
      SELECT FROM offers AS o WHERE o.case_id = c.case_id AND o.agent_id = a.agent_id
    ) THEN 'OFFERED'
    ELSE 'NONE'
  END ORDER BY asked.number) AS relations
FROM (
  SELECT e.entry, e.customer_id, e.ref, s.case_id, s.number
  FROM unnest($1::uuid[], $2::text[], $3::text[]) WITH ORDINALITY AS e (customer_id, ref, case_ids, entry)
  CROSS JOIN LATERAL unnest(e.case_ids::uuid[]) WITH ORDINALITY AS s (case_id, number)
) AS asked
LEFT JOIN agents AS a ON a.ref = asked.ref
LEFT JOIN cases AS c ON c.case_id = asked.case_id
LEFT JOIN agents AS b ON b.agent_id = c.assignee_id
LEFT JOIN customers AS u ON u.customer_id = coalesce(asked.customer_id, c.customer_id)
LEFT JOIN LATERAL (
  SELECT bool_or(o.assignee_id = a.agent_id) AS assigned, bool_or(coalesce(o.team_ref, h.team_ref) = a.team_ref) AS of_team
  FROM cases AS o
  LEFT JOIN agents AS h ON h.agent_id = o.assignee_id
  WHERE asked.case_id IS NULL AND o.customer_id = asked.customer_id AND o.status <> 'RESOLVED'
) AS open ON true
GROUP BY asked.entry
ORDER BY asked.entry;

-- name: access_page
SELECT e.*, q.operation, q.fields, s.case_id, s.relation, s.subject_number
FROM access.entries AS e
JOIN access.asked AS q ON q.digest = e.asked
CROSS JOIN LATERAL unnest(e.case_ids, e.relations) WITH ORDINALITY AS s (case_id, relation, subject_number)
WHERE ($1::uuid IS NULL OR e.customer_id = $1)
  AND ($2::text IS NULL OR e.actor_ref = $2 OR e.on_behalf_of_ref = $2)
  AND ($3::text IS NULL OR e.action = $3)
  AND ($4::text IS NULL OR s.relation = $4)
  AND ($5::timestamptz IS NULL OR e.occurred_at >= $5)
  AND ($6::timestamptz IS NULL OR e.occurred_at < $6)
  AND ($7::timestamptz IS NULL OR (e.occurred_at, e.entry_id) <= ($7, $8::uuid))
  AND ($7::timestamptz IS NULL OR e.entry_id <> $8 OR s.subject_number > $10::int)
ORDER BY e.occurred_at DESC, e.entry_id DESC, s.subject_number
LIMIT $9;

-- name: access_from
SELECT e.*, q.operation, q.fields
FROM access.entries AS e
LEFT JOIN access.asked AS q ON q.digest = e.asked
WHERE (e.day, e.number) > ($1, $2)
ORDER BY e.day, e.number
LIMIT $3;
