-- name: merge_proposals
-- Who shares something with one of the customers $1 by which people can be told; each way finds $2 at most. Who is erased,
-- or is shown as one of them already, or was parted from one of them, is left out; who was merged is found as whom they
-- are shown.
WITH RECURSIVE own AS (
  SELECT h.customer_id, h.kind, h.value, h.assurance FROM handles AS h WHERE h.customer_id = ANY ($1::uuid[])
), sought AS (
  -- One number is one person's by telephone and by WhatsApp.
  SELECT o.kind, o.value, o.assurance FROM own AS o
  UNION ALL
  SELECT CASE o.kind WHEN 'PHONE' THEN 'WHATSAPP' ELSE 'PHONE' END, o.value, o.assurance FROM own AS o
  WHERE o.kind IN ('PHONE', 'WHATSAPP') AND o.value LIKE '+%'
), claimed AS (
  SELECT c.kind, c.value FROM handle_claims AS c WHERE c.customer_id = ANY ($1::uuid[])
  UNION ALL
  SELECT CASE c.kind WHEN 'PHONE' THEN 'WHATSAPP' ELSE 'PHONE' END, c.value FROM handle_claims AS c
  WHERE c.customer_id = ANY ($1::uuid[]) AND c.kind IN ('PHONE', 'WHATSAPP') AND c.value LIKE '+%'
), hit AS (
  (SELECT h.customer_id, CASE
      WHEN h.kind IN ('PHONE', 'WHATSAPP') THEN 'SAME_PHONE_SELF_ASSERTED'
      WHEN h.kind = 'EMAIL' THEN 'SAME_EMAIL_SELF_ASSERTED'
      ELSE 'SAME_HANDLE_SELF_ASSERTED' END AS reason
   FROM sought AS s JOIN handles AS h ON (h.kind, h.value) = (s.kind, s.value)
   WHERE 'SELF_ASSERTED' IN (h.assurance, s.assurance) AND h.customer_id <> ALL ($1::uuid[])
   ORDER BY h.added_at, h.handle_id LIMIT $2)
  UNION ALL
  (SELECT h.customer_id, 'HANDLE_TAKEN' FROM claimed AS c
   JOIN handles AS h ON (h.kind, h.value) = (c.kind, c.value) AND h.assurance <> 'SELF_ASSERTED'
   ORDER BY h.added_at, h.handle_id LIMIT $2)
  UNION ALL
  (SELECT c.customer_id, 'HANDLE_TAKEN' FROM sought AS o
   JOIN handle_claims AS c ON (c.kind, c.value) = (o.kind, o.value)
   WHERE o.assurance <> 'SELF_ASSERTED' ORDER BY c.handle_id LIMIT $2)
  UNION ALL
  (SELECT x.customer_id, 'SAME_EXTERNAL_ID' FROM external_ids AS o
   JOIN external_ids AS x ON (x.system, x.value) = (o.system, o.value)
   WHERE o.customer_id = ANY ($1::uuid[]) AND x.customer_id <> ALL ($1::uuid[])
   ORDER BY x.learnt_at, x.external_id LIMIT $2)
), shown AS (
  SELECT h.customer_id AS found_id, c.customer_id, c.merged_into, c.state, h.reason
  FROM hit AS h JOIN customers AS c ON c.customer_id = h.customer_id
  UNION
  SELECT s.found_id, c.customer_id, c.merged_into, c.state, s.reason
  FROM shown AS s JOIN customers AS c ON c.customer_id = s.merged_into
), parted AS (
  -- From whom one of the customers was parted, as whomever those are shown since.
  SELECT c.customer_id, c.merged_into FROM merges AS m JOIN customers AS c ON c.customer_id IN (m.source_id, m.target_id)
  WHERE m.undone_at IS NOT NULL AND (m.source_id = ANY ($1::uuid[]) OR m.target_id = ANY ($1::uuid[]))
  UNION
  SELECT c.customer_id, c.merged_into FROM parted AS p JOIN customers AS c ON c.customer_id = p.merged_into
)
SELECT DISTINCT s.customer_id, s.reason FROM shown AS s
WHERE s.merged_into IS NULL AND s.state <> 'ERASED' AND s.customer_id <> ALL ($1::uuid[])
  AND s.customer_id NOT IN (SELECT p.customer_id FROM parted AS p);
