-- How customers said we did. Of a mention: no customer and no case. Gone with the words.
CREATE TABLE survey_answers (
  entry_id uuid PRIMARY KEY,
  customer_id uuid,
  case_id uuid,
  metric text NOT NULL,
  value numeric NOT NULL,
  worst smallint NOT NULL,
  best smallint NOT NULL,
  channel text NOT NULL,
  answered_at timestamptz NOT NULL
);
CREATE INDEX survey_answers_of_customer ON survey_answers (customer_id, answered_at) WHERE customer_id IS NOT NULL;
CREATE INDEX survey_answers_of_case ON survey_answers (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX survey_answers_of_mentions ON survey_answers (answered_at) WHERE case_id IS NULL;
-- The planner's statistics keep common values of a column in a catalogue that no rewriting reaches: none of this.
ALTER TABLE survey_answers ALTER COLUMN value SET STATISTICS 0;

-- How a customer, and all who are shown as it, said we did: by the metric of the latest answer. No row: never.
-- `merged`: how many are shown as it.
CREATE FUNCTION satisfaction_of(customer uuid, merged integer)
RETURNS TABLE (metric text, score numeric, responses integer, worst smallint, best smallint, latest_at timestamptz)
LANGUAGE sql STABLE AS $$
  SELECT a.metric, round(avg(a.value), 2), count(*)::int, a.worst, a.best, max(a.answered_at)
  FROM survey_answers AS a
  WHERE a.customer_id = ANY (CASE WHEN $2 = 0 THEN ARRAY[$1] ELSE ARRAY(
    WITH RECURSIVE members AS (
      SELECT $1 AS customer_id
      UNION
      SELECT c.customer_id FROM customers AS c JOIN members AS m ON c.merged_into = m.customer_id
    )
    SELECT m.customer_id FROM members AS m
  ) END)
  GROUP BY a.metric, a.worst, a.best
  ORDER BY max(a.answered_at) DESC, a.metric LIMIT 1
$$;
