-- name: redact_entry
UPDATE timeline
SET text = NULL, subject = NULL, note = NULL, reference = NULL, decline_reason = NULL, fulfilment = NULL,
  text_state = CASE WHEN kind IN ('CONTACT', 'NOTE', 'COMMITMENT') THEN 'REDACTED' ELSE text_state END
WHERE entry_id = $1 AND case_id = $2

-- name: redact_customer_note
UPDATE timeline SET text = NULL, text_state = 'REDACTED' WHERE entry_id = $1 AND customer_id = $2

-- name: expire_entries
-- What was taken back or redacted stays so.
UPDATE timeline
SET text = NULL, subject = NULL, note = NULL, reference = NULL, decline_reason = NULL, fulfilment = NULL,
  text_state = CASE
    WHEN kind IN ('CONTACT', 'NOTE', 'COMMITMENT') AND text_state NOT IN ('REMOVED_BY_SENDER', 'REDACTED')
    THEN 'EXPIRED' ELSE text_state END
WHERE case_id = $1

-- name: expiries_reported
UPDATE redactions SET reported = true WHERE case_id = ANY ($1::uuid[]) AND expiry

-- name: forget_access_before
SELECT access.forget_before($1)

-- name: redact_case
UPDATE cases
SET subject = CASE WHEN $2 THEN NULL ELSE subject END, preview = CASE WHEN $3 THEN NULL ELSE preview END
WHERE case_id = $1

-- name: insert_redaction
INSERT INTO redactions (redaction_id, case_id, customer_id, entry_id, requested_by_kind, requested_by_ref,
  requested_at, withheld, reason, expiry, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)

-- name: redaction_answered
UPDATE redactions SET state = 'ANSWERED' WHERE redaction_id = $1

-- name: complete_redaction
UPDATE redactions SET state = 'COMPLETED', completed_at = $2, events = $3, stores_purged = $4 WHERE redaction_id = $1

-- name: erase_redactions
UPDATE redactions SET reason = NULL WHERE case_id = $1

-- name: erase_note_redactions
UPDATE redactions SET reason = NULL WHERE customer_id = $1 AND case_id IS NULL
