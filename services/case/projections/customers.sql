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

-- name: describe_customer
UPDATE customers
SET version = $2, kind = $3, name = $4, language = $5, time_zone = $6, preferred_channel = $7, organisation_id = $8,
  attributes = $9::jsonb
WHERE customer_id = $1

-- name: call_customer
-- By the name, else by the first address, else by a pseudonym.
UPDATE customers
SET display_name = coalesce(name,
  (SELECT h.masked FROM handles AS h WHERE h.customer_id = $1 ORDER BY h.added_at, h.handle_id LIMIT 1), $2)
WHERE customer_id = $1

-- name: delete_handle
DELETE FROM handles WHERE handle_id = $1

-- name: insert_handle_claim
INSERT INTO handle_claims (handle_id, customer_id, kind, value) VALUES ($1, $2, $3, $4)

-- name: upsert_external_id
INSERT INTO external_ids (external_id, customer_id, system, value, url, learnt_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (external_id) DO UPDATE SET url = excluded.url

-- name: insert_customer_note_entry
INSERT INTO timeline (kind, entry_id, customer_id, stream_id, version, recorded_at, actor_kind, actor_ref,
  occurred_at, text, text_state, pinned)
VALUES ('NOTE', $1, $2, $3, $4, $5, $6, $7, $5, $8, $9, $10)

-- name: handle_consent
UPDATE handles SET opted_out = $2 WHERE handle_id = $1
