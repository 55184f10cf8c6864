-- Read tables of the case service. They hold plain text and are written in the transaction of the facts they show;
-- every one of them can be rebuilt from the logs.

-- Ids and moments as answers tell them are written with their row, once: making them for each of fifty entries took a
-- third of a screen. Immutable whatever their parts are called: neither depends on a setting.
CREATE FUNCTION told_id(kind text, id uuid) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN rtrim(encode(convert_to(kind || ':' || id, 'UTF8'), 'base64'), '=');
CREATE FUNCTION told_moment(moment timestamptz) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

CREATE TABLE customers (
  customer_id uuid PRIMARY KEY,
  told_id text NOT NULL GENERATED ALWAYS AS (told_id('customer', customer_id)) STORED,
  version int NOT NULL,
  name text,
  display_name text NOT NULL,
  kind text NOT NULL,
  state text NOT NULL,
  language text,
  preferred_channel text,
  owner_id uuid,
  partner_id uuid,
  merged_into uuid,
  created_at timestamptz NOT NULL,
  last_contact_at timestamptz
);

-- A handle is held for sure by one customer; a self-asserted one (typed into a form) may stand with several.
CREATE TABLE handles (
  handle_id uuid PRIMARY KEY,
  told_id text NOT NULL GENERATED ALWAYS AS (told_id('handle', handle_id)) STORED,
  customer_id uuid NOT NULL,
  kind text NOT NULL,
  value text NOT NULL,
  written text NOT NULL,          -- as its channel or its typist gave it
  masked text NOT NULL,
  assurance text NOT NULL,
  opted_out boolean NOT NULL DEFAULT false,
  added_at timestamptz NOT NULL,
  UNIQUE (customer_id, kind, value)
);
CREATE UNIQUE INDEX handles_held_for_sure ON handles (kind, value) WHERE assurance <> 'SELF_ASSERTED';
CREATE INDEX handles_by_value ON handles (kind, value, added_at);

CREATE SEQUENCE case_numbers START 100001;

CREATE TABLE cases (
  case_id uuid PRIMARY KEY,
  told_id text NOT NULL GENERATED ALWAYS AS (told_id('case', case_id)) STORED,
  version int NOT NULL,
  number text NOT NULL UNIQUE,
  customer_id uuid NOT NULL,
  subject text,
  preview text,
  status text NOT NULL,
  waiting_for text,
  waiting_until timestamptz,
  priority text NOT NULL,
  channels text[] NOT NULL,
  brand text,
  team_ref text,
  language text,
  opened_at timestamptz NOT NULL,
  opened_at_told text NOT NULL GENERATED ALWAYS AS (told_moment(opened_at)) STORED,
  last_contact_at timestamptz NOT NULL,
  last_contact_at_told text NOT NULL GENERATED ALWAYS AS (told_moment(last_contact_at)) STORED,
  due_at timestamptz,
  due_at_told text GENERATED ALWAYS AS (told_moment(due_at)) STORED,
  assignee_id uuid,
  unread boolean NOT NULL DEFAULT true,
  outcome text,
  cause text,
  resolved_at timestamptz,
  resolved_by_kind text,
  resolved_by_ref text
);
CREATE INDEX cases_of_customer ON cases (customer_id, last_contact_at DESC);
CREATE INDEX cases_of_assignee ON cases (assignee_id, due_at) WHERE status <> 'RESOLVED';
CREATE INDEX cases_by_due ON cases ((coalesce(due_at, 'infinity'::timestamptz)), case_id);
CREATE INDEX cases_by_rank ON cases ((array_position(ARRAY['LOW', 'NORMAL', 'HIGH', 'URGENT'], priority)), case_id);
CREATE INDEX cases_by_number ON cases ((lpad(number, 20, '0')), case_id);
CREATE INDEX cases_by_opening ON cases (opened_at, case_id);
CREATE INDEX cases_by_last_contact ON cases (last_contact_at, case_id);

