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
