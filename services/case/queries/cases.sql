-- name: case_columns
c.case_id, c.version, c.number, c.customer_id, c.subject, c.preview, c.status, c.waiting_for, c.waiting_until, c.priority,
  c.channels, c.tags, c.brand, c.team_ref, c.language, c.opened_at, c.last_contact_at, c.due_at, c.assignee_id,
  c.held_for_id, c.held_until, c.unread, c.outcome,
  c.cause, c.resolved_at, c.resolved_by_kind, c.resolved_by_ref

-- name: cases_by_id
SELECT {columns} FROM cases AS c WHERE c.case_id = ANY($1::uuid[]);

-- name: case_by_number
SELECT {columns} FROM cases AS c WHERE c.number = $1;

-- name: cases_page
-- One page of a list and, where asked for, how many there are; one row at least, of nulls where the page is empty.
SELECT total.count AS total, c.*
FROM (SELECT CASE WHEN {counted} THEN (SELECT count(*)::int FROM cases AS c WHERE {where}) END AS count) AS total
LEFT JOIN LATERAL (
  SELECT {columns}, ({key})::text AS sort_key
  FROM cases AS c
  WHERE {where} AND {beyond}
  ORDER BY {key} {direction}, c.case_id {direction}
  LIMIT {limit}
) AS c ON true;

-- name: case_key_opened_at
c.opened_at

-- name: case_key_last_contact_at
c.last_contact_at

-- name: case_key_due_at
coalesce(c.due_at, 'infinity'::timestamptz)

-- name: case_key_due_at_among
-- Of a list with a filter. It says the same and has no index: the planner does not know how few match, would go along the
-- order of all cases until it has a page of them, and reads them all where there are fewer.
coalesce(c.due_at, 'infinity'::timestamptz) + interval '0'

-- name: case_key_priority
array_position(ARRAY['LOW', 'NORMAL', 'HIGH', 'URGENT'], c.priority)

-- name: case_key_priority_among
array_position(ARRAY['LOW', 'NORMAL', 'HIGH', 'URGENT'], c.priority) + 0

-- name: case_key_number
lpad(c.number, 20, '0')

-- name: case_key_number_among
lpad(c.number, 20, '0') || ''

-- name: case_where_status
c.status = ANY({0}::text[])

-- name: case_where_assignee
c.assignee_id = {0}::uuid

-- name: case_where_inbox
-- What the agent has, and what the agent is asked to take.
(c.assignee_id = {0}::uuid AND c.status <> 'RESOLVED')
OR c.case_id = ANY (ARRAY(SELECT o.case_id FROM offers AS o WHERE o.agent_id = {0}::uuid AND o.open))

-- name: case_where_assigned_yes
c.assignee_id IS NOT NULL

-- name: case_where_assigned_no
c.assignee_id IS NULL

-- name: case_where_held_for
c.held_for_id = {0}::uuid

-- name: case_where_team
c.team_ref = (SELECT t.ref FROM teams AS t WHERE t.team_id = {0}::uuid)

-- name: case_where_brand
c.brand = {0}::text

-- name: case_where_customer
c.customer_id = {0}::uuid

-- name: case_where_shown_as
-- As an array, so that it is looked up once and the index of customers serves.
c.customer_id = ANY (ARRAY(
  WITH RECURSIVE members AS (
    SELECT {0}::uuid AS customer_id
    UNION
    SELECT o.customer_id FROM customers AS o JOIN members AS m ON o.merged_into = m.customer_id
  )
  SELECT m.customer_id FROM members AS m
))

-- name: case_where_channel
c.channels @> ARRAY[{0}::text]

-- name: case_where_tag
c.tags @> ARRAY[{0}::text]

-- name: case_where_priority
c.priority = {0}::text

-- name: case_where_unread_yes
c.unread

-- name: case_where_unread_no
NOT c.unread

-- name: case_where_due_before
-- As the order by what is due has it: one index serves both.
coalesce(c.due_at, 'infinity'::timestamptz) < {0}::timestamptz

-- name: case_where_opened_after
c.opened_at > {0}::timestamptz
