-- name: insert_incident
INSERT INTO incidents (incident_id, version, state, title, answer, cause, brand, priority, team_ref, occurred_at,
  counted, usual, begun_at, begun_by_kind, begun_by_ref)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)

-- name: revise_incident
UPDATE incidents
SET version = $2, state = $3, title = $4, answer = $5, cause = $6, brand = $7, priority = $8, team_ref = $9,
  occurred_at = $10
WHERE incident_id = $1

-- name: close_incident
UPDATE incidents SET version = $2, state = 'CLOSED', closed_at = $3 WHERE incident_id = $1

-- name: link_case
INSERT INTO incident_cases (case_id, incident_id) VALUES ($1, $2)
ON CONFLICT (case_id) DO UPDATE SET incident_id = excluded.incident_id

-- name: unlink_case
DELETE FROM incident_cases WHERE case_id = $1
