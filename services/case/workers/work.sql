-- name: erasures_to_do
SELECT request_id, customer_id FROM erasures WHERE status = 'APPROVED' ORDER BY requested_at, request_id LIMIT $1

-- name: cases_to_erase
SELECT case_id FROM cases WHERE customer_id = $1 AND NOT erased ORDER BY case_id LIMIT $2

-- name: contacts_of_customer
-- As the facts name them, so that one that was taken off a case is found as well.
SELECT DISTINCT (convert_from(e.clear, 'UTF8')::jsonb ->> 'contact_id')::uuid AS contact_id
FROM cases AS c JOIN es.events AS e ON e.stream_id = c.case_id
WHERE c.customer_id = $1 AND e.topic IN ('case.contact-attached.v1', 'case.reply-requested.v1')
ORDER BY contact_id

-- name: sealed_facts_of_customer
SELECT count(*) FROM es.events AS e
WHERE e.seals <> '[]'::bytea AND e.stream_id IN (
  SELECT $1::uuid
  UNION SELECT case_id FROM cases WHERE customer_id = $1
  UNION SELECT request_id FROM erasures WHERE customer_id = $1
)

-- name: last_gesture_at
SELECT max(requested_at) FROM timeline WHERE customer_id = $1 AND kind = 'GESTURE'

-- name: restrictions_over
SELECT restriction_id FROM restrictions WHERE lifted_at IS NULL AND until <= $1 ORDER BY until LIMIT $2
