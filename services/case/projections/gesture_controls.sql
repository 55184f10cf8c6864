-- name: await_gesture_control
-- Who gave it is who asked for it, and not whose payer answered.
INSERT INTO gesture_controls (gesture_id, case_id, agent_ref, approver_ref, given_at)
SELECT $1, t.case_id, t.requested_by_ref, t.decided_by_ref, $2 FROM timeline AS t WHERE t.entry_id = $1
ON CONFLICT (gesture_id) DO NOTHING

-- name: look_at_gesture
UPDATE gesture_controls SET looked_at = $2, sampled = $3, signs = $4, approver_refs = $5 WHERE gesture_id = $1

-- name: review_gesture
UPDATE gesture_controls
SET outcome = $2, reason = $3, reviewed_by_kind = $4, reviewed_by_ref = $5, reviewed_at = $6
WHERE gesture_id = $1
