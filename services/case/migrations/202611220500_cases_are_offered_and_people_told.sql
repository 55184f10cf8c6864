-- What routing asked agents to take. `open`: neither answered nor decided otherwise yet.
CREATE TABLE offers (
  offer_id uuid PRIMARY KEY,      -- of the assignment that asks
  case_id uuid NOT NULL,
  agent_id uuid NOT NULL,
  offered_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  open boolean NOT NULL
);
CREATE INDEX offers_of_agent ON offers (agent_id, offered_at);
CREATE INDEX offers_open ON offers (case_id) WHERE open;

-- Which facts concern whom personally. `audience`: an agent, or those who may decide about something; `thing_id`: the
-- offer, gesture, budget, promise or request.
CREATE TABLE viewer_events (
  stream_id uuid NOT NULL,
  version int NOT NULL,
  audience uuid NOT NULL,
  news text NOT NULL,
  thing_id uuid NOT NULL,
  PRIMARY KEY (stream_id, version, audience)
);
CREATE INDEX viewer_events_of_audience ON viewer_events (audience);
CREATE INDEX viewer_events_of_thing ON viewer_events (thing_id, news);

-- When an agent's client was last there. No fact: a client that stays away makes one (a request to be OFFLINE).
CREATE TABLE attended (agent_id uuid PRIMARY KEY, seen_at timestamptz NOT NULL);

-- What the roster says; the one while on duty, else the other.
ALTER TABLE agents ADD COLUMN on_duty_until timestamptz, ADD COLUMN next_duty_at timestamptz;
