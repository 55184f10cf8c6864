-- name: agents_by_id
SELECT agent_id, ref, kind, display_name, email, presence, capacity_units, load_units, active, languages, skills, team_ref,
  on_duty_until, next_duty_at, roster
FROM agents WHERE agent_id = ANY($1::uuid[]);

-- name: agent_by_ref
SELECT agent_id, ref, kind, display_name, email, presence, capacity_units, load_units, active, languages, skills, team_ref,
  on_duty_until, next_duty_at, roster
FROM agents WHERE ref = $1;

-- name: agent_has_left
SELECT 1 FROM agents WHERE ref = $1 AND NOT active;

-- name: agents_page
-- Active ones by name; the key of the page is (display_name, agent_id).
SELECT agent_id, ref, kind, display_name, email, presence, capacity_units, load_units, active, languages, skills, team_ref,
  on_duty_until, next_duty_at, roster
FROM agents
WHERE active AND ($1::text IS NULL OR (display_name, agent_id) > ($1::text, $2::uuid))
ORDER BY display_name, agent_id
LIMIT $3;

-- name: agents_count
SELECT count(*) FROM agents WHERE active;

-- name: open_cases_of_agents
-- How many cases each has where the matter is not settled.
SELECT assignee_id AS agent_id, count(*)::int AS open_cases
FROM cases WHERE assignee_id = ANY($1::uuid[]) AND status <> 'RESOLVED'
GROUP BY assignee_id;

-- name: loads_of_agents
-- How many cases each has, or is asked to take, where we are to move, by the channel they began on.
SELECT w.agent_id, w.channel, count(*)::int AS cases FROM (
  SELECT c.assignee_id AS agent_id, c.channels[1] AS channel FROM cases AS c
  WHERE c.assignee_id = ANY($1::uuid[])
    AND (c.status = 'OPEN' OR (c.status = 'WAITING' AND c.waiting_for IN ('COLLEAGUE', 'APPROVAL')))
  UNION ALL
  SELECT o.agent_id, c.channels[1] FROM offers AS o JOIN cases AS c ON c.case_id = o.case_id
  WHERE o.agent_id = ANY($1::uuid[]) AND o.open
) AS w GROUP BY w.agent_id, w.channel;

-- name: teams_by_ref
SELECT team_id, ref, name FROM teams WHERE ref = ANY($1::text[]);

-- name: teams_by_id
SELECT team_id, ref, name FROM teams WHERE team_id = ANY($1::uuid[]);

-- name: staff_by_ref
SELECT ref, name, roles FROM staff WHERE ref = ANY($1::text[]);

-- name: brands_by_ref
SELECT ref, name FROM brands WHERE ref = ANY($1::text[]);

-- name: accounts_by_name
SELECT a.account_id, a.channel, a.account, a.name, a.brand, a.active, a.mode, a.paused
FROM channel_accounts AS a
JOIN unnest($1::text[], $2::text[]) AS asked (channel, account) ON (a.channel, a.account) = (asked.channel, asked.account);

-- name: accounts_by_id
SELECT account_id, channel, account, name, brand, active, mode, paused FROM channel_accounts WHERE account_id = ANY($1::uuid[]);

-- name: budgets_of_owners
-- Current periods only, and of these what was not withdrawn.
SELECT account_id, owner_kind, owner_id, currency, period, period_start, period_end,
  granted_minor, reserved_minor, spent_minor, item_limit_minor, open
FROM budgets
WHERE owner_id = ANY($1::uuid[]) AND open AND period_start <= $2 AND period_end > $2
ORDER BY owner_id, currency, period, period_start DESC;

-- name: budgets_by_id
SELECT account_id, owner_kind, owner_id, currency, period, period_start, period_end,
  granted_minor, reserved_minor, spent_minor, item_limit_minor, open
FROM budgets WHERE account_id = ANY($1::uuid[]);

-- name: desk_request
SELECT request_id, done, code, message, path FROM desk_requests WHERE request_id = $1;
