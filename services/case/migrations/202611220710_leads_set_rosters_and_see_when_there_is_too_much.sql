-- JSON; null: no roster, presence alone tells.
ALTER TABLE agents ADD COLUMN roster text;

-- The cases of the last hour against those rostered in it, as routing told when there was too much, and when no longer.
CREATE TABLE capacity (
  id int PRIMARY KEY CHECK (id = 1),
  short_since timestamptz,        -- null: there is not too much
  offered_load double precision NOT NULL,
  cases int NOT NULL,
  rostered_s double precision NOT NULL
);

-- Agents who are not to handle a customer.
CREATE TABLE customer_exclusions (
  customer_id uuid NOT NULL,
  agent_id uuid NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (customer_id, agent_id)
);

-- One cause that brings many cases, and the answer to them that was approved.
CREATE TABLE incidents (
  incident_id uuid PRIMARY KEY,
  version int NOT NULL,
  state text NOT NULL,            -- SUSPECTED OPEN CLOSED
  title text,
  answer text,
  cause text,
  brand text,
  priority text,
  team_ref text,
  counted int,                    -- where it is suspected: in an hour, and how many usually
  usual double precision,
  begun_at timestamptz NOT NULL,
  begun_by_kind text NOT NULL,
  begun_by_ref text NOT NULL,
  occurred_at timestamptz,        -- when it happened, where somebody said so
  closed_at timestamptz
);
CREATE INDEX incidents_by_begin ON incidents (begun_at DESC, incident_id DESC);

CREATE TABLE incident_cases (case_id uuid PRIMARY KEY, incident_id uuid NOT NULL);
CREATE INDEX incident_cases_of_incident ON incident_cases (incident_id);
