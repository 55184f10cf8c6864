-- name: loads_of_decision
-- One row of arrays, an element per agent: 500 rows would take longer to read than to decide upon. `versions`: of the
-- agents' rows, another one after each change.
SELECT array_agg(a.agent_id) AS ids, array_agg(a.xmin::text::bigint) AS versions,
  array_agg((coalesce(w.units, 0) + coalesce(o.units, 0))::int) AS units,
  array_agg((w.cases + o.cases + h.cases)::int) AS cases, array_agg(t.turn) AS turns,
  array_agg(extract(epoch FROM t.decided_at)::float8) AS decided
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
