-- What a contact has beside its text, where it has any of it: asked for by few screens, and long. Gone with the words.
CREATE TABLE contact_contents (
  entry_id uuid PRIMARY KEY,
  case_id uuid NOT NULL,
  html text,                      -- sanitised where it came in
  visible_text text,              -- the text without what its writer only quoted; NULL: all of it is the writer's own
  url text,
  rating jsonb,                   -- {"value", "min", "max"}
  reach jsonb,                    -- {"measured_at", "followers", "views", "shares", "likes"}
  fields jsonb                    -- [{"name", "value"}]: what was filled in beside the text
);
CREATE INDEX contact_contents_of_case ON contact_contents (case_id);
-- The planner's statistics keep common values of a column in a catalogue that no rewriting reaches: none of these.
ALTER TABLE contact_contents ALTER COLUMN html SET STATISTICS 0, ALTER COLUMN visible_text SET STATISTICS 0,
  ALTER COLUMN url SET STATISTICS 0, ALTER COLUMN rating SET STATISTICS 0, ALTER COLUMN reach SET STATISTICS 0,
  ALTER COLUMN fields SET STATISTICS 0;
