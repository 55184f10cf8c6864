-- name: erasure_columns
-- What a request for erasure consists of; the statements below begin with it. `receipt_position`: once it is sequenced.
SELECT e.request_id, e.customer_id, e.ground, e.status, e.requested_by_kind, e.requested_by_ref, e.requested_at,
  e.expires_at, e.erased_at, e.events, e.keys_destroyed, e.stores_purged, e.retained::text, e.key_backups_expire_at,
  l.position AS receipt_position
FROM erasures AS e LEFT JOIN es.log AS l ON l.stream_id = e.request_id AND l.version = e.executed_version

-- name: erasures_by_id
WHERE e.request_id = ANY($1::uuid[]);

-- name: erasures_to_approve
-- What waits for a second person, oldest first, after the key ($1, $2). Of a customer who is gone nothing waits.
WHERE e.status = 'REQUESTED'
  AND ($1::timestamptz IS NULL OR (e.requested_at, e.request_id) > ($1::timestamptz, $2::uuid))
  AND NOT EXISTS (SELECT FROM customers AS c WHERE c.customer_id = e.customer_id AND c.state = 'ERASED')
ORDER BY e.requested_at, e.request_id LIMIT $3;

-- name: erasures_to_approve_count
SELECT count(*) FROM erasures AS e
WHERE e.status = 'REQUESTED'
  AND NOT EXISTS (SELECT FROM customers AS c WHERE c.customer_id = e.customer_id AND c.state = 'ERASED');

-- name: restrictions_of_customers
SELECT restriction_id, customer_id, kind, since, until, placed_by_kind, placed_by_ref, reason, lifted_at
FROM restrictions WHERE customer_id = ANY($1::uuid[]) AND lifted_at IS NULL
ORDER BY customer_id, since, restriction_id;

-- name: restrictions_by_id
SELECT restriction_id, customer_id, kind, since, until, placed_by_kind, placed_by_ref, reason, lifted_at
FROM restrictions WHERE restriction_id = ANY($1::uuid[]);
