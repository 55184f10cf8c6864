-- The access log: who saw what. Entries are added and read, never changed; they hold ids and no names. Whole days go from
-- its front when they were kept long enough.
-- `number` counts within a day from 1 without gaps; `hash` chains each entry to the one before (services/case/domain/access.py).
CREATE SCHEMA access;

-- What documents ask for, each once: the digest is part of what entries hash.
CREATE TABLE access.asked (
  digest bytea PRIMARY KEY,
  operation text,
  fields text[] NOT NULL
);

-- One entry per request and customer. `case_ids`: what of the customer was shown, null for the customer as such;
-- `relations`: as many.
CREATE TABLE access.entries (
  day date NOT NULL,
  number int NOT NULL,
  entry_id uuid NOT NULL UNIQUE,
  occurred_at timestamptz NOT NULL,
  actor_kind text NOT NULL,
  actor_ref text NOT NULL,
  role text,                      -- null: nobody known asked
  on_behalf_of_kind text,
  on_behalf_of_ref text,
  action text NOT NULL,
  purpose text,
  ticket text,
  customer_id uuid,
  case_ids uuid[] NOT NULL,
  relations text[] NOT NULL,
  asked bytea NOT NULL,
  client text,
  hash bytea NOT NULL,
  PRIMARY KEY (day, number)
);
CREATE INDEX entries_by_time ON access.entries (occurred_at DESC, entry_id DESC);
CREATE INDEX entries_of_customer ON access.entries (customer_id, occurred_at DESC, entry_id DESC)
  WHERE customer_id IS NOT NULL;
CREATE INDEX entries_of_actor ON access.entries (actor_ref, occurred_at DESC, entry_id DESC);
CREATE INDEX entries_on_behalf ON access.entries (on_behalf_of_ref, occurred_at DESC, entry_id DESC)
  WHERE on_behalf_of_ref IS NOT NULL;

CREATE FUNCTION access.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the access log is only added to' USING ERRCODE = 'insufficient_privilege';
END
$$;
-- Holds for every role, a table's owner and superusers too.
CREATE TRIGGER only_added_to BEFORE UPDATE OR TRUNCATE ON access.entries
  FOR EACH STATEMENT EXECUTE FUNCTION access.refuse_change();
ALTER TABLE access.entries ENABLE ALWAYS TRIGGER only_added_to;
-- Five years are the least that NEN 7513 asks for, whatever the configuration says.
CREATE FUNCTION access.refuse_early_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM gone WHERE day >= (now() - interval '5 years')::date) THEN
    RAISE EXCEPTION 'the access log is kept for five years' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF EXISTS (SELECT FROM access.entries WHERE day <= (SELECT max(day) FROM gone)) THEN
    RAISE EXCEPTION 'the access log loses whole days from its front' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER removed_late AFTER DELETE ON access.entries REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION access.refuse_early_removal();
ALTER TABLE access.entries ENABLE ALWAYS TRIGGER removed_late;

CREATE FUNCTION access.forget_before(first_kept date) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM access.entries WHERE day < first_kept
$$;
REVOKE ALL ON FUNCTION access.forget_before(date) FROM PUBLIC;

CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON access.asked
  FOR EACH STATEMENT EXECUTE FUNCTION access.refuse_change();
ALTER TABLE access.asked ENABLE ALWAYS TRIGGER only_added_to;

-- For who reads it by hand: a row per subject.
CREATE VIEW access.seen AS
SELECT e.day, e.number, s.subject_number, e.occurred_at, e.actor_kind, e.actor_ref, e.role, e.on_behalf_of_kind,
  e.on_behalf_of_ref, e.action, e.purpose, e.ticket, e.customer_id, s.case_id, s.relation, q.operation, q.fields, e.client
FROM access.entries AS e
LEFT JOIN access.asked AS q ON q.digest = e.asked
CROSS JOIN LATERAL unnest(e.case_ids, e.relations) WITH ORDINALITY AS s (case_id, relation, subject_number);

-- The role of this service gives its log away, where an administrator has prepared that (docs/audit.md): then it may
-- add to it and read it, and can no longer take the trigger away.
DO $$
BEGIN
  IF to_regprocedure('public.give_access_log_away()') IS NOT NULL THEN
    PERFORM public.give_access_log_away();
  END IF;
END
$$;
