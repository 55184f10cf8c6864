-- name: put_agent
INSERT INTO agents (agent_id, ref, active, presence, present_until, capacity_units, languages, skills, team_ref,
  present_since, roster, hands_over, duty_turns_at, changed_tx)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, pg_current_xact_id())
ON CONFLICT (agent_id) DO UPDATE SET active = excluded.active, presence = excluded.presence,
  present_until = excluded.present_until, capacity_units = excluded.capacity_units, languages = excluded.languages,
  skills = excluded.skills, team_ref = excluded.team_ref, present_since = excluded.present_since,
  roster = excluded.roster, hands_over = excluded.hands_over, duty_turns_at = excluded.duty_turns_at,
  changed_tx = excluded.changed_tx

-- name: add_assignment
INSERT INTO assignments (case_id, customer_id, units, weighs, settled, opened_at) VALUES ($1, $2, $3, true, false, $4)

-- name: set_assignee
UPDATE assignments
SET agent_id = $2, held_for = $3, held_until = $4, offered_to = $5, offered_until = $6, given_at = $7,
  changed_tx = pg_current_xact_id()
WHERE case_id = $1

-- name: take_turn
INSERT INTO turns (agent_id, turn, case_id, decided_at) VALUES ($1, $2, $3, $4)

-- name: weigh_assignment
-- What somebody else is to move is offered to nobody.
UPDATE assignments
SET weighs = $2, settled = $3, offered_to = CASE WHEN $2 THEN offered_to END,
  offered_until = CASE WHEN $2 THEN offered_until END, changed_tx = pg_current_xact_id()
WHERE case_id = $1

-- name: put_owner
INSERT INTO duos (customer_id, owner_id, partner_id) VALUES ($1, $2, $3)
ON CONFLICT (customer_id) DO UPDATE SET owner_id = excluded.owner_id, partner_id = excluded.partner_id

-- name: put_handled
INSERT INTO handled (customer_id, agent_id, handled_at) VALUES ($1, $2, $3)
ON CONFLICT (customer_id, agent_id) DO UPDATE SET handled_at = excluded.handled_at

-- name: put_joined
INSERT INTO joined (customer_id, target_id) VALUES ($1, $2)

-- name: drop_joined
DELETE FROM joined WHERE customer_id = $1

-- name: put_shared
INSERT INTO shared_duos (customer_id, owner_id, partner_id) VALUES ($1, $2, $3)
ON CONFLICT (customer_id) DO UPDATE SET owner_id = excluded.owner_id, partner_id = excluded.partner_id

-- name: put_exclusion
INSERT INTO exclusions (customer_id, agent_id) VALUES ($1, $2)

-- name: drop_exclusion
DELETE FROM exclusions WHERE customer_id = $1 AND agent_id = $2
