-- name: object
(SELECT row_to_json(o) FROM (SELECT {fields}) AS o)

-- name: row
SELECT {json} AS j, {shown} AS s FROM {source} AS {row}{joins} WHERE {on}

-- name: rows
SELECT coalesce(array_to_json(array_agg(p.j ORDER BY p.row_n)), '[]') AS j, string_agg(p.s, '') AS s
FROM (
  SELECT {json} AS j, {shown} AS s, {row}.row_n
  FROM (
    SELECT {row}.*, row_number() OVER (ORDER BY {order}) AS row_n
    FROM (SELECT {row}.* FROM {source} AS {row} WHERE {on} ORDER BY {order} LIMIT {limit}) AS {row}
  ) AS {row}{joins}
) AS p

-- name: page
SELECT {json} AS j, g.s
FROM (
  SELECT {gathered}, string_agg(p.s, '') FILTER (WHERE p.row_n <= {limit}) AS s
  FROM (
    SELECT {cells}{row}.row_n, {row}.row_key, {row}.row_id, {shown} AS s
    FROM (
      -- Numbered only once they are few: numbering all that match would sort them all.
      SELECT {alias}.*, {key} AS row_key, {row_id} AS row_id, row_number() OVER (ORDER BY {order}) AS row_n
      FROM (
        SELECT {alias}.* FROM {rows} WHERE ({where}) AND ({beyond}) ORDER BY {order} LIMIT {limit} + 1
      ) AS {alias}
    ) AS {row}{joins}
  ) AS p
) AS g

-- name: page_nodes
coalesce(array_to_json(array_agg(p.{cell} ORDER BY p.row_n {direction}) FILTER (WHERE p.row_n <= {limit})), '[]')

-- name: page_first
(array_agg(p.{column} ORDER BY p.row_n) FILTER (WHERE p.row_n <= {limit}))[1]

-- name: page_last
(array_agg(p.{column} ORDER BY p.row_n) FILTER (WHERE p.row_n <= {limit}))[least(count(*), {limit})]

-- name: page_count
(SELECT count(*)::int FROM {rows} WHERE {where})

-- name: answer
SELECT {json}::text AS j, {shown} AS s FROM (SELECT 1) AS r0{joins}

-- name: join
LEFT JOIN LATERAL ({select}) AS {alias} ON true

-- name: staff_member
(SELECT given.ref, s.name, s.roles FROM (SELECT ({ref}) AS ref) AS given LEFT JOIN staff AS s ON s.ref = given.ref)

-- name: no_agent
NOT EXISTS (SELECT FROM agents AS other WHERE other.ref = ({ref}))

-- name: content_of
(SELECT c.{name} FROM contact_contents AS c WHERE c.entry_id = {row}.entry_id)

-- name: is_survey_answer
EXISTS (SELECT FROM survey_answers AS a WHERE a.entry_id = t.entry_id)

-- name: decimal
to_char({number}, 'FM999999990.09')::json

-- name: latest_clocks
(SELECT k.* FROM clocks AS k WHERE k.case_id = {row}.case_id ORDER BY k.started_at DESC, k.kind, k.clock_of LIMIT {most})

-- name: columns_of
SELECT a.attname AS name, a.attnotnull AS not_null
FROM pg_catalog.pg_attribute AS a
WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND NOT a.attisdropped

-- name: leaves_of
SELECT {leaves} FROM {table} AS {row}
