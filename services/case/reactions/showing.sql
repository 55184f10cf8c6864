-- name: upsert_agent
INSERT INTO agents (agent_id, ref, kind, display_name, email, presence, capacity_units, load_units, active, languages,
  skills, team_ref)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (agent_id) DO UPDATE
SET ref = excluded.ref, kind = excluded.kind, display_name = excluded.display_name, email = excluded.email,
  presence = excluded.presence, capacity_units = excluded.capacity_units, load_units = excluded.load_units,
  active = excluded.active, languages = excluded.languages, skills = excluded.skills, team_ref = excluded.team_ref

-- name: answer_desk_request
INSERT INTO desk_requests (request_id, done, code, message, path) VALUES ($1, true, $2, $3, $4)
ON CONFLICT (request_id) DO UPDATE
SET done = true, code = excluded.code, message = excluded.message, path = excluded.path

-- name: upsert_team
INSERT INTO teams (team_id, ref, name) VALUES ($1, $2, $3)
ON CONFLICT (team_id) DO UPDATE SET ref = excluded.ref, name = excluded.name

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

-- name: set_duo
UPDATE customers SET owner_id = $2, partner_id = $3 WHERE customer_id = $1

-- name: upsert_brand
INSERT INTO brands (ref, name) VALUES ($1, $2) ON CONFLICT (ref) DO UPDATE SET name = excluded.name

-- name: upsert_channel_account
INSERT INTO channel_accounts (account_id, channel, account, name, brand, active) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (account_id) DO UPDATE
SET channel = excluded.channel, account = excluded.account, name = excluded.name, brand = excluded.brand,
  active = excluded.active

-- name: note_configuration
INSERT INTO applied_configurations (origin, digest) VALUES ($1, $2)
ON CONFLICT (origin) DO UPDATE SET digest = excluded.digest
