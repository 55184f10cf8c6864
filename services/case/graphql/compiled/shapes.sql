-- name: row
SELECT {json} AS j, {shown} AS s FROM {source} AS {row}{joins} WHERE {on}

-- name: rows
-- Ordered twice in the same words: the aggregate finds them sorted.
SELECT '[' || coalesce(string_agg({json}, ',' ORDER BY {order}), '') || ']' AS j, {shown} AS s
FROM (SELECT {columns} FROM {source} AS {row} WHERE {on} ORDER BY {order} LIMIT {limit}) AS {row}{joins}

-- name: page
SELECT {json} AS j, g.s
FROM (
  SELECT {gathered}{shown} AS s
  FROM (
    -- Numbered only once they are few: numbering all that match would sort them all.
    SELECT t.*, row_number() OVER (ORDER BY t.row_sort {direction}, t.row_id {direction}) AS row_n
    FROM (
      SELECT {columns}{key} AS row_key, {row_id} AS row_id, {sort} AS row_sort
      FROM {rows} WHERE ({where}) AND ({beyond}) ORDER BY {sort} {direction}, {row_id} {direction} LIMIT {limit} + 1
    ) AS t
  ) AS {row}{joins}
) AS g

-- name: page_nodes
coalesce(string_agg({json}, ',' ORDER BY {row}.row_sort {direction}, {row}.row_id {direction})
  FILTER (WHERE {row}.row_n <= {limit}), '')

-- name: page_first
(array_agg({row}.{column} ORDER BY {row}.row_sort {direction}, {row}.row_id {direction}))[least(1, {limit})]

-- name: page_last
(array_agg({row}.{column} ORDER BY {row}.row_sort {direction}, {row}.row_id {direction}))[least(count(*), {limit})]

-- name: page_more
(count(*) > {limit})::text

-- name: page_shown
string_agg({shown}, '') FILTER (WHERE {row}.row_n <= {limit})

-- name: page_count
(SELECT count(*)::int FROM {rows} WHERE {where})

-- name: answer
SELECT convert_to({json}, 'UTF8') AS j, {shown} AS s FROM (SELECT 1) AS r0{joins}

-- name: join
LEFT JOIN LATERAL ({select}) AS {alias} ON true

-- name: staff_member
(SELECT given.ref, s.name, s.roles FROM (SELECT ({ref}) AS ref) AS given LEFT JOIN staff AS s ON s.ref = given.ref)

-- name: content_of
(SELECT c.{name} FROM contact_contents AS c WHERE c.entry_id = {row}.entry_id)

-- name: is_survey_answer
EXISTS (SELECT FROM survey_answers AS a WHERE a.entry_id = t.entry_id)

-- name: decimal
to_char({number}, 'FM999999990.09')::json

-- name: latest_clocks
(SELECT k.* FROM clocks AS k WHERE k.case_id = {row}.case_id ORDER BY k.started_at DESC, k.kind, k.clock_of LIMIT {most})

-- name: fitting_playbooks
-- As `services.case.domain.playbooks` says it.
(SELECT p.ordinality, p.value ->> 'situation' AS situation, p.value ->> 'answer' AS answer, p.value ->> 'tone' AS tone,
  p.value ->> 'action' AS action, p.value ->> 'template' AS template,
  ARRAY(SELECT jsonb_array_elements_text(p.value -> 'needs')) AS needs
FROM ({situation}) AS s CROSS JOIN jsonb_array_elements({playbooks}) WITH ORDINALITY AS p
WHERE (p.value -> 'brand' IS NULL OR p.value ->> 'brand' = {row}.brand)
  AND (p.value -> 'visibility' IS NULL OR p.value ->> 'visibility' = s.visibility)
  AND (p.value -> 'incident' IS NULL OR (p.value ->> 'incident')::boolean = s.in_incident)
  AND (p.value -> 'channels' IS NULL OR p.value -> 'channels' ? s.channel)
  AND (p.value -> 'priorities' IS NULL OR p.value -> 'priorities' ? {row}.priority)
  AND (p.value -> 'found' IS NULL OR p.value -> 'found' ?| s.found)
  AND (p.value -> 'tags' IS NULL OR p.value -> 'tags' ?| {row}.tags)
  AND (p.value -> 'causes' IS NULL OR p.value -> 'causes' ?| s.causes))

-- name: columns_of
SELECT a.attname AS name, a.attnotnull AS not_null
FROM pg_catalog.pg_attribute AS a
WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND NOT a.attisdropped

-- name: leaves_of
SELECT {leaves} FROM {table} AS {row}
