-- Requests to erase a customer, with the receipts of those that were carried out; and what stands in their way.
CREATE TABLE erasures (
  request_id uuid PRIMARY KEY,
  version int NOT NULL,
  customer_id uuid NOT NULL,
  ground text NOT NULL,
  status text NOT NULL CHECK (status IN ('REQUESTED', 'APPROVED', 'EXECUTED')),
  requested_by_kind text NOT NULL,
  requested_by_ref text NOT NULL,
  requested_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  -- the receipt
  erased_at timestamptz,
  events int,
  keys_destroyed int,
  stores_purged text[],
  retained jsonb,                 -- [{"what","why","until"}]
  key_backups_expire_at timestamptz,
  executed_version int            -- of the fact that is the receipt: its position is looked up in es.log
);
CREATE INDEX erasures_open ON erasures (requested_at, request_id) WHERE status <> 'EXECUTED';

CREATE TABLE restrictions (
  restriction_id uuid PRIMARY KEY,
  customer_id uuid NOT NULL,
  kind text NOT NULL,
  since timestamptz NOT NULL,
  until timestamptz,
  placed_by_kind text NOT NULL,
  placed_by_ref text NOT NULL,
  reason text,                    -- null once the customer is erased
  lifted_at timestamptz
);
CREATE INDEX restrictions_of_customer ON restrictions (customer_id) WHERE lifted_at IS NULL;

ALTER TABLE cases ADD COLUMN erased boolean NOT NULL DEFAULT false;

-- The planner's statistics keep common values of a column in a catalogue that no erasure rewrites: none of these.
ALTER TABLE customers ALTER COLUMN name SET STATISTICS 0, ALTER COLUMN display_name SET STATISTICS 0;
ALTER TABLE handles ALTER COLUMN value SET STATISTICS 0, ALTER COLUMN written SET STATISTICS 0,
  ALTER COLUMN masked SET STATISTICS 0;
ALTER TABLE cases ALTER COLUMN subject SET STATISTICS 0, ALTER COLUMN preview SET STATISTICS 0;
ALTER TABLE timeline ALTER COLUMN text SET STATISTICS 0, ALTER COLUMN subject SET STATISTICS 0,
  ALTER COLUMN note SET STATISTICS 0, ALTER COLUMN reference SET STATISTICS 0,
  ALTER COLUMN decline_reason SET STATISTICS 0;
ALTER TABLE restrictions ALTER COLUMN reason SET STATISTICS 0;
