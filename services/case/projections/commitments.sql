-- name: insert_commitment_entry
INSERT INTO timeline (kind, entry_id, customer_id, case_id, stream_id, version, recorded_at, actor_kind, actor_ref,
  occurred_at, text, text_state, agent_id, due_at, commitment_status)
VALUES ('COMMITMENT', $1, $2, $3, $3, $4, $5, $6, $7, $5, $8, $9, $10, $11, 'OPEN')

-- name: end_commitment
UPDATE timeline SET commitment_status = $2, decline_reason = $3 WHERE entry_id = $1
