-- name: hold_rebuild
-- One at a time per database; a second one is refused.
SELECT pg_try_advisory_lock(7002)

-- name: let_go_of_rebuild
SELECT pg_advisory_unlock(7002)

-- name: key_columns
SELECT array_agg(a.attname::text ORDER BY array_position(i.indkey::int2[], a.attnum))
FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
WHERE i.indisprimary AND i.indrelid = $1::regclass

-- name: constraints_of
-- In the order in which they can be made again: primary keys first.
SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
WHERE conrelid = $1::regclass AND contype IN ('p', 'u', 'x') ORDER BY contype, conname

-- name: indexes_of
SELECT pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i
WHERE i.indrelid = $1::regclass
  AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)
ORDER BY i.indexrelid::regclass::text

-- name: hold_appends
-- Who appends writes here first: what is under way ends before we go on, what comes waits until we are done.
LOCK TABLE es.commands IN SHARE MODE

-- name: limit_lock_wait
-- Less than what the server waits before it calls a deadlock: it is we who give way, never a command.
SET LOCAL lock_timeout = '500ms'

-- name: drop_scratch
DROP SCHEMA IF EXISTS rebuilding CASCADE

-- name: make_scratch
CREATE SCHEMA rebuilding

-- name: see_scratch_only
-- A projection that reads or writes anything else fails.
SET search_path = rebuilding

-- name: take_time
-- For one statement: making an index, comparing a table.
SET statement_timeout = '30min'

-- name: commit_at_ease
-- What a crash undoes of a rebuild is made again.
SET synchronous_commit = off
