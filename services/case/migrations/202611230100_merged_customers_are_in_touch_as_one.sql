-- When a customer, or anybody who is shown as it, was last in touch: who was merged may have been merged into before.
CREATE FUNCTION last_contact_of(customer uuid) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  WITH RECURSIVE members AS (
    SELECT c.customer_id, c.last_contact_at FROM customers AS c WHERE c.customer_id = $1
    UNION
    SELECT c.customer_id, c.last_contact_at FROM customers AS c JOIN members AS m ON c.merged_into = m.customer_id
  )
  SELECT max(last_contact_at) FROM members
$$;
