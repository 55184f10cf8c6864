-- What was said and asks nothing of us: no customer, no case. The words of one that became a contact stand on the
-- timeline alone; those of one that was taken back, or kept long enough, nowhere.
CREATE TABLE mentions (
  mention_id uuid PRIMARY KEY,
  channel text NOT NULL,
  account text NOT NULL,
  occurred_at timestamptz NOT NULL,
  noted_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  author_masked text,
  text text,
  text_state text NOT NULL,
  url text,
  reach jsonb,                    -- {"followers","views","shares","likes"}
  class text NOT NULL,
  sentiment double precision NOT NULL,
  outcome text NOT NULL,
  reason text NOT NULL,
  case_id uuid,                   -- it is a contact of this case
  expired boolean NOT NULL DEFAULT false,
  answered boolean NOT NULL DEFAULT false,  -- channels has no copy of the expired one any more
  reported boolean NOT NULL DEFAULT false   -- a day's evidence has counted it
);
CREATE INDEX mentions_by_time ON mentions (occurred_at, mention_id) WHERE NOT expired;
CREATE INDEX mentions_by_outcome ON mentions (outcome, occurred_at, mention_id) WHERE NOT expired;
CREATE INDEX mentions_to_expire ON mentions (expires_at) WHERE case_id IS NULL AND NOT expired;
CREATE INDEX mentions_to_report ON mentions (mention_id) WHERE expired AND NOT reported;
CREATE INDEX mentions_complaining ON mentions (mention_id) WHERE class = 'COMPLAINT' AND case_id IS NULL AND NOT expired;
CREATE INDEX cases_left_complaining ON cases (case_id)
  WHERE status = 'RESOLVED' AND tags @> ARRAY['unanswered-complaint'];
-- The planner's statistics keep common values of a column in a catalogue that no rewriting reaches: none of these.
ALTER TABLE mentions ALTER COLUMN text SET STATISTICS 0;
ALTER TABLE mentions ALTER COLUMN author_masked SET STATISTICS 0;
ALTER TABLE mentions ALTER COLUMN url SET STATISTICS 0;
