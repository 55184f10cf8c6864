-- name: customers_by_id
SELECT customer_id, version, name, display_name, kind, state, language, preferred_channel, owner_id, partner_id, merged_into,
  merged_count, created_at, CASE WHEN merged_count = 0 THEN last_contact_at ELSE greatest(last_contact_at,
    (SELECT max(m.last_contact_at) FROM customers AS m WHERE m.merged_into = c.customer_id)) END AS last_contact_at
FROM customers AS c WHERE customer_id = ANY($1::uuid[]);

-- name: handles_of_customers
SELECT handle_id, customer_id, kind, value, written, masked, assurance, opted_out
FROM handles WHERE customer_id = ANY($1::uuid[])
ORDER BY customer_id, added_at, handle_id;

-- name: handles_by_id
SELECT handle_id, customer_id, kind, value, written, masked, assurance, opted_out
FROM handles WHERE handle_id = ANY($1::uuid[]);
