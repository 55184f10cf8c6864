-- name: put_survey_answer
-- A mention's becomes its contact's where it is taken up.
INSERT INTO survey_answers (entry_id, customer_id, case_id, metric, value, worst, best, channel, answered_at)
VALUES ($1, $2, $3, $4, $5::float8::numeric, $6, $7, $8, $9)
ON CONFLICT (entry_id) DO UPDATE SET customer_id = excluded.customer_id, case_id = excluded.case_id

-- name: delete_survey_answer
DELETE FROM survey_answers WHERE entry_id = $1

-- name: delete_survey_answers
DELETE FROM survey_answers WHERE case_id = $1
