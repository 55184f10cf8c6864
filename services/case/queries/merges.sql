-- name: members_of_customers
WITH RECURSIVE members AS (
  SELECT asked.id AS root_id, asked.id AS member_id FROM unnest($1::uuid[]) AS asked (id)
  UNION
  SELECT m.root_id, c.customer_id FROM customers AS c JOIN members AS m ON c.merged_into = m.member_id
)
SELECT root_id, member_id FROM members ORDER BY root_id, member_id <> root_id, member_id;

-- name: merges_by_id
SELECT merge_id, source_id, target_id, merged_at, merged_by_kind, merged_by_ref, reason, undone_at
FROM merges WHERE merge_id = ANY($1::uuid[]);

-- name: merges_of_customers
SELECT merge_id, source_id, target_id, merged_at, merged_by_kind, merged_by_ref, reason, undone_at
FROM merges WHERE source_id = ANY($1::uuid[]) OR target_id = ANY($1::uuid[])
ORDER BY merged_at DESC, merge_id;
