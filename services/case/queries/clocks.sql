-- name: clocks_of_cases
-- The latest of each case, the first to begin coming first.
SELECT of_case.* FROM unnest($1::uuid[]) AS asked (case_id), LATERAL (
  SELECT k.case_id, k.kind, k.clock_of, k.state, k.started_at, k.due_at, k.stopped_at FROM clocks AS k
  WHERE k.case_id = asked.case_id ORDER BY k.started_at DESC, k.kind, k.clock_of LIMIT $2
) AS of_case
ORDER BY of_case.case_id, of_case.started_at, of_case.kind, of_case.clock_of
