-- name: insert_gesture_entry
INSERT INTO timeline (kind, entry_id, customer_id, case_id, stream_id, version, recorded_at, actor_kind, actor_ref,
  occurred_at, gesture_kind, gesture_status, amount_minor, currency, reason, note, reference, captured,
  requested_by_kind, requested_by_ref, requested_at)
VALUES ('GESTURE', $1, $2, $3, $3, $4, $5, $6, $7, $5, $8, $9, $10, $11, $12, $13, $14::jsonb, false, $6, $7, $5)

-- name: await_gesture_approval
UPDATE timeline SET gesture_status = 'AWAITING_APPROVAL', expires_at = $2 WHERE entry_id = $1

-- name: approve_gesture
UPDATE timeline
SET gesture_status = 'PAYING', approval_id = $2, refused_code = NULL,
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
UPDATE timeline SET gesture_status = 'REFUSED', refused_code = $2 WHERE entry_id = $1

-- name: decline_gesture
UPDATE timeline
SET gesture_status = 'DECLINED', decline_reason = $2, decided_by_kind = $3, decided_by_ref = $4, decided_at = $5
WHERE entry_id = $1
