-- How channel accounts do, as channels last told.
CREATE TABLE account_health (
  account_id uuid PRIMARY KEY,
  measured_at timestamptz NOT NULL,
  last_received_at timestamptz,
  last_sent_at timestamptz,
  unread int NOT NULL,
  unsent int NOT NULL,
  trouble text,
  silent_since timestamptz
);
