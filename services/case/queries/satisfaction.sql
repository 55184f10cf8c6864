-- name: satisfaction_of_customers
SELECT c.customer_id, s.metric, s.score::float8, s.responses, s.worst, s.best, s.latest_at
FROM customers AS c CROSS JOIN LATERAL satisfaction_of(c.customer_id, c.merged_count) AS s
WHERE c.customer_id = ANY($1::uuid[]);
