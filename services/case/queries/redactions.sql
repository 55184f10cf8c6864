-- name: redactions_by_id
SELECT redaction_id, case_id, requested_by_kind, requested_by_ref, requested_at, reason, completed_at
FROM redactions WHERE redaction_id = ANY($1::uuid[]);
