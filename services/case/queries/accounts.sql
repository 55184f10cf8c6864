-- name: accounts_by_name_order
-- Those that are in the configuration now.
SELECT account_id, channel, account, name, brand, active, mode, paused FROM channel_accounts
WHERE active ORDER BY channel, account LIMIT $1;

-- name: health_of_accounts
SELECT account_id, measured_at, last_received_at, last_sent_at, unread, unsent, trouble, silent_since
FROM account_health WHERE account_id = ANY($1::uuid[]);

-- name: accounts_standing
SELECT channel, account, mode, paused FROM channel_accounts;
