-- Payloads as they came in, sealed, in the order in which they were kept. They go when their retention ends.
-- An erased one is empty: its place stays taken, so that a repetition of it brings nothing back.
CREATE TABLE raws (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  raw_id uuid NOT NULL UNIQUE,
  account_id uuid NOT NULL,
  channel text NOT NULL,
  account text NOT NULL,
  dedupe_key text NOT NULL,
  body_digest bytea NOT NULL,
  key_id uuid NOT NULL,
  sealed bytea NOT NULL,
  received_at timestamptz NOT NULL,
  traceparent text,
  state text NOT NULL CHECK (state IN ('KEPT', 'READ', 'REFUSED', 'STUCK', 'ERASED')),
  reason text,                    -- why it was refused or is stuck: a code or an error's class
  UNIQUE (account_id, dedupe_key)
);
CREATE INDEX raws_to_read ON raws (seq) WHERE state = 'KEPT';

CREATE TABLE accounts (
  account_id uuid PRIMARY KEY,
  channel text NOT NULL,
  account text NOT NULL,
  name text NOT NULL,
  brand text,
  active boolean NOT NULL
);

-- By which id the platform knows our side of an account: follows from payloads, not from facts.
CREATE TABLE account_senders (
  account_id uuid PRIMARY KEY,
  sender_id text NOT NULL,
  seen_at timestamptz NOT NULL
);

-- Replies by the id their platform gave them.
CREATE TABLE external_ids (
  account_id uuid NOT NULL,
  external_id text NOT NULL,
  contact_id uuid NOT NULL,
  PRIMARY KEY (account_id, external_id)
);

-- When the owner of a handle last wrote: until when a platform lets us answer.
CREATE TABLE windows (
  account_id uuid NOT NULL,
  kind text NOT NULL,
  value text NOT NULL,
  last_inbound_at timestamptz NOT NULL,
  PRIMARY KEY (account_id, kind, value)
);

CREATE TABLE deliveries (
  contact_id uuid PRIMARY KEY,
  account_id uuid NOT NULL,
  case_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('DUE', 'IN_FLIGHT', 'SETTLED')),
  requested_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,    -- when to try next; of one in flight: when it was tried
  attempts int NOT NULL DEFAULT 0,
  status text NOT NULL
);
CREATE INDEX deliveries_to_do ON deliveries (due_at) WHERE state <> 'SETTLED';

-- Items that came before the message they are about (a status, an edit, an emoji): joined when it comes, or forgotten.
CREATE TABLE parked (
  account_id uuid NOT NULL,
  external_id text NOT NULL,
  item_key text NOT NULL,
  item bytea NOT NULL,
  contact_id uuid NOT NULL,       -- of the message, should it be one that came in
  parked_at timestamptz NOT NULL,
  PRIMARY KEY (account_id, external_id, item_key)
);
CREATE INDEX parked_by_age ON parked (parked_at);

-- Which payloads tell of which message or handle, by hashes: how an erasure finds them. `subject_id`: of an alias.
CREATE TABLE traces (
  trace uuid NOT NULL,
  raw_id uuid NOT NULL,
  subject_id uuid,
  PRIMARY KEY (trace, raw_id)
);

-- Contacts of erased customers that are to be forgotten. `subjects`: whose keys are to be destroyed, once PURGED.
CREATE TABLE forgettings (
  forgetting_id uuid PRIMARY KEY,
  contact_ids uuid[] NOT NULL,
  subjects uuid[] NOT NULL DEFAULT '{}',
  begun_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('DUE', 'PURGED', 'DONE'))
);
CREATE INDEX forgettings_to_do ON forgettings (begun_at) WHERE state <> 'DONE';

-- The planner's statistics keep common values of a column in a catalogue that no erasure rewrites: none of these.
ALTER TABLE external_ids ALTER COLUMN external_id SET STATISTICS 0;
ALTER TABLE windows ALTER COLUMN value SET STATISTICS 0;
ALTER TABLE parked ALTER COLUMN external_id SET STATISTICS 0, ALTER COLUMN item_key SET STATISTICS 0,
  ALTER COLUMN item SET STATISTICS 0;
