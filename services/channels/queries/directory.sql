-- name: delivery_of
SELECT contact_id FROM external_ids WHERE account_id = $1 AND external_id = $2

-- name: parked_items
SELECT item FROM parked WHERE account_id = $1 AND external_id = $2 ORDER BY parked_at LIMIT $3

-- name: last_inbound_at
SELECT last_inbound_at FROM windows WHERE account_id = $1 AND kind = $2 AND value = $3

-- name: sender_of
SELECT sender_id FROM account_senders WHERE account_id = $1

-- name: named_by
SELECT contact_id FROM threads WHERE message_id = $1

-- name: delivery_marked
SELECT contact_id FROM deliveries
WHERE account_id = $1 AND left(encode(sha256(uuid_send(case_id)), 'hex'), 10) = $2 ORDER BY requested_at DESC LIMIT 1
