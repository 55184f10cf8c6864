-- Who a customer is, as colleagues write it down.
ALTER TABLE customers
  ADD COLUMN time_zone text,
  ADD COLUMN organisation_id uuid,
  ADD COLUMN attributes jsonb NOT NULL DEFAULT '{}';
CREATE INDEX customers_of_organisation ON customers (organisation_id) WHERE organisation_id IS NOT NULL;

-- What other systems call them. The same id may be known of two customers: then both may be one person.
CREATE TABLE external_ids (
  external_id uuid PRIMARY KEY,
  customer_id uuid NOT NULL,
  system text NOT NULL,
  value text NOT NULL,
  url text,
  learnt_at timestamptz NOT NULL
);
CREATE INDEX external_ids_of_customer ON external_ids (customer_id, learnt_at);
CREATE INDEX external_ids_by_value ON external_ids (system, value, learnt_at);

-- Addresses that somebody took for a customer's while another one held them for sure.
CREATE TABLE handle_claims (
  handle_id uuid PRIMARY KEY,     -- what it would be as this customer's
  customer_id uuid NOT NULL,
  kind text NOT NULL,
  value text NOT NULL
);
CREATE INDEX handle_claims_of_customer ON handle_claims (customer_id);
CREATE INDEX handle_claims_by_value ON handle_claims (kind, value);

-- Notes about a customer are entries without a case.
ALTER TABLE timeline ADD COLUMN pinned boolean;
CREATE INDEX timeline_notes_of_customer ON timeline (customer_id, pinned DESC, occurred_at DESC, entry_id DESC)
  WHERE kind = 'NOTE' AND case_id IS NULL;

-- What was said, by its words, whole or begun.
CREATE INDEX timeline_by_words ON timeline USING gin (to_tsvector('simple', text)) WHERE text IS NOT NULL;
ALTER INDEX timeline_by_words ALTER COLUMN 1 SET STATISTICS 0;

-- Who a case that nobody has is held for.
ALTER TABLE cases ADD COLUMN held_for_id uuid, ADD COLUMN held_until timestamptz;
CREATE INDEX cases_held_for ON cases (held_for_id) WHERE held_for_id IS NOT NULL;
-- Every filter of a list of cases finds its cases along an index; what holds for few cases has one of those only.
CREATE INDEX cases_by_status ON cases (status, last_contact_at);
CREATE INDEX cases_unassigned ON cases (last_contact_at) WHERE assignee_id IS NULL;
CREATE INDEX cases_assigned ON cases (assignee_id, last_contact_at) WHERE assignee_id IS NOT NULL;
CREATE INDEX cases_of_team ON cases (team_ref, last_contact_at);
CREATE INDEX cases_of_brand ON cases (brand, last_contact_at) WHERE brand IS NOT NULL;
CREATE INDEX cases_by_priority ON cases (priority, last_contact_at);
CREATE INDEX cases_unread ON cases (last_contact_at) WHERE unread;
CREATE INDEX cases_read ON cases (last_contact_at) WHERE NOT unread;
CREATE INDEX cases_by_channel ON cases USING gin (channels);

-- The planner's statistics keep common values of a column in a catalogue that no erasure rewrites: none of these.
ALTER TABLE customers ALTER COLUMN language SET STATISTICS 0, ALTER COLUMN time_zone SET STATISTICS 0,
  ALTER COLUMN attributes SET STATISTICS 0;
ALTER TABLE external_ids ALTER COLUMN value SET STATISTICS 0, ALTER COLUMN url SET STATISTICS 0;
ALTER TABLE handle_claims ALTER COLUMN value SET STATISTICS 0;
