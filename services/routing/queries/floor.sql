-- name: crew_as_it_is
-- Everybody, every case that weighs with whoever carries it, everybody's last turn; and of what moment that is.
SELECT 'as of' AS what, NULL::uuid AS case_id, NULL::uuid AS agent_id, NULL::uuid AS offered_to, NULL::uuid AS held_for,
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

-- name: crew_since
-- The same of what was committed after the moment $1. `number` of a case: null where it weighs no longer. What a restored
-- database has from beyond its own present is left out: it was there from the start.
SELECT 'as of' AS what, NULL::uuid AS case_id, NULL::uuid AS agent_id, NULL::uuid AS offered_to, NULL::uuid AS held_for,
  NULL::int AS number, NULL::timestamptz AS at, pg_current_snapshot()::text AS moment,
  concat_ws(' ', 'agents'::regclass::oid, 'assignments'::regclass::oid, 'turns'::regclass::oid) AS tables
UNION ALL
SELECT 'agent', NULL, agent_id, NULL, NULL, NULL, NULL, NULL, NULL FROM agents
WHERE changed_tx >= pg_snapshot_xmin($1::text::pg_snapshot) AND changed_tx < pg_snapshot_xmax(pg_current_snapshot())
  AND NOT pg_visible_in_snapshot(changed_tx, $1::text::pg_snapshot)
UNION ALL
SELECT 'case', case_id, agent_id, offered_to, held_for, CASE WHEN weighs THEN units END, NULL, NULL, NULL FROM assignments
WHERE changed_tx >= pg_snapshot_xmin($1::text::pg_snapshot) AND changed_tx < pg_snapshot_xmax(pg_current_snapshot())
  AND NOT pg_visible_in_snapshot(changed_tx, $1::text::pg_snapshot)
UNION ALL
SELECT 'turn', NULL, agent_id, NULL, NULL, turn, decided_at, NULL, NULL FROM turns
WHERE changed_tx >= pg_snapshot_xmin($1::text::pg_snapshot) AND changed_tx < pg_snapshot_xmax(pg_current_snapshot())
  AND NOT pg_visible_in_snapshot(changed_tx, $1::text::pg_snapshot)

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

-- name: who_knows
-- Of a customer and all who are shown as the same one, tagged by what it is: the members, first the one as whom they are
-- shown; who owns each, and all together (`shared`); who has another open case of theirs, the latest case first; who was
-- in touch, and when last; who is not to handle them.
WITH RECURSIVE up AS (
  SELECT $1::uuid AS customer_id, 0 AS steps
  UNION ALL
  SELECT j.target_id, up.steps + 1 FROM joined j JOIN up ON j.customer_id = up.customer_id
),
members AS (
  (SELECT customer_id, 0 AS depth FROM up ORDER BY steps DESC LIMIT 1)
  UNION ALL
  SELECT j.customer_id, m.depth + 1 FROM joined j JOIN members m ON j.target_id = m.customer_id
),
met AS (
  SELECT agent_id, max(handled_at) AS at FROM handled WHERE customer_id IN (SELECT customer_id FROM members)
  GROUP BY agent_id
)
(SELECT 'member' AS what, customer_id, NULL::uuid AS agent_id, NULL::uuid AS partner_id, NULL::timestamptz AS at
 FROM members ORDER BY depth, customer_id)
UNION ALL
SELECT 'claim', d.customer_id, d.owner_id, d.partner_id, met.at
FROM duos d LEFT JOIN met ON met.agent_id = d.owner_id WHERE d.customer_id IN (SELECT customer_id FROM members)
UNION ALL
SELECT 'shared', s.customer_id, s.owner_id, s.partner_id, met.at
FROM shared_duos s LEFT JOIN met ON met.agent_id = s.owner_id
WHERE s.customer_id = (SELECT customer_id FROM members WHERE depth = 0) AND s.owner_id IS NOT NULL
  AND (SELECT count(*) FROM members) > 1
UNION ALL
(SELECT 'open', a.customer_id, a.agent_id, NULL, a.opened_at FROM assignments a
 WHERE a.customer_id IN (SELECT customer_id FROM members) AND NOT a.settled AND a.agent_id IS NOT NULL
   AND a.case_id <> $2
 ORDER BY a.opened_at DESC, a.case_id LIMIT 10)
UNION ALL
(SELECT 'met', NULL, met.agent_id, NULL, met.at FROM met ORDER BY met.at DESC LIMIT 100)
UNION ALL
SELECT 'excluded', e.customer_id, e.agent_id, NULL, NULL
FROM exclusions e WHERE e.customer_id IN (SELECT customer_id FROM members)

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
