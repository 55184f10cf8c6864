-- name: insert_publication
INSERT INTO publications (publication_id, version, state, channel, account, brand, text, asks_community, publish_at, rules,
  drafted_at, drafted_by_kind, drafted_by_ref)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)

-- name: decide_publication
UPDATE publications
SET version = $2, state = $3, decided_at = $4, decided_by_kind = $5, decided_by_ref = $6, decline_reason = $7
WHERE publication_id = $1

-- name: publication_leaves
UPDATE publications SET version = $2, state = 'LEAVING' WHERE publication_id = $1

-- name: publication_stands
-- It may have been thought to have failed.
UPDATE publications
SET version = $2, state = 'PUBLISHED', published_at = $3, named_id = $4, url = $5, failed_at = NULL, failure_code = NULL,
  failure_reason = NULL, failure_retryable = NULL
WHERE publication_id = $1

-- name: publication_failed
UPDATE publications
SET version = $2, state = $3, failed_at = $4, failure_code = $5, failure_reason = $6, failure_retryable = $7
WHERE publication_id = $1
