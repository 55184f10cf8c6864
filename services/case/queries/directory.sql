-- name: holders
-- Who holds these handles: for sure first, so that no number of people who typed it can hide them, then earliest first.
SELECT h.customer_id, h.handle_id, h.kind, h.value, h.assurance, h.added_at
FROM handles AS h
JOIN unnest($1::text[], $2::text[]) AS asked (kind, value) ON (asked.kind, asked.value) = (h.kind, h.value)
ORDER BY h.assurance = 'SELF_ASSERTED', h.added_at, h.handle_id
LIMIT $3

-- name: cases_to_place_in
SELECT case_id, customer_id, status, last_contact_at, resolved_at, subject FROM cases
WHERE customer_id = $1 AND NOT erased ORDER BY last_contact_at DESC, case_id DESC LIMIT $2

-- name: contact_on_a_case
SELECT entry_id, case_id FROM timeline
WHERE entry_id = $1 AND kind = 'CONTACT' AND case_id IS NOT NULL

-- name: case_of_entry
SELECT case_id FROM timeline WHERE entry_id = $1

-- name: has_budget
SELECT EXISTS (
  SELECT FROM budgets AS b JOIN agents AS a ON a.agent_id = b.owner_id
  WHERE a.ref = $1 AND b.owner_kind = 'AGENT' AND b.currency = $2 AND b.open
)

-- name: duo_of
SELECT shown.owner_id, shown.partner_id FROM customers AS asked
JOIN customers AS shown ON shown.customer_id = coalesce(asked.merged_into, asked.customer_id)
WHERE asked.customer_id = $1

-- name: payout_of_hold
SELECT case_id, gesture_id FROM payouts WHERE hold_id = $1

-- name: team_of_agent
SELECT team_ref FROM agents WHERE agent_id = $1

-- name: team_ref
SELECT ref FROM teams WHERE team_id = $1

-- name: customers_of_merge
SELECT source_id, target_id FROM merges WHERE merge_id = $1

-- name: customer_of_handle
SELECT customer_id FROM handles WHERE handle_id = $1

-- name: has_members
SELECT EXISTS (SELECT FROM customers WHERE organisation_id = $1)

-- name: customer_of_restriction
SELECT customer_id FROM restrictions WHERE restriction_id = $1

-- name: account_in_use
SELECT channel, account, brand FROM channel_accounts WHERE account_id = $1 AND active

-- name: last_wrote_at
SELECT max(t.occurred_at) FROM handles AS h JOIN timeline AS t USING (customer_id, handle_id)
WHERE h.handle_id = $1 AND t.kind = 'CONTACT' AND t.direction = 'INBOUND' AND t.channel = $2 AND t.account = $3
  AND t.visibility = 'PRIVATE'

-- name: next_case_number
SELECT nextval('case_numbers')::text

-- name: applied_configurations
SELECT origin, digest FROM applied_configurations
