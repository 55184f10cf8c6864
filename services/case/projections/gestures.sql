-- name: insert_gesture_entry
INSERT INTO timeline (kind, entry_id, customer_id, case_id, stream_id, version, recorded_at, actor_kind, actor_ref,
  occurred_at, gesture_kind, gesture_status, amount_minor, currency, reason, note, reference, captured,
  requested_by_kind, requested_by_ref, requested_at)
VALUES ('GESTURE', $1, $2, $3, $3, $4, $5, $6, $7, $5, $8, $9, $10, $11, $12, $13, $14::jsonb, false, $6, $7, $5)

-- name: await_gesture_approval
UPDATE timeline SET gesture_status = 'AWAITING_APPROVAL', expires_at = $2 WHERE entry_id = $1

-- name: approve_gesture
UPDATE timeline
SET gesture_status = $6, approval_id = $2, refused_code = NULL,
  decided_by_kind = $3, decided_by_ref = $4, decided_at = $5
WHERE entry_id = $1

-- name: refuse_gesture_approval
UPDATE timeline
SET gesture_status = 'AWAITING_APPROVAL', refused_code = $2,
  decided_by_kind = NULL, decided_by_ref = NULL, decided_at = NULL
WHERE entry_id = $1

-- name: give_gesture
UPDATE timeline
SET gesture_status = 'GIVEN', hold_id = $2, budget_id = $3, amount_minor = $4, captured = false
WHERE entry_id = $1

-- name: refuse_gesture
UPDATE timeline SET gesture_status = 'REFUSED', refused_code = $2, decline_reason = $3 WHERE entry_id = $1

-- name: set_gesture_status
UPDATE timeline SET gesture_status = $2 WHERE entry_id = $1

-- name: pay_gesture
UPDATE timeline SET gesture_status = 'PAYING', hold_id = $2, budget_id = $3, amount_minor = $4 WHERE entry_id = $1

-- name: begin_payout
INSERT INTO payouts (gesture_id, case_id, hold_id, amount_minor, state, attempts, begun_at, due_at)
VALUES ($1, $2, $3, $4, 'OPEN', 0, $5, $5)

-- name: try_payout
UPDATE payouts SET attempts = $2, outcome = $3, due_at = $4 WHERE gesture_id = $1

-- name: settle_payout
UPDATE payouts SET state = $2, settled_at = $3, due_at = NULL WHERE gesture_id = $1

-- name: fulfil_gesture
UPDATE timeline SET fulfilment = $2::jsonb WHERE entry_id = $1

-- name: reverse_gesture
UPDATE timeline AS t
SET gesture_status = CASE WHEN p.returned_minor + $2 >= t.amount_minor THEN 'REVERSED' ELSE t.gesture_status END
FROM payouts AS p WHERE p.gesture_id = t.entry_id AND t.entry_id = $1

-- name: decline_gesture
UPDATE timeline
SET gesture_status = 'DECLINED', decline_reason = $2, decided_by_kind = $3, decided_by_ref = $4, decided_at = $5
WHERE entry_id = $1

-- name: return_payout
UPDATE payouts SET returned_minor = returned_minor + $2 WHERE gesture_id = $1
