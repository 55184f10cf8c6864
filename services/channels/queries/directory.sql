-- name: delivery_of
SELECT contact_id FROM external_ids WHERE account_id = $1 AND external_id = $2

-- name: parked_items
SELECT item FROM parked WHERE account_id = $1 AND external_id = $2 ORDER BY parked_at LIMIT $3

-- name: last_inbound_at
SELECT last_inbound_at FROM windows WHERE account_id = $1 AND kind = $2 AND value = $3

-- name: sender_of
SELECT sender_id FROM account_senders WHERE account_id = $1

-- name: only_listens
SELECT EXISTS (SELECT FROM accounts WHERE account_id = $1 AND mode = 'LISTEN')

-- name: named_by
SELECT contact_id FROM threads WHERE message_id = $1

-- name: delivery_marked
SELECT contact_id FROM deliveries
WHERE account_id = $1 AND left(encode(sha256(uuid_send(case_id)), 'hex'), 10) = $2 ORDER BY requested_at DESC LIMIT 1

-- name: arriving
SELECT EXISTS (SELECT FROM es.streams AS s WHERE s.stream_id = asked.contact_id) AS begun,
  (SELECT e.contact_id FROM external_ids AS e
    WHERE (e.account_id, e.external_id) = (asked.account_id, asked.external_id)) AS delivery_id,
  EXISTS (SELECT FROM parked AS p
    WHERE (p.account_id, p.external_id) = (asked.account_id, asked.external_id)) AS has_parked
FROM unnest($1::uuid[], $2::text[], $3::uuid[]) WITH ORDINALITY AS asked (account_id, external_id, contact_id, place)
ORDER BY asked.place
