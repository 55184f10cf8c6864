-- name: granted
SELECT owner_kind, owner_ref, currency, amount_minor, period, item_limit_minor, carry_over_max_minor, two_approvers_above_minor
FROM standing_grants
WHERE (owner_kind, owner_ref, currency) > ($1, $2, $3) ORDER BY owner_kind, owner_ref, currency LIMIT $4

-- name: known_accounts
SELECT account_id FROM budget_balances WHERE account_id = ANY($1::uuid[])

-- name: overdue_accounts
SELECT account_id FROM budget_balances WHERE open AND period_end <= $1 ORDER BY period_end, account_id LIMIT $2

-- name: overdue_holds
SELECT gesture_id FROM open_holds WHERE expires_at <= $1 ORDER BY expires_at, hold_id LIMIT $2
