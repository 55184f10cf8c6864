-- name: hold_rebuild
-- One at a time per database; a second one is refused.
SELECT pg_try_advisory_lock(7002)

-- name: hold_rebuild_for_now
-- Until the transaction ends.
SELECT pg_try_advisory_xact_lock(7002)

-- name: scratch_is_there
SELECT to_regnamespace('rebuilding') IS NOT NULL

-- name: let_go_of_rebuild
SELECT pg_advisory_unlock(7002)

-- name: key_columns
SELECT array_agg(a.attname::text ORDER BY array_position(i.indkey::int2[], a.attnum))
FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
WHERE i.indisprimary AND i.indrelid = $1::regclass

-- name: form_of
-- What a copy of its columns lacks, in the order in which it can be made; indexes that are no constraints come apart.
SELECT change FROM (
  SELECT 1 AS step, '' AS name, 'OWNER TO ' || quote_ident(pg_get_userbyid(relowner)) AS change
  FROM pg_class WHERE oid = $1::regclass
  UNION ALL SELECT 2, '', 'SET (' || array_to_string(reloptions, ', ') || ')'
  FROM pg_class WHERE oid = $1::regclass AND reloptions IS NOT NULL
  UNION ALL SELECT 3, attname, format('ALTER COLUMN %I SET STATISTICS %s', attname, attstattarget)
  FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attstattarget >= 0
  UNION ALL SELECT CASE contype WHEN 'p' THEN 4 ELSE 5 END, conname,
    format('ADD CONSTRAINT %I %s', conname, pg_get_constraintdef(oid))
  FROM pg_constraint WHERE conrelid = $1::regclass AND contype IN ('p', 'u', 'x')
) AS form ORDER BY step, name

-- name: grants_of
SELECT acl.privilege_type AS privilege, CASE WHEN acl.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(acl.grantee)) END
  || CASE WHEN acl.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS grantee
FROM pg_class c, aclexplode(c.relacl) AS acl WHERE c.oid = $1::regclass AND acl.grantee <> c.relowner

-- name: indexes_of
-- What an index of expressions looks at is set per column of it, and lost where it is made again.
SELECT pg_get_indexdef(i.indexrelid) AS definition, coalesce((
  SELECT string_agg(
    format('ALTER INDEX rebuilding.%I ALTER COLUMN %s SET STATISTICS %s', c.relname, a.attnum, a.attstattarget), '; '
  ) FROM pg_attribute a WHERE a.attrelid = i.indexrelid AND a.attstattarget >= 0
), '') AS statistics
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = $1::regclass
  AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
ORDER BY c.relname

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
