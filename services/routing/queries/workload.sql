-- name: cases_opened_between
SELECT count(*) FROM assignments WHERE opened_at > $1 AND opened_at <= $2

-- name: rosters_in_force
SELECT roster FROM agents WHERE active AND roster IS NOT NULL ORDER BY agent_id
