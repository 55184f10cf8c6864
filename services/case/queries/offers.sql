-- name: offers_by_id
SELECT offer_id, case_id, agent_id, offered_at, expires_at, open FROM offers WHERE offer_id = ANY($1::uuid[]);

-- name: open_offers_of
SELECT offer_id, case_id, agent_id, offered_at, expires_at, open FROM offers
WHERE agent_id = $1 AND open ORDER BY offered_at, offer_id LIMIT $2;

-- name: news_of
SELECT audience, news, thing_id FROM viewer_events WHERE (stream_id, version) = ($1, $2) ORDER BY audience
