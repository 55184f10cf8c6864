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
  state text NOT NULL CHECK (state IN ('KEPT', 'READ', 'REFUSED', 'STUCK', 'ERASED', 'EXPIRING', 'EXPIRED')),
  reason text,                    -- why it was refused or is stuck: a code or an error's class
  UNIQUE (account_id, dedupe_key)
);
CREATE INDEX raws_to_read ON raws (seq) WHERE state = 'KEPT';
CREATE INDEX raws_by_age ON raws (received_at) WHERE state IN ('KEPT', 'READ', 'REFUSED', 'STUCK');
CREATE INDEX raws_of_account ON raws (account_id, received_at);
CREATE INDEX raws_stuck ON raws (account_id) WHERE state = 'STUCK';
CREATE INDEX raws_expiring ON raws (seq) WHERE state = 'EXPIRING';

CREATE TABLE accounts (
  account_id uuid PRIMARY KEY,
  channel text NOT NULL,
  account text NOT NULL,
  name text NOT NULL,
  brand text,
  active boolean NOT NULL,
  mode text,  -- what may leave by it; NULL: nobody said
  paused boolean NOT NULL  -- nothing leaves for the time being
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
CREATE INDEX deliveries_of_account ON deliveries (account_id, due_at);
CREATE INDEX deliveries_to_do ON deliveries (due_at) WHERE state <> 'SETTLED';
-- By the mark of the case in the subjects of our mail.
CREATE INDEX deliveries_by_mark ON deliveries (account_id, left(encode(sha256(uuid_send(case_id)), 'hex'), 10));

-- When a platform last did not take an account's login: what left or was fetched by it later tells that it does again.
CREATE TABLE logins (
  account_id uuid PRIMARY KEY,
  refused_at timestamptz NOT NULL
);

-- Which contact named a message first as one before it in its thread, by a hash of the message's id: two answers to
-- a mail that never came by here belong together.
CREATE TABLE threads (
  message_id uuid PRIMARY KEY,
  contact_id uuid NOT NULL
);
CREATE INDEX threads_by_contact ON threads (contact_id);

-- How far a mailbox is read. `looked_at`: when it was last reached; `trouble`: why not since, an error's class.
CREATE TABLE mailboxes (
  account_id uuid PRIMARY KEY,
  uid_validity bigint NOT NULL DEFAULT 0,
  last_uid bigint NOT NULL DEFAULT 0,
  looked_at timestamptz,
  last_mail_at timestamptz,
  trouble text
);

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

-- How far an account that is fetched is read, as its server said. `looked_at`: when it was last reached; `trouble`: why not since.
-- Of reviews: the latest change that was seen, and when all were looked at.
CREATE TABLE polls (
  account_id uuid PRIMARY KEY,
  etag text,
  last_modified text,
  cursor_at timestamptz,
  all_at timestamptz,
  looked_at timestamptz,
  trouble text
);

-- What WebSub hubs were asked for, and granted. `trouble`: why nothing is pushed.
CREATE TABLE hubs (
  account_id uuid PRIMARY KEY,
  hub text NOT NULL,
  topic text NOT NULL,
  asked_at timestamptz NOT NULL,
  leased_until timestamptz,
  lease_s bigint,
  trouble text
);

-- When each account that can be told again was last up; from when until when it was not. `trouble`: why that is not told.
CREATE TABLE replays (
  account_id uuid PRIMARY KEY,
  up_at timestamptz NOT NULL,
  missed_since timestamptz,
  missed_until timestamptz,
  trouble text
);

-- Visitors of our own chat, by a hash of what they are known by. `token_digest`: of who resumes a session; NULL: the site
-- vouches. Numbers of answers begin at the time in milliseconds: a visitor who is forgotten and comes again goes on.
CREATE TABLE chat_visitors (
  visitor_id uuid PRIMARY KEY,
  account_id uuid NOT NULL,
  token_digest bytea,
  last_seq bigint NOT NULL,
  delivered_seq bigint NOT NULL DEFAULT 0,
  read_seq bigint NOT NULL DEFAULT 0,
  seen_at timestamptz NOT NULL
);
CREATE INDEX chat_visitors_by_age ON chat_visitors (seen_at);

-- Answers that wait for their visitors, or were fetched by one of their pages. What they say stands in their streams.
CREATE TABLE chat_replies (
  contact_id uuid PRIMARY KEY,
  visitor_id uuid NOT NULL,
  seq bigint NOT NULL,
  stored_at timestamptz NOT NULL,
  UNIQUE (visitor_id, seq)
);
CREATE INDEX chat_replies_by_age ON chat_replies (stored_at);

-- Entries that the case service redacted or kept long enough, and whether what was here of them is gone.
CREATE TABLE withholdings (
  withholding_id uuid PRIMARY KEY,
  entry_ids uuid[] NOT NULL,
  expired boolean NOT NULL,
  begun_at timestamptz NOT NULL,
  done boolean NOT NULL
);
CREATE INDEX withholdings_to_do ON withholdings (begun_at) WHERE NOT done;

-- The planner's statistics keep common values of a column in a catalogue that no erasure rewrites: none of these.
ALTER TABLE external_ids ALTER COLUMN external_id SET STATISTICS 0;
ALTER TABLE windows ALTER COLUMN value SET STATISTICS 0;
ALTER TABLE parked ALTER COLUMN external_id SET STATISTICS 0, ALTER COLUMN item_key SET STATISTICS 0,
  ALTER COLUMN item SET STATISTICS 0;
