-- name: customers_by_id
SELECT customer_id, version, name, display_name, kind, state, language, time_zone, preferred_channel, organisation_id,
  attributes::text AS attributes, owner_id, partner_id, merged_into, merged_count, created_at,
  CASE WHEN merged_count = 0 THEN last_contact_at ELSE last_contact_of(customer_id) END AS last_contact_at
FROM customers WHERE customer_id = ANY($1::uuid[]);

-- name: handles_of_customers
SELECT handle_id, customer_id, kind, value, written, masked, assurance, opted_out
FROM handles WHERE customer_id = ANY($1::uuid[])
ORDER BY customer_id, added_at, handle_id;

-- name: handles_by_id
SELECT handle_id, customer_id, kind, value, written, masked, assurance, opted_out
FROM handles WHERE handle_id = ANY($1::uuid[]);

-- name: customers_search
-- By words of a name or of what was said ($1, a tsquery), by an address in one of its normal forms ($2) or by a case's
-- number ($3); who was merged is found as whom they are shown. The latest contact first, from behind ($4, $5) on.
WITH RECURSIVE hit AS (
  (SELECT customer_id FROM customers
   WHERE $1::text IS NOT NULL AND to_tsvector('simple', coalesce(name, '')) @@ to_tsquery('simple', $1) LIMIT 1000)
  UNION ALL
  (SELECT customer_id FROM timeline
   WHERE $1::text IS NOT NULL AND text IS NOT NULL AND to_tsvector('simple', text) @@ to_tsquery('simple', $1) LIMIT 1000)
  UNION ALL
  (SELECT customer_id FROM handles WHERE value = ANY ($2::text[]) LIMIT 1000)
  UNION ALL
  SELECT customer_id FROM cases WHERE number = $3
), shown AS (
  SELECT c.customer_id, c.merged_into FROM customers AS c WHERE c.customer_id IN (SELECT customer_id FROM hit)
  UNION
  SELECT c.customer_id, c.merged_into FROM shown AS s JOIN customers AS c ON c.customer_id = s.merged_into
), found AS (
  SELECT c.customer_id, coalesce(
    CASE WHEN c.merged_count = 0 THEN c.last_contact_at ELSE last_contact_of(c.customer_id) END, c.created_at
  ) AS at
  FROM customers AS c WHERE c.customer_id IN (SELECT customer_id FROM shown WHERE merged_into IS NULL)
)
SELECT customer_id, at FROM found WHERE $4::timestamptz IS NULL OR (at, customer_id) < ($4, $5::uuid)
ORDER BY at DESC, customer_id DESC LIMIT $6;

-- name: external_ids_of_customers
SELECT external_id, customer_id, system, value, url FROM external_ids WHERE customer_id = ANY($1::uuid[])
ORDER BY customer_id, learnt_at, external_id;

-- name: customer_of_external_id
-- Whom the system has called so for longest.
SELECT customer_id FROM external_ids WHERE system = $1 AND value = $2 ORDER BY learnt_at, external_id LIMIT 1;
