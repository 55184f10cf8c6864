-- name: access_log_owner
-- Run as an administrator in the case service's database before its first start: the access log gets an owner of its
-- own, whom nobody can log in as. The service calls the function once, when it makes the log.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'eender_access_log') THEN
    CREATE ROLE eender_access_log NOLOGIN;
  END IF;
END
$$;
CREATE OR REPLACE FUNCTION public.give_access_log_away() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  service name := (SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database());
BEGIN
  ALTER SCHEMA access OWNER TO eender_access_log;
  ALTER TABLE access.entries OWNER TO eender_access_log;
  ALTER TABLE access.asked OWNER TO eender_access_log;
  ALTER VIEW access.seen OWNER TO eender_access_log;
  ALTER FUNCTION access.refuse_change() OWNER TO eender_access_log;
  ALTER FUNCTION access.refuse_early_removal() OWNER TO eender_access_log;
  ALTER FUNCTION access.forget_before(date) OWNER TO eender_access_log;
  EXECUTE format('GRANT USAGE ON SCHEMA access TO %I', service);
  EXECUTE format('GRANT SELECT, INSERT ON access.entries, access.asked TO %I', service);
  EXECUTE format('GRANT SELECT ON access.seen TO %I', service);
  EXECUTE format('GRANT EXECUTE ON FUNCTION access.forget_before(date) TO %I', service);
END
$$;
REVOKE ALL ON FUNCTION public.give_access_log_away() FROM PUBLIC;
DO $$
BEGIN
  EXECUTE format('GRANT EXECUTE ON FUNCTION public.give_access_log_away() TO %I', (
    SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()
  ));
END
$$;