-- One row per timeline entry; the columns of a kind are null for the others.
CREATE TABLE timeline (
  entry_id uuid PRIMARY KEY,
  kind text NOT NULL,             -- CONTACT NOTE GESTURE ASSIGNMENT STATUS_CHANGE IDENTITY_CHANGE
  told_id text NOT NULL GENERATED ALWAYS AS (told_id(lower(replace(kind, '_', '-')), entry_id)) STORED,
  customer_id uuid NOT NULL,
  case_id uuid,
  stream_id uuid NOT NULL,        -- with version: the fact that made the entry; its position is looked up in es.log
  version int NOT NULL,
  occurred_at timestamptz NOT NULL,
  occurred_at_told text NOT NULL GENERATED ALWAYS AS (told_moment(occurred_at)) STORED,
  recorded_at timestamptz NOT NULL,
  actor_kind text NOT NULL,
  actor_ref text NOT NULL,
  text text,                      -- of a contact, a note
  text_state text NOT NULL DEFAULT 'NONE',
  -- contact
  direction text,
  channel text,
  contact_kind text,
  class text,                     -- what triage saw in it; null: nobody judged it
  sentiment double precision,     -- and the feeling in it, from -1 to 1
  account text,
  visibility text,
  handle_id uuid,
  assurance text,                 -- of the handle as this contact carried it
  subject text,
  language text,
  in_reply_to uuid,
  edited_at timestamptz,
  delivery_status text,
  delivery_code text,
  delivery_reason text,
  delivery_retryable boolean,
  delivery_at timestamptz,
  -- gesture
  gesture_kind text,
  gesture_status text,
  amount_minor bigint,
  currency text,
  reason text,                    -- of a gesture; of an assignment
  note text,
  reference jsonb,
  budget_id uuid,
  hold_id uuid,
  captured boolean,               -- the ledger has taken the hold as spent
  requested_by_kind text,
  requested_by_ref text,
  requested_at timestamptz,
  expires_at timestamptz,
  decided_by_kind text,
  decided_by_ref text,
  decided_at timestamptz,
  decline_reason text,
  approval_id uuid,               -- of the last approval, refused ones too
  refused_code text,              -- why the ledger refused the gesture, or its last approval
  fulfilment jsonb,               -- {"provider_ref","code","url","at"}: what its payout brought
  -- assignment
  agent_id uuid,
  tier text,
  policy_version text,
  candidates jsonb,               -- [{"agent_id","tier","eta","rejected"}]
  held_until timestamptz,
  -- status change
  case_status text
);
CREATE INDEX timeline_of_customer ON timeline (customer_id, occurred_at DESC, entry_id DESC);
CREATE INDEX timeline_of_case ON timeline (case_id, kind, occurred_at, entry_id);
CREATE INDEX timeline_awaiting_approval ON timeline (requested_at, entry_id) WHERE gesture_status = 'AWAITING_APPROVAL';
CREATE INDEX timeline_held ON timeline (requested_at, entry_id)
  WHERE delivery_status = 'HELD' AND expires_at IS NOT NULL;

-- What is paid out by somebody else. `due_at`: when it is posted next; null: it is settled, or only waited for.
CREATE TABLE payouts (
  gesture_id uuid PRIMARY KEY,
  case_id uuid NOT NULL,
  hold_id uuid NOT NULL UNIQUE,
  amount_minor bigint NOT NULL,
  state text NOT NULL,
  attempts int NOT NULL,
  outcome text,                   -- why the last attempt settled nothing
  begun_at timestamptz NOT NULL,
  due_at timestamptz,
  settled_at timestamptz,
  returned_minor bigint NOT NULL DEFAULT 0
);
CREATE INDEX payouts_due ON payouts (due_at, gesture_id) WHERE due_at IS NOT NULL;
CREATE INDEX payouts_open ON payouts (begun_at, gesture_id) WHERE state = 'OPEN';
CREATE INDEX timeline_expiring ON timeline (expires_at) WHERE gesture_status = 'AWAITING_APPROVAL';

-- What routing and channels tell, as the desk shows it.
CREATE TABLE agents (
  agent_id uuid PRIMARY KEY,
  told_id text NOT NULL GENERATED ALWAYS AS (told_id('agent', agent_id)) STORED,
  ref text NOT NULL UNIQUE,
  kind text NOT NULL,
  display_name text NOT NULL,
  email text,
  presence text NOT NULL,
  capacity_units int NOT NULL,
  load_units int NOT NULL,
  active boolean NOT NULL,
  languages text[] NOT NULL,
  skills text[] NOT NULL,
  team_ref text
);
CREATE TABLE teams (team_id uuid PRIMARY KEY, ref text NOT NULL UNIQUE, name text NOT NULL);
CREATE TABLE budgets (
  account_id uuid PRIMARY KEY,
  owner_kind text NOT NULL,
  owner_id uuid NOT NULL,
  currency text NOT NULL,
  period text NOT NULL,
  period_start timestamptz NOT NULL,
  period_end timestamptz NOT NULL,
  granted_minor bigint NOT NULL,
  reserved_minor bigint NOT NULL,
  spent_minor bigint NOT NULL,
  item_limit_minor bigint NOT NULL,
  open boolean NOT NULL
);
CREATE INDEX budgets_of_owner ON budgets (owner_id, period_start);
CREATE TABLE brands (ref text PRIMARY KEY, name text NOT NULL);
CREATE TABLE channel_accounts (
  account_id uuid PRIMARY KEY,
  channel text NOT NULL,
  account text NOT NULL,
  name text NOT NULL,
  brand text,
  active boolean NOT NULL,
  mode text,  -- what may leave by it; NULL: nobody said
  paused boolean NOT NULL DEFAULT false  -- nothing leaves for the time being
);
CREATE TABLE staff (
  ref text PRIMARY KEY,
  name text NOT NULL,
  roles text[] NOT NULL,
  named_at timestamptz NOT NULL,  -- when, and by which token, they got their name
  named_by uuid NOT NULL
);

-- Answers to what the desk asked of routing (presence, agents): a mutation waits a bounded time for its row.
CREATE TABLE desk_requests (
  request_id uuid PRIMARY KEY,
  done boolean NOT NULL,
  code text,
  message text,
  path text[]
);
CREATE TABLE applied_configurations (origin text PRIMARY KEY, digest text NOT NULL);
