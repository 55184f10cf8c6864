-- Keys rest here wrapped, in a database of their own with its own short-lived backups: destroying a key is complete
-- when the last backup of this database that holds it is gone.
CREATE SCHEMA keys;

-- One key per data subject, wrapped by the key-encryption key. Destroyed: `wrapped` is gone, the row says when.
CREATE TABLE keys.subjects (
  subject_id uuid PRIMARY KEY,
  wrapped bytea,
  kek_id bytea NOT NULL,              -- which key-encryption key wraps it: tells a wrong one from a damaged row
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  destroyed_at timestamptz,
  CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);

-- One live key per subject and scope (a case, say), wrapped by the subject's key.
CREATE TABLE keys.contents (
  key_id uuid PRIMARY KEY,
  subject_id uuid NOT NULL REFERENCES keys.subjects,
  scope_id uuid NOT NULL,
  wrapped bytea,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  destroyed_at timestamptz,
  CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);
CREATE UNIQUE INDEX contents_live ON keys.contents (subject_id, scope_id) WHERE destroyed_at IS NULL;
