-- name: insert_note_entry
INSERT INTO timeline (kind, entry_id, customer_id, case_id, stream_id, version, recorded_at, actor_kind, actor_ref,
  occurred_at, text, text_state)
VALUES ('NOTE', $1, $2, $3, $3, $4, $5, $6, $7, $5, $8, $9)

-- name: insert_assignment_entry
-- The customer is the case's.
INSERT INTO timeline (kind, entry_id, customer_id, case_id, stream_id, version, recorded_at, actor_kind, actor_ref,
  occurred_at, agent_id, tier, reason, policy_version, candidates, team_ref, note, held_until)
SELECT 'ASSIGNMENT', $1, c.customer_id, $2, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13, $14, $15
FROM cases AS c WHERE c.case_id = $2

-- name: insert_status_entry
INSERT INTO timeline (kind, entry_id, customer_id, case_id, stream_id, version, recorded_at, actor_kind, actor_ref,
  occurred_at, case_status)
VALUES ('STATUS_CHANGE', $1, $2, $3, $3, $4, $5, $6, $7, $8, $9)
