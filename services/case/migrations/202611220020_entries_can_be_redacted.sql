-- Entries whose words are withheld, and how far their copies are gone. `expiry`: all entries of a case that was kept long
-- enough (`entry_id` is then the case's); `reported`: a day's evidence has counted it.
CREATE TABLE redactions (
  redaction_id uuid PRIMARY KEY,
  case_id uuid,                   -- NULL: a note about the customer, in whose own stream it stood
  customer_id uuid NOT NULL,
  entry_id uuid NOT NULL,
  requested_by_kind text NOT NULL,
  requested_by_ref text NOT NULL,
  requested_at timestamptz NOT NULL,
  withheld bigint[] NOT NULL,     -- versions of the case, or customer, whose envelopes are gone
  reason text,                    -- sealed in its fact: NULL once the customer is erased
  expiry boolean NOT NULL,
  reported boolean NOT NULL DEFAULT false,
  state text NOT NULL CHECK (state IN ('BEGUN', 'ANSWERED', 'COMPLETED')),
  completed_at timestamptz,
  events int,
  stores_purged text[]
);
CREATE INDEX redactions_of_case ON redactions (case_id);
CREATE INDEX redactions_of_customer ON redactions (customer_id) WHERE case_id IS NULL;
CREATE INDEX redactions_to_do ON redactions (requested_at) WHERE state <> 'COMPLETED';
CREATE INDEX redactions_to_report ON redactions (redaction_id) WHERE expiry AND NOT reported;
CREATE INDEX cases_by_resolution ON cases (resolved_at) WHERE status = 'RESOLVED' AND NOT erased;
-- The planner's statistics keep common values of a column in a catalogue that no rewriting reaches: none of these.
ALTER TABLE redactions ALTER COLUMN reason SET STATISTICS 0;
