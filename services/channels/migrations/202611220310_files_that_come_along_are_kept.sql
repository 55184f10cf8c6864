-- Files that came with contacts: those PENDING are fetched, those REMOVED deleted. Nothing in here is personal.
-- `object_id`: under which the bytes lie, or may lie, in the object store; NULL: nothing was put there, or it is deleted.
CREATE TABLE attachments (
  attachment_id uuid PRIMARY KEY,
  contact_id uuid NOT NULL,
  number int NOT NULL,
  state text NOT NULL CHECK (state IN ('PENDING', 'READY', 'QUARANTINED', 'REFUSED', 'REMOVED')),
  object_id uuid,
  due_at timestamptz NOT NULL,    -- when to try next to fetch it, or to have it scanned
  attempts int NOT NULL DEFAULT 0
);
CREATE INDEX attachments_to_do ON attachments (due_at) WHERE state IN ('PENDING', 'QUARANTINED');
CREATE INDEX attachments_to_delete ON attachments (attachment_id)
  WHERE state IN ('REMOVED', 'REFUSED') AND object_id IS NOT NULL;
CREATE INDEX attachments_of_contact ON attachments (contact_id);
-- Files that agents brought, to go along with replies. Nothing in here is personal.
CREATE TABLE uploads (
  attachment_id uuid PRIMARY KEY,
  customer_id uuid NOT NULL,      -- under whose key it is sealed
  contact_id uuid,                -- the reply it goes along with; NULL: none yet
  state text NOT NULL CHECK (state IN ('PENDING', 'READY', 'QUARANTINED', 'REFUSED', 'REMOVED')),
  object_id uuid,
  due_at timestamptz NOT NULL,    -- when to try next to have it scanned
  attempts int NOT NULL DEFAULT 0,
  expires_at timestamptz NOT NULL
);
CREATE INDEX uploads_to_scan ON uploads (due_at) WHERE state = 'QUARANTINED';
CREATE INDEX uploads_to_expire ON uploads (expires_at) WHERE contact_id IS NULL AND state <> 'REMOVED';
CREATE INDEX uploads_to_delete ON uploads (attachment_id)
  WHERE state IN ('REMOVED', 'REFUSED') AND object_id IS NOT NULL;
CREATE INDEX uploads_of_contact ON uploads (contact_id);
CREATE INDEX uploads_of_customer ON uploads (customer_id) WHERE contact_id IS NULL;
