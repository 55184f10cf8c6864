-- name: agents_of_decision
SELECT a.agent_id, a.active, a.presence, a.capacity_units, a.languages, a.skills, a.team_ref,
  a.present_since, a.roster, coalesce(w.units, 0)::int AS units, (w.cases + h.cases)::int AS cases, t.turn, t.decided_at
FROM agents a
LEFT JOIN LATERAL (
  SELECT sum(s.units) AS units, count(*) AS cases FROM assignments s WHERE s.agent_id = a.agent_id AND s.weighs
) w ON true
LEFT JOIN LATERAL (
  SELECT count(*) AS cases FROM assignments s WHERE s.held_for = a.agent_id AND s.weighs AND s.case_id <> $2
) h ON true
LEFT JOIN LATERAL (
  SELECT u.turn, u.decided_at FROM turns u WHERE u.agent_id = a.agent_id ORDER BY u.turn DESC LIMIT 1
) t ON true
WHERE a.active OR a.agent_id = ANY($1::uuid[])

-- name: open_case_agents
SELECT agent_id FROM assignments
WHERE customer_id = $1 AND NOT settled AND agent_id IS NOT NULL AND case_id <> $2
ORDER BY opened_at DESC, case_id LIMIT 10

-- name: owner_of_customer
SELECT owner_id, partner_id FROM duos WHERE customer_id = $1

-- name: handled_by
SELECT agent_id, handled_at FROM handled WHERE customer_id = $1 ORDER BY handled_at DESC LIMIT 100

-- name: has_room
SELECT EXISTS (
  SELECT 1 FROM agents a
  LEFT JOIN LATERAL (
    SELECT coalesce(sum(s.units), 0) AS units FROM assignments s WHERE s.agent_id = a.agent_id AND s.weighs
  ) w ON true
  WHERE a.active AND a.presence = 'ONLINE' AND w.units < a.capacity_units
)

-- name: undecided
SELECT opened_at, case_id FROM (
  (SELECT opened_at, case_id FROM assignments
   WHERE weighs AND agent_id IS NULL AND NOT $3 AND (opened_at, case_id) > ($1, $2) AND (
     held_for IS NULL OR held_until <= $5
     OR NOT EXISTS (
       SELECT 1 FROM agents a WHERE a.agent_id = held_for AND a.active AND a.presence <> 'ONLINE'
     )
   )
   ORDER BY opened_at, case_id LIMIT $4)
  UNION ALL
  (SELECT s.opened_at, s.case_id FROM assignments s JOIN agents a ON a.agent_id = s.agent_id
   WHERE s.weighs AND NOT a.active AND (s.opened_at, s.case_id) > ($1, $2)
   ORDER BY s.opened_at, s.case_id LIMIT $4)
) waiting ORDER BY opened_at, case_id LIMIT $4

-- name: overdue_presences
SELECT ref FROM agents WHERE present_until <= $1 ORDER BY present_until LIMIT $2

-- name: next_end_of_presence
SELECT min(present_until) FROM agents WHERE present_until IS NOT NULL
