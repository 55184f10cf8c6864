-- name: keys_of_tables
-- Columns of the primary key of each table that is found without naming its schema.
SELECT c.relname::text AS name, array_agg(a.attname::text ORDER BY array_position(i.indkey::int2[], a.attnum)) AS key
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
WHERE i.indisprimary AND c.relnamespace = to_regnamespace(current_schema()) GROUP BY c.relname
