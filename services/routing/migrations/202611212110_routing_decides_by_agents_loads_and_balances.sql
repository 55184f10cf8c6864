-- What routing decides by. Every row follows from facts and is written in their transaction; all can be rebuilt.
CREATE TABLE agents (
  agent_id uuid PRIMARY KEY,
  ref text NOT NULL UNIQUE,
  active boolean NOT NULL,
  presence text NOT NULL,
  present_until timestamptz,
  capacity_units int NOT NULL CHECK (capacity_units >= 0),
  languages text[] NOT NULL,
  skills text[] NOT NULL,
  team_ref text,
  present_since timestamptz,
  roster text,                    -- JSON; null: presence alone tells
  duty_turns_at timestamptz,      -- when duty ends or begins next, by the roster
  hands_over boolean NOT NULL,    -- does not come back to the open cases, which go to others
  changed_tx xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX agents_by_change ON agents (changed_tx);
CREATE INDEX agents_by_turn_of_duty ON agents (duty_turns_at) WHERE duty_turns_at IS NOT NULL;
CREATE INDEX agents_by_end_of_presence ON agents (present_until) WHERE present_until IS NOT NULL;

-- Accounts of each new period are opened from these.
CREATE TABLE standing_grants (
  owner_kind text NOT NULL,
  owner_ref text NOT NULL,
  currency text NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
  period text NOT NULL,
  item_limit_minor bigint NOT NULL CHECK (item_limit_minor >= 0),
  carry_over_max_minor bigint NOT NULL CHECK (carry_over_max_minor >= 0),
  two_approvers_above_minor bigint CHECK (two_approvers_above_minor >= 0),  -- null: one is enough for any amount
  PRIMARY KEY (owner_kind, owner_ref, currency)
);

-- Cases as routing sees them. `weighs`: we are to move, so it counts in its agent's capacity. `held_for`: nobody has it,
-- it waits for that agent until `held_until` at the latest. `offered_to`: nobody has it, that agent is asked to take it.
-- `given_at`: a person said who has it; null: the rules did. `changed_tx`: the transaction that wrote the row as it is:
-- each router knows who carries what, and reads before it decides what it has not seen yet.
CREATE TABLE assignments (
  case_id uuid PRIMARY KEY,
  customer_id uuid NOT NULL,
  agent_id uuid,
  units int NOT NULL CHECK (units >= 0),
  weighs boolean NOT NULL,
  settled boolean NOT NULL,
  opened_at timestamptz NOT NULL,
  held_for uuid,
  held_until timestamptz,
  offered_to uuid,
  offered_until timestamptz,
  given_at timestamptz,
  changed_tx xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX assignments_by_change ON assignments (changed_tx);
CREATE INDEX assignments_by_agent ON assignments (agent_id, opened_at) INCLUDE (units) WHERE weighs;
CREATE INDEX assignments_by_opening ON assignments (opened_at);
CREATE INDEX assignments_held ON assignments (held_for) WHERE weighs AND held_for IS NOT NULL;
CREATE INDEX assignments_offered ON assignments (offered_to) INCLUDE (units) WHERE weighs AND offered_to IS NOT NULL;
CREATE INDEX assignments_of_nobody ON assignments (opened_at, case_id) WHERE weighs AND agent_id IS NULL;
CREATE INDEX assignments_of_customer ON assignments (customer_id, opened_at DESC) WHERE NOT settled;

-- The n-th case an agent got. Two routers that count on the same free capacity both want the same turn: one gets it.
CREATE TABLE turns (
  agent_id uuid NOT NULL,
  turn int NOT NULL,
  case_id uuid NOT NULL,
  decided_at timestamptz NOT NULL,
  changed_tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
  PRIMARY KEY (agent_id, turn)
);
CREATE INDEX turns_by_change ON turns (changed_tx);

CREATE TABLE duos (customer_id uuid PRIMARY KEY, owner_id uuid NOT NULL, partner_id uuid);
-- Customers who are shown as others, and who owns them together.
CREATE TABLE joined (customer_id uuid PRIMARY KEY, target_id uuid NOT NULL);
CREATE INDEX joined_by_target ON joined (target_id);
CREATE TABLE shared_duos (customer_id uuid PRIMARY KEY, owner_id uuid, partner_id uuid);
-- Who is not to handle a customer.
CREATE TABLE exclusions (customer_id uuid NOT NULL, agent_id uuid NOT NULL, PRIMARY KEY (customer_id, agent_id));
CREATE TABLE handled (
  customer_id uuid NOT NULL,
  agent_id uuid NOT NULL,
  handled_at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, agent_id)
);

-- What decisions read is planned once in each session, for all values and for tables of any size: to plan it anew each time,
-- as the server does where a plan for given values looks cheaper, takes three times as long as to carry it out.

-- Of a customer and all who are shown as the same one, tagged by what it is: the members, first the one as whom they are
-- shown; who owns each, and all together (`shared`); who has another open case of theirs, the latest case first; who was
-- in touch, and when last; who is not to handle them. Of most who write for the first time it is found out at once that
-- there is nothing. Who the members are stands here as in the query members_of: a function for both would cost a fifth more.
CREATE FUNCTION known_of(asked_customer uuid, asked_case uuid)
RETURNS TABLE (what text, customer_id uuid, agent_id uuid, partner_id uuid, at timestamptz)
LANGUAGE plpgsql STABLE ROWS 10 SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off
SET enable_mergejoin = off AS $$
#variable_conflict use_column
BEGIN
IF NOT EXISTS (SELECT FROM joined WHERE customer_id = asked_customer)
  AND NOT EXISTS (SELECT FROM joined WHERE target_id = asked_customer)
  AND NOT EXISTS (SELECT FROM duos WHERE customer_id = asked_customer)
  AND NOT EXISTS (SELECT FROM handled WHERE customer_id = asked_customer)
  AND NOT EXISTS (SELECT FROM exclusions WHERE customer_id = asked_customer)
  AND NOT EXISTS (
    SELECT FROM assignments
    WHERE customer_id = asked_customer AND NOT settled AND agent_id IS NOT NULL AND case_id <> asked_case
  )
THEN
  RETURN QUERY SELECT 'member'::text, asked_customer, NULL::uuid, NULL::uuid, NULL::timestamptz;
  RETURN;
END IF;
RETURN QUERY
WITH RECURSIVE up AS (
  SELECT asked_customer AS customer_id, 0 AS steps
  UNION ALL
  SELECT j.target_id, up.steps + 1 FROM joined j JOIN up ON j.customer_id = up.customer_id
),
members AS (
  (SELECT customer_id, 0 AS depth FROM up ORDER BY steps DESC LIMIT 1)
  UNION ALL
  SELECT j.customer_id, m.depth + 1 FROM joined j JOIN members m ON j.target_id = m.customer_id
),
met AS (
  SELECT agent_id, max(handled_at) AS at FROM handled WHERE customer_id IN (SELECT customer_id FROM members)
  GROUP BY agent_id
)
(SELECT 'member'::text AS what, customer_id, NULL::uuid AS agent_id, NULL::uuid AS partner_id, NULL::timestamptz AS at
 FROM members ORDER BY depth, customer_id)
UNION ALL
SELECT 'claim', d.customer_id, d.owner_id, d.partner_id, met.at
FROM duos d LEFT JOIN met ON met.agent_id = d.owner_id WHERE d.customer_id IN (SELECT customer_id FROM members)
UNION ALL
SELECT 'shared', s.customer_id, s.owner_id, s.partner_id, met.at
FROM shared_duos s LEFT JOIN met ON met.agent_id = s.owner_id
WHERE s.customer_id = (SELECT customer_id FROM members WHERE depth = 0) AND s.owner_id IS NOT NULL
  AND (SELECT count(*) FROM members) > 1
UNION ALL
(SELECT 'open', a.customer_id, a.agent_id, NULL, a.opened_at FROM assignments a
 WHERE a.customer_id IN (SELECT customer_id FROM members) AND NOT a.settled AND a.agent_id IS NOT NULL
   AND a.case_id <> asked_case
 ORDER BY a.opened_at DESC, a.case_id LIMIT 10)
UNION ALL
(SELECT 'met', NULL, met.agent_id, NULL, met.at FROM met ORDER BY met.at DESC LIMIT 100)
UNION ALL
SELECT 'excluded', e.customer_id, e.agent_id, NULL, NULL
FROM exclusions e WHERE e.customer_id IN (SELECT customer_id FROM members);
END
$$;

-- Who is there, the cases that weigh with whoever carries them, everybody's last turns, as far as they were committed after
-- that moment; and of what moment this is. `number` of a case: null where it weighs no longer. What a restored database has
-- from beyond its own present is left out: it was there from the start.
CREATE FUNCTION crew_since(known text)
RETURNS TABLE (what text, case_id uuid, agent_id uuid, offered_to uuid, held_for uuid, number int, at timestamptz,
  moment text, tables text)
LANGUAGE plpgsql STABLE STRICT SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE since pg_snapshot := known::pg_snapshot;
BEGIN
RETURN QUERY
SELECT 'as of'::text AS what, NULL::uuid AS case_id, NULL::uuid AS agent_id, NULL::uuid AS offered_to, NULL::uuid AS held_for,
  NULL::int AS number, NULL::timestamptz AS at, pg_current_snapshot()::text AS moment,
  concat_ws(' ', 'agents'::regclass::oid, 'assignments'::regclass::oid, 'turns'::regclass::oid) AS tables
UNION ALL
SELECT 'agent', NULL, agent_id, NULL, NULL, NULL, NULL, NULL, NULL FROM agents
WHERE changed_tx >= pg_snapshot_xmin(since) AND changed_tx < pg_snapshot_xmax(pg_current_snapshot())
  AND NOT pg_visible_in_snapshot(changed_tx, since)
UNION ALL
SELECT 'case', case_id, agent_id, offered_to, held_for, CASE WHEN weighs THEN units END, NULL, NULL, NULL FROM assignments
WHERE changed_tx >= pg_snapshot_xmin(since) AND changed_tx < pg_snapshot_xmax(pg_current_snapshot())
  AND NOT pg_visible_in_snapshot(changed_tx, since)
UNION ALL
SELECT 'turn', NULL, agent_id, NULL, NULL, turn, decided_at, NULL, NULL FROM turns
WHERE changed_tx >= pg_snapshot_xmin(since) AND changed_tx < pg_snapshot_xmax(pg_current_snapshot())
  AND NOT pg_visible_in_snapshot(changed_tx, since);
END
$$;

-- The second line of defence of the ledger: its rows are kept by sums of their own, not by what the account says it
-- has left, and no hold is placed that does not fit (statement place_hold). A cut may leave less than nothing free.
CREATE TABLE budget_balances (
  account_id uuid PRIMARY KEY,
  owner_kind text NOT NULL,
  owner_ref text NOT NULL,
  currency text NOT NULL,
  period text NOT NULL,
  period_start timestamptz NOT NULL,
  period_end timestamptz NOT NULL,
  granted_minor bigint NOT NULL CHECK (granted_minor >= 0),
  item_limit_minor bigint NOT NULL CHECK (item_limit_minor >= 0),
  reserved_minor bigint NOT NULL DEFAULT 0 CHECK (reserved_minor >= 0),
  spent_minor bigint NOT NULL DEFAULT 0 CHECK (spent_minor >= 0),
  cut_minor bigint NOT NULL DEFAULT 0 CHECK (cut_minor >= 0),
  open boolean NOT NULL DEFAULT true,
  CONSTRAINT never_overspent CHECK (reserved_minor + spent_minor <= granted_minor + cut_minor)
);
CREATE INDEX budget_balances_by_end ON budget_balances (period_end) WHERE open;

-- What is set aside and not being paid out, until it is settled, or expired and its case told so.
CREATE TABLE open_holds (hold_id uuid PRIMARY KEY, gesture_id uuid NOT NULL, expires_at timestamptz NOT NULL);
CREATE INDEX open_holds_by_end ON open_holds (expires_at);
