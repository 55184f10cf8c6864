-- name: gesture_reviews_page
SELECT gesture_id, case_id, agent_ref, approver_refs, given_at, looked_at, sampled, signs, outcome, reason,
  reviewed_by_kind, reviewed_by_ref, reviewed_at
FROM gesture_controls
WHERE (sampled OR signs <> '{}') AND (sampled OR $1::boolean)
  AND ($2::text IS NULL OR (agent_ref <> $2 AND $2 <> ALL (approver_refs)))
  AND ($3::text IS NULL OR (agent_ref = $3 AND outcome IS NOT NULL))
  AND ($4::boolean IS NULL OR (outcome IS NOT NULL) = $4)
  AND ($5::boolean IS NULL OR (signs <> '{}') = $5)
  AND ($6::timestamptz IS NULL OR (given_at, gesture_id) > ($6::timestamptz, $7::uuid))
ORDER BY given_at, gesture_id LIMIT $8;

-- name: gesture_reviews_count
SELECT count(*) FROM gesture_controls
WHERE (sampled OR signs <> '{}') AND (sampled OR $1::boolean)
  AND ($2::text IS NULL OR (agent_ref <> $2 AND $2 <> ALL (approver_refs)))
  AND ($3::text IS NULL OR (agent_ref = $3 AND outcome IS NOT NULL))
  AND ($4::boolean IS NULL OR (outcome IS NOT NULL) = $4)
  AND ($5::boolean IS NULL OR (signs <> '{}') = $5);

-- name: gesture_reviews_by_id
SELECT gesture_id, case_id, agent_ref, approver_refs, given_at, looked_at, sampled, signs, outcome, reason,
  reviewed_by_kind, reviewed_by_ref, reviewed_at
FROM gesture_controls WHERE gesture_id = ANY($1::uuid[]) AND looked_at IS NOT NULL AND (sampled OR signs <> '{}');
