-- name: holders
-- Who holds these handles, for each of several askers: for sure first, so that no number of people who typed it can hide
-- them, then earliest first.
SELECT * FROM (
  SELECT asked.place, h.customer_id, h.handle_id, h.kind, h.value, h.assurance, h.added_at,
    row_number() OVER (
      PARTITION BY asked.place ORDER BY h.assurance = 'SELF_ASSERTED', h.added_at, h.handle_id
    ) AS rank
  FROM handles AS h
  JOIN unnest($1::int[], $2::text[], $3::text[]) AS asked (place, kind, value)
    ON (asked.kind, asked.value) = (h.kind, h.value)
) AS held
WHERE rank <= $4 ORDER BY place, rank

-- name: cases_to_place_in
SELECT c.case_id, c.customer_id, c.status, c.last_contact_at, c.resolved_at, c.subject
FROM unnest($1::uuid[]) AS asked (customer_id), LATERAL (
  SELECT * FROM cases WHERE cases.customer_id = asked.customer_id AND NOT erased
  ORDER BY last_contact_at DESC, case_id DESC LIMIT $2
) AS c
ORDER BY c.customer_id, c.last_contact_at DESC, c.case_id DESC

-- name: contacts_on_a_case
SELECT entry_id, case_id FROM timeline
WHERE entry_id = ANY($1::uuid[]) AND kind = 'CONTACT' AND case_id IS NOT NULL

-- name: streams_there_are
SELECT stream_id FROM es.streams WHERE stream_id = ANY($1::uuid[])

-- name: case_of_entry
SELECT case_id FROM timeline WHERE entry_id = $1

-- name: customer_of_note
SELECT stream_id FROM timeline WHERE entry_id = $1 AND kind = 'NOTE' AND case_id IS NULL

-- name: has_budget
SELECT EXISTS (
  SELECT FROM budgets AS b JOIN agents AS a ON a.agent_id = b.owner_id
  WHERE a.ref = $1 AND b.owner_kind = 'AGENT' AND b.currency = $2 AND b.open
)

-- name: duo_of
-- Of the customer as whom this one is shown: one that was merged may have been merged again.
WITH RECURSIVE up AS (
  SELECT c.merged_into, c.owner_id, c.partner_id FROM customers AS c WHERE c.customer_id = $1
  UNION ALL
  SELECT c.merged_into, c.owner_id, c.partner_id FROM customers AS c JOIN up ON c.customer_id = up.merged_into
)
SELECT owner_id, partner_id FROM up WHERE merged_into IS NULL

-- name: keeps_out
SELECT EXISTS (
  SELECT FROM customer_exclusions WHERE agent_id = $2 AND customer_id IN (SELECT shown_as_one($1))
)

-- name: payout_of_hold
SELECT case_id, gesture_id FROM payouts WHERE hold_id = $1

-- name: team_of_agent
SELECT team_ref FROM agents WHERE agent_id = $1

-- name: team_ref
SELECT t.ref FROM teams AS t
WHERE t.team_id = $1 AND EXISTS (SELECT FROM agents AS a WHERE a.team_ref = t.ref AND a.active)

-- name: customers_of_merge
SELECT source_id, target_id FROM merges WHERE merge_id = $1

-- name: customer_of_handle
SELECT customer_id FROM handles WHERE handle_id = $1

-- name: levels_below
-- Of organisations below each other, $2 at most, and below the lowest of them whoever else belongs to it.
WITH RECURSIVE below AS (
  SELECT one.customer_id, 0 AS levels FROM shown_as_one($1) AS one (customer_id)
  UNION
  SELECT one.customer_id, b.levels + 1
  FROM below AS b JOIN customers AS c ON c.organisation_id = b.customer_id AND c.kind = 'ORGANISATION',
    LATERAL shown_as_one(c.customer_id) AS one (customer_id)
  WHERE b.levels < $2
)
SELECT coalesce(max(b.levels + EXISTS (
  SELECT FROM customers AS c WHERE c.organisation_id = b.customer_id AND c.kind <> 'ORGANISATION'
)::int), 0) FROM below AS b

-- name: customer_of_restriction
SELECT customer_id FROM restrictions WHERE restriction_id = $1

-- name: account_in_use
SELECT channel, account, brand FROM channel_accounts WHERE account_id = $1 AND active

-- name: last_wrote_at
SELECT max(t.occurred_at) FROM handles AS h JOIN timeline AS t USING (customer_id, handle_id)
WHERE h.handle_id = $1 AND t.kind = 'CONTACT' AND t.direction = 'INBOUND' AND t.channel = $2 AND t.account = $3
  AND t.visibility = 'PRIVATE'

-- name: open_uploads
SELECT count(*) FROM attachments
WHERE case_id = $1 AND contact_id IS NULL AND state IN ('PENDING', 'READY', 'QUARANTINED')

-- name: next_case_numbers
SELECT nextval('case_numbers')::text AS number FROM generate_series(1, $1)

-- name: applied_configurations
SELECT origin, digest FROM applied_configurations

-- name: publication_above
-- From what is answered up to what that answers, until nothing is answered any more.
WITH RECURSIVE above AS (
  SELECT $1::uuid AS said_id
  UNION
  SELECT coalesce(m.in_reply_to, t.in_reply_to)
  FROM above AS a LEFT JOIN mentions AS m ON m.mention_id = a.said_id LEFT JOIN timeline AS t ON t.entry_id = a.said_id
  WHERE m.in_reply_to IS NOT NULL OR t.in_reply_to IS NOT NULL
)
SELECT found.asks_community, a.said_id = $1::uuid AS itself
FROM above AS a CROSS JOIN LATERAL (
  SELECT p.asks_community FROM publications AS p WHERE p.publication_id = a.said_id
  UNION ALL
  SELECT p.asks_community FROM publications AS p WHERE p.named_id = a.said_id
) AS found
LIMIT 1
