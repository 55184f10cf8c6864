-- name: insert_customer
-- Without a name a customer is called by a pseudonym, until a handle is known.
INSERT INTO customers (customer_id, version, name, display_name, kind, state, created_at)
VALUES ($1, $2, $3, coalesce($3, $4), $5, 'ACTIVE', $6)

-- name: name_customer
UPDATE customers SET version = $2, name = $3, display_name = $3 WHERE customer_id = $1

-- name: know_customer_by
-- The first handle is better to read than a pseudonym.
UPDATE customers
SET version = $2, display_name = CASE WHEN display_name = $4 THEN $3 ELSE display_name END
WHERE customer_id = $1

-- name: set_customer_version
UPDATE customers SET version = $2 WHERE customer_id = $1

-- name: customer_was_in_touch
UPDATE customers SET last_contact_at = greatest(last_contact_at, $2) WHERE customer_id = $1

-- name: insert_handle
INSERT INTO handles (handle_id, customer_id, kind, value, written, masked, assurance, added_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: raise_handle
UPDATE handles SET assurance = $2 WHERE handle_id = $1

-- name: exclude_agent
INSERT INTO customer_exclusions (customer_id, agent_id, reason) VALUES ($1, $2, $3)

-- name: readmit_agent
DELETE FROM customer_exclusions WHERE customer_id = $1 AND agent_id = $2
