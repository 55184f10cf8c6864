-- name: take_turn
-- Of the session: it goes when the connection does, whatever ends that.
SELECT pg_try_advisory_lock($1);

-- name: still_there
SELECT 1;
