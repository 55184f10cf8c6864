-- name: await_reply_approval
UPDATE timeline SET expires_at = $2 WHERE entry_id = $1

-- name: approve_reply
UPDATE timeline SET decided_by_kind = $2, decided_by_ref = $3, decided_at = $4 WHERE entry_id = $1

-- name: keep_reply
UPDATE timeline
SET delivery_status = 'CANCELLED', delivery_code = $2, decline_reason = $3, delivery_retryable = false,
  decided_by_kind = $4, decided_by_ref = $5, decided_at = $6, delivery_at = $6
WHERE entry_id = $1
