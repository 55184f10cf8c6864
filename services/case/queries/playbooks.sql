-- name: situation_of
-- What playbooks look at of a case beside its row; {row} is that.
SELECT l.channel, l.visibility, coalesce(f.found, ARRAY[]::text[]) AS found, coalesce(i.state = 'OPEN', false) AS in_incident,
  array_remove(ARRAY[i.cause, {row}.cause], NULL) AS causes
FROM (SELECT 1) AS one
LEFT JOIN LATERAL (
  SELECT t.channel, t.visibility FROM timeline AS t
  WHERE t.case_id = {row}.case_id AND t.kind = 'CONTACT' AND t.direction = 'INBOUND'
  ORDER BY t.occurred_at DESC, t.entry_id DESC LIMIT 1
) AS l ON true
LEFT JOIN LATERAL (
  SELECT array_agg(DISTINCT t.class) AS found FROM timeline AS t
  WHERE t.case_id = {row}.case_id AND t.kind = 'CONTACT' AND t.direction = 'INBOUND' AND t.class IS NOT NULL
) AS f ON true
LEFT JOIN incident_cases AS ic ON ic.case_id = {row}.case_id
LEFT JOIN incidents AS i ON i.incident_id = ic.incident_id

-- name: situations_of_cases
SELECT c.case_id, c.brand, c.priority, c.tags, s.*
FROM cases AS c CROSS JOIN LATERAL ({situation}) AS s
WHERE c.case_id = ANY($1::uuid[]);

-- name: told_in_cases
-- What the customer said and colleagues wrote down last in each case, and what gestures refer to: $2 entries of each at the
-- most, $3 characters of each. What a customer only quoted may be our own example of what we asked for.
SELECT asked.case_id, e.said, e.reference_kind
FROM unnest($1::uuid[]) AS asked (case_id)
CROSS JOIN LATERAL (
  SELECT left(concat_ws(E'\n', t.subject, f.filled, coalesce(c.visible_text, t.text)), $3) AS said, t.reference ->> 'kind' AS reference_kind
  FROM timeline AS t
  LEFT JOIN contact_contents AS c ON c.entry_id = t.entry_id
  LEFT JOIN LATERAL (
    SELECT string_agg(e.value ->> 'value', E'\n') AS filled FROM jsonb_array_elements(c.fields) AS e
  ) AS f ON true
  WHERE t.case_id = asked.case_id
    AND (t.kind = 'NOTE' OR (t.kind = 'CONTACT' AND t.direction = 'INBOUND') OR t.reference IS NOT NULL)
  ORDER BY t.occurred_at DESC, t.entry_id DESC LIMIT $2
) AS e;
