-- name: last_position
SELECT coalesce(max(position), 0) FROM es.log;

-- name: case_exists
SELECT EXISTS (SELECT FROM cases WHERE case_id = $1::uuid);

-- name: customer_exists
SELECT EXISTS (SELECT FROM customers WHERE customer_id = $1::uuid);

-- name: positions_of
-- The places in the log of facts named by stream and version; those not sequenced yet are missing.
SELECT l.stream_id, l.version, l.position
FROM unnest($1::uuid[], $2::bigint[]) AS asked (stream_id, version)
JOIN es.log AS l ON (l.stream_id, l.version) = (asked.stream_id, asked.version);

-- name: changes
-- What the facts after a position meant to the desk, in order. A case's assignee and status before and after a fact are read
-- off its timeline, so that re-reading the past tells the same as having listened.
SELECT l.position, l.stream_id, l.version, e.topic, convert_from(e.meta, 'UTF8')::json ->> 'traceparent' AS traceparent,
  c.case_id, whole.customer_id,
  coalesce(
    (SELECT t.entry_id FROM timeline AS t
     WHERE t.case_id = c.case_id AND t.stream_id = l.stream_id AND t.version = l.version
     ORDER BY t.entry_id LIMIT 1),
    -- Of what is on a customer's own record nothing but notes stands on the timeline.
    (SELECT t.entry_id FROM timeline AS t
     WHERE e.topic = 'customer.note-added.v1' AND t.customer_id = u.customer_id AND t.kind = 'NOTE' AND t.case_id IS NULL
       AND t.stream_id = l.stream_id AND t.version = l.version)
  ) AS entry_id,
  before_.agent_id AS agent_before, after_.agent_id AS agent_after, coalesce(before_.offered, false) AS offered_before,
  ARRAY(SELECT v.audience FROM viewer_events AS v WHERE (v.stream_id, v.version) = (l.stream_id, l.version)) AS audiences,
  coalesce(was.case_status, 'OPEN') AS status_before, coalesce(became.case_status, 'OPEN') AS status_after
FROM es.log AS l
JOIN es.events AS e ON (e.stream_id, e.version) = (l.stream_id, l.version)
LEFT JOIN cases AS c ON c.case_id = l.stream_id
LEFT JOIN customers AS u ON u.customer_id = l.stream_id
LEFT JOIN LATERAL (
  -- As whom the customer is shown, who follows whom is told.
  WITH RECURSIVE up AS (
    SELECT o.customer_id, o.merged_into FROM customers AS o WHERE o.customer_id = coalesce(c.customer_id, u.customer_id)
    UNION ALL
    SELECT o.customer_id, o.merged_into FROM customers AS o JOIN up ON o.customer_id = up.merged_into
  )
  SELECT up.customer_id FROM up WHERE up.merged_into IS NULL
) AS whole ON true
LEFT JOIN LATERAL (
  -- Who is asked to take a case sees it, too.
  SELECT coalesce(t.agent_id, o.agent_id) AS agent_id, o.agent_id IS NOT NULL AS offered
  FROM timeline AS t LEFT JOIN offers AS o ON o.offer_id = t.entry_id
  WHERE t.case_id = c.case_id AND t.kind = 'ASSIGNMENT' AND t.stream_id = l.stream_id AND t.version < l.version
  ORDER BY t.version DESC LIMIT 1
) AS before_ ON true
LEFT JOIN LATERAL (
  SELECT coalesce(t.agent_id, o.agent_id) AS agent_id
  FROM timeline AS t LEFT JOIN offers AS o ON o.offer_id = t.entry_id
  WHERE t.case_id = c.case_id AND t.kind = 'ASSIGNMENT' AND t.stream_id = l.stream_id AND t.version <= l.version
  ORDER BY t.version DESC LIMIT 1
) AS after_ ON true
LEFT JOIN LATERAL (
  SELECT t.case_status FROM timeline AS t
  WHERE t.case_id = c.case_id AND t.kind = 'STATUS_CHANGE' AND t.stream_id = l.stream_id AND t.version < l.version
  ORDER BY t.version DESC LIMIT 1
) AS was ON true
LEFT JOIN LATERAL (
  SELECT t.case_status FROM timeline AS t
  WHERE t.case_id = c.case_id AND t.kind = 'STATUS_CHANGE' AND t.stream_id = l.stream_id AND t.version <= l.version
  ORDER BY t.version DESC LIMIT 1
) AS became ON true
WHERE l.position > $1 AND l.position <= $2 AND {where}
ORDER BY l.position
LIMIT $3;

-- name: changes_of_anybody
true

-- name: changes_of_case
l.stream_id = $4::uuid

-- name: changes_of_customer
-- Who was merged into another is told so, by the fact of their own record.
(whole.customer_id = $4::uuid OR l.stream_id = $4::uuid) AND (l.stream_id = $4::uuid OR l.stream_id IN (
  WITH RECURSIVE members AS (
    SELECT $4::uuid AS customer_id
    UNION
    SELECT o.customer_id FROM customers AS o JOIN members AS m ON o.merged_into = m.customer_id
  )
  SELECT customer_id FROM members
  UNION ALL
  SELECT s.case_id FROM cases AS s JOIN members AS m ON m.customer_id = s.customer_id
))

-- name: changes_of_agent
l.stream_id IN (
  SELECT t.case_id FROM timeline AS t WHERE t.kind = 'ASSIGNMENT' AND t.agent_id = $4::uuid
  UNION ALL
  SELECT o.case_id FROM offers AS o WHERE o.agent_id = $4::uuid
)

-- name: changes_of_viewer
(l.stream_id, l.version) IN (
  SELECT v.stream_id, v.version FROM viewer_events AS v WHERE v.audience = ANY($4::uuid[])
)

-- name: checkpoint_covering
SELECT note FROM es.signed_checkpoints WHERE size >= $1 ORDER BY size LIMIT 1
