-- Files that came with contacts. Their bytes lie with the front door; nothing in here leads to them but a signed link.
CREATE TABLE attachments (
  attachment_id uuid PRIMARY KEY,
  contact_id uuid,                -- NULL: brought by an agent, and no answer took it along yet
  case_id uuid NOT NULL,
  number int NOT NULL,            -- its place among its contact's, from 0
  name text,                      -- NULL: it has none, or none any more
  media_type text NOT NULL,       -- as its sender says, until it was looked at
  size_bytes bigint NOT NULL,
  state text NOT NULL CHECK (state IN ('PENDING', 'READY', 'QUARANTINED', 'REFUSED', 'REMOVED')),
  reason text,                    -- a code: why it is not handed out
  expires_at timestamptz          -- of one that an agent brings: until when an answer may take it along
);
CREATE INDEX attachments_of_contact ON attachments (contact_id, number);
CREATE INDEX attachments_of_case ON attachments (case_id);
-- The planner's statistics keep common values of a column in a catalogue that no erasure rewrites: none of these.
ALTER TABLE attachments ALTER COLUMN name SET STATISTICS 0, ALTER COLUMN media_type SET STATISTICS 0;
CREATE INDEX attachments_to_expire ON attachments (expires_at)
  WHERE expires_at IS NOT NULL AND contact_id IS NULL AND state <> 'REMOVED';
