-- name: set_clock
INSERT INTO clocks (case_id, kind, clock_of, state, started_at, due_at, warn_at, stopped_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (case_id, kind, clock_of) DO UPDATE
SET state = excluded.state, started_at = excluded.started_at, due_at = excluded.due_at, warn_at = excluded.warn_at,
  stopped_at = excluded.stopped_at

-- name: set_case_due
UPDATE cases SET due_at = $2 WHERE case_id = $1

-- name: warn_of_clock
UPDATE clocks SET warned_for = $4 WHERE case_id = $1 AND kind = $2 AND clock_of = $3

-- name: miss_clock
UPDATE clocks SET missed_for = $4 WHERE case_id = $1 AND kind = $2 AND clock_of = $3
