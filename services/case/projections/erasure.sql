-- name: insert_erasure
INSERT INTO erasures (request_id, version, customer_id, ground, status, requested_by_kind, requested_by_ref,
  requested_at, expires_at)
VALUES ($1, $2, $3, $4, 'REQUESTED', $5, $6, $7, $8)

-- name: approve_erasure
UPDATE erasures SET version = $2, status = 'APPROVED' WHERE request_id = $1

-- name: set_erasure_version
UPDATE erasures SET version = $2 WHERE request_id = $1

-- name: execute_erasure
UPDATE erasures
SET version = $2, status = 'EXECUTED', erased_at = $3, events = $4, keys_destroyed = $5, stores_purged = $6,
  retained = $7::jsonb, key_backups_expire_at = $8, executed_version = $2
WHERE request_id = $1

-- name: insert_restriction
INSERT INTO restrictions (restriction_id, customer_id, kind, since, until, placed_by_kind, placed_by_ref, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: lift_restriction
UPDATE restrictions SET lifted_at = $2 WHERE restriction_id = $1

-- name: set_customer_restricted
-- Only what keeps data from being used shows in the state; a legal hold keeps it from being erased.
UPDATE customers
SET version = $2, state = CASE WHEN merged_into IS NOT NULL THEN 'MERGED' WHEN EXISTS (
    SELECT FROM restrictions AS r WHERE r.customer_id = $1 AND r.kind = 'RESTRICTION' AND r.lifted_at IS NULL
  ) THEN 'RESTRICTED' ELSE 'ACTIVE' END
WHERE customer_id = $1

-- name: erase_customer
UPDATE customers
SET version = $2, state = 'ERASED', name = NULL, display_name = $3, language = NULL, time_zone = NULL,
  preferred_channel = NULL, organisation_id = NULL, attributes = DEFAULT
WHERE customer_id = $1

-- name: delete_handles
DELETE FROM handles WHERE customer_id = $1

-- name: delete_handle_claims
DELETE FROM handle_claims WHERE customer_id = $1

-- name: delete_external_ids
DELETE FROM external_ids WHERE customer_id = $1

-- name: erase_customer_entries
-- What colleagues wrote down about the customer, whatever the matter.
UPDATE timeline SET text = NULL, text_state = 'ERASED' WHERE customer_id = $1 AND case_id IS NULL

-- name: erase_restrictions
UPDATE restrictions SET reason = NULL WHERE customer_id = $1

-- name: erase_case
UPDATE cases SET subject = NULL, preview = NULL, erased = true WHERE case_id = $1

-- name: erase_entries
-- What its sender took back stays taken back.
UPDATE timeline
SET text = NULL, subject = NULL, note = NULL, reference = NULL, decline_reason = NULL, fulfilment = NULL,
  text_state = CASE
    WHEN kind IN ('CONTACT', 'NOTE', 'COMMITMENT') AND text_state <> 'REMOVED_BY_SENDER' THEN 'ERASED' ELSE text_state END
WHERE case_id = $1
