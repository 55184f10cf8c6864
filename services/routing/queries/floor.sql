-- name: crew_as_it_is
-- Everybody, every case that weighs with whoever carries it, everybody's last turn, and of what moment that is: all of
-- which crew_since tells what is new.
SELECT 'as of' AS what, NULL::uuid AS subject_id, NULL::uuid AS agent_id, NULL::uuid AS second_id, NULL::uuid AS held_for,
  NULL::int AS number, NULL::timestamptz AS at, pg_current_snapshot()::text AS moment,
  concat_ws(' ', 'agents'::regclass::oid, 'assignments'::regclass::oid, 'turns'::regclass::oid) AS tables
UNION ALL
SELECT 'agent', NULL, agent_id, NULL, NULL, NULL, NULL, NULL, NULL FROM agents
UNION ALL
SELECT 'case', case_id, agent_id, offered_to, held_for, units, NULL, NULL, NULL FROM assignments
WHERE weighs AND coalesce(agent_id, offered_to, held_for) IS NOT NULL
UNION ALL
SELECT 'turn', NULL, a.agent_id, NULL, NULL, t.turn, t.decided_at, NULL, NULL FROM agents a
CROSS JOIN LATERAL (
  SELECT u.turn, u.decided_at FROM turns u WHERE u.agent_id = a.agent_id ORDER BY u.turn DESC LIMIT 1
) t

-- name: situation
-- What decisions on some cases look at. For the case at each `place` of $2, counted from 1, what known_of says of its
-- customer in $1: `subject_id` is a customer, `second_id` a partner. At place 0 what crew_since says of the moment $3:
-- `subject_id` is a case, `second_id` who is asked to take it.
SELECT asked.place, k.what, k.customer_id AS subject_id, k.agent_id, k.partner_id AS second_id, NULL::uuid AS held_for,
  NULL::int AS number, k.at, NULL::text AS moment, NULL::text AS tables
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS asked (customer_id, case_id, place),
LATERAL known_of(asked.customer_id, asked.case_id) AS k
UNION ALL
SELECT 0, c.what, c.case_id, c.agent_id, c.offered_to, c.held_for, c.number, c.at, c.moment, c.tables
FROM crew_since($3::text) AS c

-- name: agents_as_they_are
SELECT agent_id, active, presence, capacity_units, languages, skills, team_ref, present_since, roster, hands_over
FROM agents WHERE agent_id = ANY($1::uuid[])

-- name: members_of
-- A customer and all who are shown as the same one; the one as whom they are comes first.
WITH RECURSIVE up AS (
  SELECT $1::uuid AS customer_id, 0 AS steps
  UNION ALL
  SELECT j.target_id, up.steps + 1 FROM joined j JOIN up ON j.customer_id = up.customer_id
),
members AS (
  (SELECT customer_id, 0 AS depth FROM up ORDER BY steps DESC LIMIT 1)
  UNION ALL
  SELECT j.customer_id, m.depth + 1 FROM joined j JOIN members m ON j.target_id = m.customer_id
)
SELECT customer_id FROM members ORDER BY depth, customer_id

-- name: members_below
WITH RECURSIVE members AS (
  SELECT $1::uuid AS customer_id, 0 AS depth
  UNION ALL
  SELECT j.customer_id, m.depth + 1 FROM joined j JOIN members m ON j.target_id = m.customer_id
)
SELECT customer_id FROM members ORDER BY depth, customer_id

-- name: claims_of
SELECT d.customer_id, d.owner_id, d.partner_id, (
  SELECT max(h.handled_at) FROM handled h WHERE h.customer_id = ANY($1::uuid[]) AND h.agent_id = d.owner_id
) AS met_at, false AS shared
FROM duos d WHERE d.customer_id = ANY($1::uuid[])
UNION ALL
SELECT s.customer_id, s.owner_id, s.partner_id, (
  SELECT max(h.handled_at) FROM handled h WHERE h.customer_id = ANY($1::uuid[]) AND h.agent_id = s.owner_id
), true
FROM shared_duos s WHERE s.customer_id = $2 AND s.owner_id IS NOT NULL AND cardinality($1::uuid[]) > 1

-- name: cases_with
SELECT case_id FROM assignments
WHERE customer_id = ANY($1::uuid[]) AND NOT settled AND (agent_id = $2 OR offered_to = $2)
ORDER BY opened_at, case_id LIMIT 100

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

-- name: overdue_duties
SELECT ref FROM agents WHERE duty_turns_at <= $1 ORDER BY duty_turns_at, ref LIMIT $2

-- name: next_turn_of_duty
SELECT min(duty_turns_at) FROM agents WHERE duty_turns_at > $1
