-- Two customers who turned out to be one. Nothing moves: each keeps its handles and cases, one screen shows both.
ALTER TABLE customers ADD COLUMN merged_count int NOT NULL DEFAULT 0;  -- how many stand merged into this one
CREATE INDEX customers_merged_into ON customers (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE merges (
  merge_id uuid PRIMARY KEY,
  source_id uuid NOT NULL,
  target_id uuid NOT NULL,
  merged_at timestamptz NOT NULL,
  merged_by_kind text NOT NULL,
  merged_by_ref text NOT NULL,
  reason text,                    -- sealed in its fact: NULL once the customer is erased
  undone_at timestamptz
);
CREATE INDEX merges_of_source ON merges (source_id);
CREATE INDEX merges_of_target ON merges (target_id);
-- The planner's statistics keep common values of a column in a catalogue that no rewriting reaches: none of these.
ALTER TABLE merges ALTER COLUMN reason SET STATISTICS 0;
