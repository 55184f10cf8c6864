-- name: chat_token_digest
SELECT token_digest FROM chat_visitors WHERE visitor_id = $1

-- name: remember_chat_visitor
INSERT INTO chat_visitors (visitor_id, account_id, token_digest, last_seq, seen_at)
VALUES ($1, $2, $3, (extract(epoch FROM $4::timestamptz) * 1000)::bigint, $4)
ON CONFLICT (visitor_id) DO UPDATE SET seen_at = greatest(chat_visitors.seen_at, excluded.seen_at)

-- name: chat_reply_is_stored
SELECT EXISTS (SELECT FROM chat_replies WHERE contact_id = $1)

-- name: chat_backlog
SELECT count(*) FROM chat_replies r JOIN chat_visitors v USING (visitor_id)
WHERE r.visitor_id = $1 AND r.seq > v.delivered_seq

-- name: store_chat_reply
WITH next AS (UPDATE chat_visitors SET last_seq = last_seq + 1 WHERE visitor_id = $1 RETURNING last_seq)
INSERT INTO chat_replies (contact_id, visitor_id, seq, stored_at) SELECT $2, $1, last_seq, $3 FROM next

-- name: chat_replies_after
SELECT contact_id, seq, stored_at FROM chat_replies WHERE visitor_id = $1 AND seq > $2 ORDER BY seq DESC LIMIT $3

-- name: chat_replies_not_told
-- What is read came, too.
SELECT r.contact_id FROM chat_replies r JOIN chat_visitors v USING (visitor_id)
WHERE r.visitor_id = $1 AND r.seq <= $2 AND r.seq > CASE WHEN $3 THEN v.read_seq ELSE v.delivered_seq END
ORDER BY r.seq LIMIT $4

-- name: chat_told
UPDATE chat_visitors SET delivered_seq = greatest(delivered_seq, least($2, last_seq)),
  read_seq = CASE WHEN $3 THEN greatest(read_seq, least($2, last_seq)) ELSE read_seq END
WHERE visitor_id = $1

-- name: chat_visitors_with_news
SELECT DISTINCT visitor_id FROM chat_replies WHERE stored_at > $1

-- name: delete_chat_replies
DELETE FROM chat_replies WHERE contact_id = ANY($1::uuid[])

-- name: delete_chat_visitors
WITH gone AS (DELETE FROM chat_visitors WHERE visitor_id = ANY($1::uuid[]) RETURNING visitor_id)
DELETE FROM chat_replies r USING gone WHERE r.visitor_id = gone.visitor_id

-- name: forget_chat_replies
DELETE FROM chat_replies WHERE stored_at < $1

-- name: forget_chat_visitors
DELETE FROM chat_visitors v
WHERE v.seen_at < $1 AND NOT EXISTS (SELECT FROM chat_replies r WHERE r.visitor_id = v.visitor_id)
