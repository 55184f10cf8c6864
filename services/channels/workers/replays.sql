-- name: replay_up
-- We are up at $2; whoever was last up before $3 was away from then on. Two times away become one.
INSERT INTO replays AS r (account_id, up_at) VALUES ($1, $2)
ON CONFLICT (account_id) DO UPDATE SET up_at = excluded.up_at,
  missed_since = CASE WHEN r.up_at < $3 THEN least(r.missed_since, r.up_at) ELSE r.missed_since END,
  missed_until = CASE WHEN r.up_at < $3 THEN excluded.up_at ELSE r.missed_until END
RETURNING missed_since, missed_until

-- name: replay_asked
UPDATE replays SET missed_since = NULL, missed_until = NULL, trouble = $3 WHERE account_id = $1 AND missed_until = $2

-- name: replay_trouble
UPDATE replays SET trouble = $2 WHERE account_id = $1
