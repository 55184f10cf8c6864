-- name: hub_subscription
SELECT hub, topic, asked_at, leased_until, lease_s FROM hubs WHERE account_id = $1

-- name: hub_asked
-- Another hub, or another name of the feed: what the former one granted is not this one's.
INSERT INTO hubs AS h (account_id, hub, topic, asked_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (account_id) DO UPDATE SET hub = excluded.hub, topic = excluded.topic, asked_at = excluded.asked_at,
  trouble = NULL,
  leased_until = CASE WHEN (h.hub, h.topic) = (excluded.hub, excluded.topic) THEN h.leased_until END,
  lease_s = CASE WHEN (h.hub, h.topic) = (excluded.hub, excluded.topic) THEN h.lease_s END

-- name: hub_trouble
UPDATE hubs SET trouble = $2 WHERE account_id = $1

-- name: hub_granted
UPDATE hubs SET leased_until = $3, lease_s = $4, trouble = NULL WHERE account_id = $1 AND topic = $2 RETURNING true

-- name: hub_denied
UPDATE hubs SET leased_until = NULL, lease_s = NULL, trouble = 'denied' WHERE account_id = $1 AND topic = $2 RETURNING true
