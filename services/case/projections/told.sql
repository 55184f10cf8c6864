-- name: upsert_agent
INSERT INTO agents (agent_id, ref, kind, display_name, email, presence, capacity_units, load_units, active, languages,
  skills, team_ref, on_duty_until, next_duty_at, roster)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT (agent_id) DO UPDATE
SET ref = excluded.ref, kind = excluded.kind, display_name = excluded.display_name, email = excluded.email,
  presence = excluded.presence, capacity_units = excluded.capacity_units, load_units = excluded.load_units,
  active = excluded.active, languages = excluded.languages, skills = excluded.skills, team_ref = excluded.team_ref,
  on_duty_until = excluded.on_duty_until, next_duty_at = excluded.next_duty_at,
  roster = excluded.roster

-- name: upsert_budget
INSERT INTO budgets (account_id, owner_kind, owner_id, currency, period, period_start, period_end, granted_minor,
  reserved_minor, spent_minor, item_limit_minor, open)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (account_id) DO UPDATE
SET owner_kind = excluded.owner_kind, owner_id = excluded.owner_id, currency = excluded.currency,
  period = excluded.period, period_start = excluded.period_start, period_end = excluded.period_end,
  granted_minor = excluded.granted_minor, reserved_minor = excluded.reserved_minor,
  spent_minor = excluded.spent_minor, item_limit_minor = excluded.item_limit_minor, open = excluded.open

-- name: capture_gesture
UPDATE timeline SET captured = true WHERE entry_id = $1 AND gesture_status = 'GIVEN'

-- name: set_capacity
INSERT INTO capacity (id, short_since, offered_load, cases, rostered_s) VALUES (1, $1, $2, $3, $4)
ON CONFLICT (id) DO UPDATE SET short_since = excluded.short_since, offered_load = excluded.offered_load,
  cases = excluded.cases, rostered_s = excluded.rostered_s
