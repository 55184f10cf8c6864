-- name: answer_desk_request
INSERT INTO desk_requests (request_id, done, code, message, path) VALUES ($1, true, $2, $3, $4)
ON CONFLICT (request_id) DO UPDATE
SET done = true, code = excluded.code, message = excluded.message, path = excluded.path

-- name: upsert_team
INSERT INTO teams (team_id, ref, name) VALUES ($1, $2, $3)
ON CONFLICT (team_id) DO UPDATE SET ref = excluded.ref, name = excluded.name

-- name: set_duo
UPDATE customers SET owner_id = $2, partner_id = $3 WHERE customer_id = $1

-- name: upsert_brand
INSERT INTO brands (ref, name) VALUES ($1, $2) ON CONFLICT (ref) DO UPDATE SET name = excluded.name

-- name: upsert_channel_account
INSERT INTO channel_accounts (account_id, channel, account, name, brand, active, mode, paused)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (account_id) DO UPDATE
SET channel = excluded.channel, account = excluded.account, name = excluded.name, brand = excluded.brand,
  active = excluded.active, mode = excluded.mode, paused = excluded.paused

-- name: note_configuration
INSERT INTO applied_configurations (origin, digest) VALUES ($1, $2)
ON CONFLICT (origin) DO UPDATE SET digest = excluded.digest

-- name: upsert_account_health
INSERT INTO account_health (account_id, measured_at, last_received_at, last_sent_at, unread, unsent, trouble,
  silent_since)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (account_id) DO UPDATE
SET measured_at = excluded.measured_at, last_received_at = excluded.last_received_at,
  last_sent_at = excluded.last_sent_at, unread = excluded.unread, unsent = excluded.unsent,
  trouble = excluded.trouble, silent_since = excluded.silent_since
