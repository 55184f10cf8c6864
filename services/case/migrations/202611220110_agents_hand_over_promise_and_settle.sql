-- Tags, promises, transfers to teams, and who is looking at which case.
ALTER TABLE cases ADD COLUMN tags text[] NOT NULL DEFAULT '{}';
CREATE INDEX cases_by_tag ON cases USING gin (tags);
CREATE INDEX cases_by_end_of_wait ON cases (waiting_until) WHERE waiting_until IS NOT NULL;

ALTER TABLE timeline
  ADD COLUMN due_at timestamptz,          -- commitment
  ADD COLUMN commitment_status text,
  ADD COLUMN team_ref text;               -- assignment: the team a person gave the case to
CREATE INDEX timeline_of_promises ON timeline (due_at, entry_id) WHERE kind = 'COMMITMENT';
CREATE INDEX timeline_of_open_promises ON timeline (due_at, entry_id) WHERE commitment_status = 'OPEN';

-- Who looks at a case now. No fact: it is over in a minute, unless said again.
CREATE UNLOGGED TABLE viewings (
  case_id uuid NOT NULL,
  agent_id uuid NOT NULL,
  typing boolean NOT NULL,
  until timestamptz NOT NULL,
  PRIMARY KEY (case_id, agent_id)
);
CREATE INDEX viewings_by_end ON viewings (until);
