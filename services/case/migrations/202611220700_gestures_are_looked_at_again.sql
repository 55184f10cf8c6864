-- Gestures that were given, and what was seen of them afterwards. `looked_at` null: the controls have not run yet.
CREATE TABLE gesture_controls (
  gesture_id uuid PRIMARY KEY,
  case_id uuid NOT NULL,
  agent_ref text NOT NULL,
  approver_ref text,               -- who made it good
  approver_refs text[] NOT NULL DEFAULT '{}',  -- everybody who said yes
  given_at timestamptz NOT NULL,
  looked_at timestamptz,
  sampled boolean NOT NULL DEFAULT false,
  signs text[] NOT NULL DEFAULT '{}',
  outcome text,
  reason text,
  reviewed_by_kind text,
  reviewed_by_ref text,
  reviewed_at timestamptz
);
CREATE INDEX gesture_controls_to_do ON gesture_controls (given_at, gesture_id) WHERE looked_at IS NULL;
CREATE INDEX gesture_controls_to_read ON gesture_controls (given_at, gesture_id) WHERE sampled OR signs <> '{}';
CREATE INDEX gesture_controls_of_agent ON gesture_controls (agent_ref, given_at);
CREATE INDEX gesture_controls_of_approver ON gesture_controls (approver_ref, given_at) WHERE approver_ref IS NOT NULL;

CREATE INDEX timeline_of_gestures ON timeline (customer_id, requested_at) WHERE kind = 'GESTURE';
CREATE INDEX gesture_controls_by_time ON gesture_controls (given_at);

-- Everybody who is shown as the same one as a customer, the customer included.
CREATE FUNCTION shown_as_one(customer uuid) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
  WITH RECURSIVE up AS (
    SELECT c.customer_id, c.merged_into FROM customers AS c WHERE c.customer_id = $1
    UNION
    SELECT c.customer_id, c.merged_into FROM customers AS c JOIN up ON c.customer_id = up.merged_into
  ), members AS (
    SELECT customer_id FROM up WHERE merged_into IS NULL
    UNION
    SELECT c.customer_id FROM customers AS c JOIN members AS m ON c.merged_into = m.customer_id
  )
  SELECT customer_id FROM members
$$;

-- When a case was resolved for the first time, and when it was opened again the first time after that.
CREATE FUNCTION first_end_of(of_case uuid, OUT ended_at timestamptz, OUT reopened_at timestamptz)
LANGUAGE sql STABLE AS $$
  SELECT e.ended_at, (
    SELECT min(s.occurred_at) FROM timeline AS s
    WHERE s.case_id = $1 AND s.kind = 'STATUS_CHANGE' AND s.case_status <> 'RESOLVED' AND s.occurred_at > e.ended_at
  )
  FROM (
    SELECT min(t.occurred_at) AS ended_at FROM timeline AS t
    WHERE t.case_id = $1 AND t.kind = 'STATUS_CHANGE' AND t.case_status = 'RESOLVED'
  ) AS e
$$;
