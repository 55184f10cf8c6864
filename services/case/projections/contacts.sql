-- name: insert_contact_entry
INSERT INTO timeline (kind, entry_id, customer_id, case_id, stream_id, version, recorded_at, actor_kind, actor_ref,
  occurred_at, text, text_state, direction, channel, contact_kind, account, visibility, handle_id, assurance, subject,
  language, in_reply_to, delivery_status, class, requested_by_kind, requested_by_ref, requested_at)
VALUES ('CONTACT', $1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
  $21, $22, $6, $7, $5)

-- name: put_reply_entry
-- One that another person agreed to stands there already: it stays who wrote it, and shows what leaves now.
INSERT INTO timeline (kind, entry_id, customer_id, case_id, stream_id, version, recorded_at, actor_kind, actor_ref,
  occurred_at, text, text_state, direction, channel, contact_kind, account, visibility, handle_id, assurance, subject,
  language, in_reply_to, delivery_status, requested_by_kind, requested_by_ref, requested_at)
VALUES ('CONTACT', $1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
  $21, $6, $7, $5)
ON CONFLICT (entry_id) DO UPDATE
SET version = excluded.version, recorded_at = excluded.recorded_at, occurred_at = excluded.occurred_at,
  text = excluded.text, text_state = excluded.text_state, delivery_status = excluded.delivery_status
WHERE timeline.delivery_status = 'HELD'

-- name: delete_entry
DELETE FROM timeline WHERE entry_id = $1

-- name: cancel_held_entry
UPDATE timeline SET delivery_status = $2, delivery_code = $3 WHERE entry_id = $1

-- name: edit_contact_entry
UPDATE timeline SET text = $2, text_state = $3, edited_at = $4 WHERE entry_id = $1

-- name: remove_contact_entry
UPDATE timeline SET text = NULL, subject = NULL, text_state = $2 WHERE entry_id = $1

-- name: update_delivery_entry
UPDATE timeline
SET delivery_status = $2, delivery_code = $3, delivery_reason = $4, delivery_retryable = $5, delivery_at = $6
WHERE entry_id = $1
