-- name: insert_offer
INSERT INTO offers (offer_id, case_id, agent_id, offered_at, expires_at, open) VALUES ($1, $2, $3, $4, $5, true)

-- name: end_offers
UPDATE offers SET open = false WHERE case_id = $1 AND open
