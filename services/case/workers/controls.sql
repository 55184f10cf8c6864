-- name: gestures_to_look_at
SELECT g.gesture_id, g.case_id, g.agent_ref, g.approver_ref, g.given_at, t.currency
FROM gesture_controls AS g JOIN timeline AS t ON t.entry_id = g.gesture_id
WHERE g.looked_at IS NULL ORDER BY g.given_at, g.gesture_id LIMIT $1

-- name: figures_of_agent
-- What the agent $1 gave up to $2: within the hour since $3, and since $4 close below (above $5 percent of) the item
-- limit of the account that paid, where that is the agent's own and the gesture $6 is so itself.
WITH given AS (
  SELECT g.gesture_id, g.given_at,
    b.owner_kind = 'AGENT' AND t.amount_minor * 100 > b.item_limit_minor * $5::bigint AS near_limit
  FROM gesture_controls AS g JOIN timeline AS t ON t.entry_id = g.gesture_id
    LEFT JOIN budgets AS b ON b.account_id = t.budget_id
  WHERE g.agent_ref = $1 AND g.given_at <= $2 AND g.given_at > least($3::timestamptz, $4)
)
SELECT count(*) FILTER (WHERE given_at > $3) AS in_hour,
  CASE WHEN bool_or(near_limit AND gesture_id = $6)
    THEN count(*) FILTER (WHERE near_limit AND given_at > $4) ELSE 0 END AS near_limit
FROM given

-- name: figures_of_customer
-- What the customer of gesture $1, and whoever is shown as the same one, got up to $2: from the same agent since $3,
-- and from everybody since $4 in the same currency, less what came back.
WITH this AS (
  SELECT g.agent_ref, g.approver_ref, t.customer_id, t.currency
  FROM gesture_controls AS g JOIN timeline AS t ON t.entry_id = g.gesture_id WHERE g.gesture_id = $1
), members AS (
  SELECT shown_as_one(customer_id) AS customer_id FROM this
), given AS (
  SELECT g.agent_ref, g.given_at, t.currency, t.amount_minor - coalesce(p.returned_minor, 0) AS minor
  FROM members AS m JOIN timeline AS t ON t.customer_id = m.customer_id AND t.kind = 'GESTURE'
    JOIN gesture_controls AS g ON g.gesture_id = t.entry_id LEFT JOIN payouts AS p ON p.gesture_id = t.entry_id
  WHERE g.given_at <= $2 AND g.given_at > least($3::timestamptz, $4)
)
SELECT
  (SELECT count(*) FROM given, this WHERE given.agent_ref = this.agent_ref AND given_at > $3) AS same_customer,
  (SELECT coalesce(sum(minor), 0)::bigint FROM given, this
   WHERE given.currency = this.currency AND given_at > $4) AS customer_minor,
  EXISTS (
    SELECT FROM members AS m JOIN handles AS h ON h.customer_id = m.customer_id AND h.kind = 'EMAIL'
      JOIN agents AS a ON lower(a.email) = lower(h.value)
      JOIN this ON a.ref IN (this.agent_ref, this.approver_ref)
  ) AS own_handle

-- name: figures_of_pair
-- Approvals between the agent $1 and the approver $3 (NULL: nobody had to say yes) up to $2 and since $4.
SELECT count(*) FILTER (WHERE agent_ref = $1 AND approver_ref = $3::text) AS approved,
  count(*) FILTER (WHERE agent_ref = $3 AND approver_ref = $1) AS approved_back,
  count(*) FILTER (WHERE NOT (agent_ref IN ($1, $3) AND approver_ref IN ($1, $3))) AS approved_elsewhere
FROM gesture_controls
WHERE given_at <= $2 AND given_at > $4 AND approver_ref IS NOT NULL AND $3 IS NOT NULL
  AND (agent_ref IN ($1, $3) OR approver_ref IN ($1, $3))
