-- name: agents_of_decision
SELECT a.agent_id, a.active, a.presence, a.capacity_units, a.languages, a.skills, a.team_ref,
  a.present_since, a.roster, a.hands_over, (coalesce(w.units, 0) + coalesce(o.units, 0))::int AS units,
  (w.cases + o.cases + h.cases)::int AS cases, t.turn, t.decided_at
FROM agents a
LEFT JOIN LATERAL (
  SELECT sum(s.units) AS units, count(*) AS cases FROM assignments s WHERE s.agent_id = a.agent_id AND s.weighs
) w ON true
LEFT JOIN LATERAL (
  SELECT sum(s.units) AS units, count(*) AS cases FROM assignments s WHERE s.offered_to = a.agent_id AND s.weighs
) o ON true
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
  LEFT JOIN LATERAL (
    SELECT coalesce(sum(s.units), 0) AS units FROM assignments s WHERE s.offered_to = a.agent_id AND s.weighs
  ) o ON true
  WHERE a.active AND a.presence = 'ONLINE' AND w.units + o.units < a.capacity_units
)

-- name: next_end_of_offer
SELECT min(offered_until) FROM assignments WHERE weighs AND offered_to IS NOT NULL

-- name: undecided
-- What nobody has; what was offered to somebody who did not answer or went away; what somebody has who left us or
-- handed all over; what somebody has who went away before $6, unless a person gave it to them after that.
SELECT opened_at, case_id FROM (
  (SELECT opened_at, case_id FROM assignments
   WHERE weighs AND agent_id IS NULL AND offered_to IS NULL AND NOT $3 AND (opened_at, case_id) > ($1, $2) AND (
     held_for IS NULL OR held_until <= $5
     OR NOT EXISTS (
       SELECT 1 FROM agents a WHERE a.agent_id = held_for AND a.active AND NOT a.hands_over AND a.presence <> 'ONLINE'
     )
   )
   ORDER BY opened_at, case_id LIMIT $4)
  UNION ALL
  (SELECT s.opened_at, s.case_id FROM assignments s JOIN agents a ON a.agent_id = s.agent_id
   WHERE s.weighs AND (NOT a.active OR a.hands_over) AND (s.opened_at, s.case_id) > ($1, $2)
   ORDER BY s.opened_at, s.case_id LIMIT $4)
  UNION ALL
  (SELECT s.opened_at, s.case_id FROM assignments s JOIN agents a ON a.agent_id = s.offered_to
   WHERE s.weighs AND (s.offered_until <= $5 OR NOT a.active OR a.presence <> 'ONLINE')
     AND (s.opened_at, s.case_id) > ($1, $2)
   ORDER BY s.opened_at, s.case_id LIMIT $4)
  UNION ALL
  (SELECT s.opened_at, s.case_id FROM assignments s JOIN agents a ON a.agent_id = s.agent_id
   WHERE s.weighs AND NOT $3 AND a.active AND NOT a.hands_over AND a.presence <> 'ONLINE'
     AND coalesce(a.present_since, '-infinity') <= $6
     AND (s.given_at IS NULL OR a.present_since > s.given_at) AND (s.opened_at, s.case_id) > ($1, $2)
   ORDER BY s.opened_at, s.case_id LIMIT $4)
) waiting ORDER BY opened_at, case_id LIMIT $4

-- name: overdue_presences
SELECT ref FROM agents WHERE present_until <= $1 ORDER BY present_until LIMIT $2

-- name: next_end_of_presence
SELECT min(present_until) FROM agents WHERE present_until IS NOT NULL
