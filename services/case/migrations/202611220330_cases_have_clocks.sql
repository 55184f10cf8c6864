-- How long something may take in a case, and how long it took. `clock_of`: the contact to be answered, the promise, the case.
CREATE TABLE clocks (
  case_id uuid NOT NULL,
  kind text NOT NULL,
  clock_of uuid NOT NULL,
  state text NOT NULL,
  started_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  warn_at timestamptz NOT NULL,
  stopped_at timestamptz,
  warned_for timestamptz,         -- the moment for which it was said that it is about to run out
  missed_for timestamptz,         -- the moment for which it was said that it has run out
  PRIMARY KEY (case_id, kind, clock_of)
);
CREATE INDEX clocks_running ON clocks (warn_at) WHERE state = 'RUNNING';
CREATE INDEX clocks_run_out ON clocks (due_at)
  WHERE state = 'MISSED' AND kind <> 'COMMITMENT' AND missed_for IS DISTINCT FROM due_at;
