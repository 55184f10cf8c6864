-- name: put_account
INSERT INTO accounts (account_id, channel, account, name, brand, active, mode, paused)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (account_id) DO UPDATE SET name = excluded.name, brand = excluded.brand, active = excluded.active,
  mode = excluded.mode, paused = excluded.paused

-- name: open_window
INSERT INTO windows (account_id, kind, value, last_inbound_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (account_id, kind, value) DO UPDATE SET last_inbound_at = excluded.last_inbound_at
WHERE windows.last_inbound_at < excluded.last_inbound_at

-- name: put_delivery
INSERT INTO deliveries (contact_id, account_id, case_id, state, requested_at, due_at, status)
VALUES ($1, $2, $3, 'DUE', $4, $4, 'REQUESTED')

-- name: delivery_in_flight
UPDATE deliveries SET state = 'IN_FLIGHT', due_at = $2, attempts = $3 WHERE contact_id = $1

-- name: delivery_postponed
UPDATE deliveries SET state = 'DUE', due_at = $2 WHERE contact_id = $1

-- name: delivery_settled
UPDATE deliveries SET state = 'SETTLED', status = $2 WHERE contact_id = $1

-- name: login_refused
INSERT INTO logins (account_id, refused_at) VALUES ($1, $2)
ON CONFLICT (account_id) DO UPDATE SET refused_at = excluded.refused_at

-- name: put_external_id
INSERT INTO external_ids (account_id, external_id, contact_id) VALUES ($1, $2, $3)
ON CONFLICT (account_id, external_id) DO NOTHING

-- name: park_item
INSERT INTO parked (account_id, external_id, item_key, item, contact_id, parked_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (account_id, external_id, item_key) DO NOTHING

-- name: unpark_items
DELETE FROM parked WHERE account_id = $1 AND external_id = $2

-- name: put_forgetting
INSERT INTO forgettings (forgetting_id, contact_ids, begun_at, state) VALUES ($1, $2, $3, 'DUE')

-- name: forgetting_done
UPDATE forgettings SET state = 'DONE' WHERE forgetting_id = $1

-- name: put_withholding
INSERT INTO withholdings (withholding_id, entry_ids, expired, begun_at, done) VALUES ($1, $2, $3, $4, false)

-- name: withholding_done
UPDATE withholdings SET done = true WHERE withholding_id = $1

-- name: put_thread
INSERT INTO threads (message_id, contact_id) VALUES ($1, $2) ON CONFLICT (message_id) DO NOTHING

-- name: raws_expired
UPDATE raws SET state = 'EXPIRED' WHERE raw_id = ANY ($1::uuid[]) AND state = 'EXPIRING'

-- name: put_attachment
INSERT INTO attachments (attachment_id, contact_id, number, state, due_at) VALUES ($1, $2, $3, 'PENDING', $4)

-- name: attachment_stored
UPDATE attachments SET state = $2, object_id = $3 WHERE attachment_id = $1

-- name: attachment_settled
UPDATE attachments SET state = $2 WHERE attachment_id = $1

-- name: attachments_removed
UPDATE attachments SET state = 'REMOVED' WHERE contact_id = $1

-- name: put_upload
INSERT INTO uploads (attachment_id, customer_id, state, due_at, expires_at) VALUES ($1, $2, 'PENDING', $3, $4)

-- name: upload_kept
UPDATE uploads SET state = $2, object_id = $3 WHERE attachment_id = $1

-- name: upload_settled
UPDATE uploads SET state = $2 WHERE attachment_id = $1

-- name: upload_claimed
UPDATE uploads SET contact_id = $2 WHERE attachment_id = $1

-- name: uploads_removed
UPDATE uploads SET state = 'REMOVED' WHERE contact_id = $1
