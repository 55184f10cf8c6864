-- name: access_lock
-- One writer at a time: entries are numbered without gaps. The lock goes with the transaction.
SELECT pg_advisory_xact_lock(71839004516);

-- name: access_head
SELECT day, number, hash FROM access.entries ORDER BY day DESC, number DESC LIMIT 1;

-- name: access_known
SELECT entry_id FROM access.entries WHERE entry_id = ANY($1::uuid[]);

-- name: access_relations
-- How near each actor ($3) stood to each case ($1), or to an open case of each customer ($2), in the order asked.
SELECT coalesce(asked.customer_id, c.customer_id) AS customer_id,
  CASE
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
  END AS relation
FROM unnest($1::uuid[], $2::uuid[], $3::text[]) WITH ORDINALITY AS asked (case_id, customer_id, ref, number)
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
ORDER BY asked.number;

-- name: access_page
SELECT e.* FROM access.entries AS e
WHERE ($1::uuid IS NULL OR e.customer_id = $1)
  AND ($2::text IS NULL OR e.actor_ref = $2)
  AND ($3::text IS NULL OR e.action = $3)
  AND ($4::text IS NULL OR e.relation = $4)
  AND ($5::timestamptz IS NULL OR e.occurred_at >= $5)
  AND ($6::timestamptz IS NULL OR e.occurred_at < $6)
  AND ($7::timestamptz IS NULL OR (e.occurred_at, e.entry_id) < ($7, $8::uuid))
ORDER BY e.occurred_at DESC, e.entry_id DESC
LIMIT $9;

-- name: access_from
SELECT e.* FROM access.entries AS e
WHERE (e.day, e.number) > ($1, $2)
ORDER BY e.day, e.number
LIMIT $3;
