-- name: incidents_by_id
SELECT incident_id, version, state, title, answer, cause, brand, priority, team_ref, counted, usual, begun_at, begun_by_kind,
  begun_by_ref, occurred_at, closed_at
FROM incidents WHERE incident_id = ANY($1::uuid[]);

-- name: incidents_page
SELECT incident_id, version, state, title, answer, cause, brand, priority, team_ref, counted, usual, begun_at, begun_by_kind,
  begun_by_ref, occurred_at, closed_at
FROM incidents
WHERE ($1::text[] IS NULL OR state = ANY($1::text[]))
  AND ($2::timestamptz IS NULL OR (begun_at, incident_id) < ($2::timestamptz, $3::uuid))
ORDER BY begun_at DESC, incident_id DESC LIMIT $4;

-- name: incidents_of_cases
SELECT case_id, incident_id FROM incident_cases WHERE case_id = ANY($1::uuid[]);

-- name: counts_of_incidents
SELECT incident_id, count(*)::int AS cases FROM incident_cases WHERE incident_id = ANY($1::uuid[]) GROUP BY incident_id;

-- name: capacity
SELECT short_since, offered_load, cases, rostered_s FROM capacity WHERE id = 1;

-- name: excluded_of_customers
SELECT customer_id, agent_id FROM customer_exclusions WHERE customer_id = ANY($1::uuid[]) ORDER BY agent_id;

-- name: case_where_incident
EXISTS (SELECT FROM incident_cases AS ic WHERE ic.case_id = c.case_id AND ic.incident_id = {0}::uuid)
