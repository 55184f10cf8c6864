-- name: insert_mention
INSERT INTO mentions (mention_id, channel, account, occurred_at, noted_at, expires_at, author_masked, text, text_state,
  url, reach, class, outcome, reason, sentiment, in_reply_to)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb, $12, $13, $14, $15, $16)

-- name: edit_mention
UPDATE mentions SET text = $2, text_state = $3, class = $4, outcome = $5, reason = $6, sentiment = $7
WHERE mention_id = $1

-- name: empty_mention
-- Nothing of what was said, or by whom, stays.
UPDATE mentions SET author_masked = NULL, text = NULL, text_state = $2, url = NULL, reach = NULL WHERE mention_id = $1

-- name: promote_mention
UPDATE mentions SET case_id = $2 WHERE mention_id = $1

-- name: expire_mention
UPDATE mentions SET expired = true WHERE mention_id = $1

-- name: mention_answered
UPDATE mentions SET answered = true WHERE mention_id = $1

-- name: mentions_reported
UPDATE mentions SET reported = true WHERE mention_id = ANY ($1::uuid[])
