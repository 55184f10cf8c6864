-- name: drop_grants
DELETE FROM standing_grants WHERE owner_kind = $1 AND owner_ref = $2

-- name: add_grant
INSERT INTO standing_grants (owner_kind, owner_ref, currency, amount_minor, period, item_limit_minor, carry_over_max_minor,
  two_approvers_above_minor)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: open_balance
INSERT INTO budget_balances (account_id, owner_kind, owner_ref, currency, period, period_start, period_end,
  granted_minor, item_limit_minor)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: change_balance_grant
UPDATE budget_balances SET granted_minor = $2, item_limit_minor = $3,
  cut_minor = greatest(0, reserved_minor + spent_minor - $2)
WHERE account_id = $1

-- name: place_hold
UPDATE budget_balances SET reserved_minor = reserved_minor + $2
WHERE account_id = $1 AND open AND $2 <= item_limit_minor AND $2 <= granted_minor - reserved_minor - spent_minor

-- name: settle_hold
UPDATE budget_balances SET reserved_minor = reserved_minor - $2, spent_minor = spent_minor + $3
WHERE account_id = $1

-- name: force_spending
-- It was paid whatever the account says: it may leave less than nothing, as a cut may.
UPDATE budget_balances SET spent_minor = spent_minor + $2,
  cut_minor = greatest(cut_minor, reserved_minor + spent_minor + $2 - granted_minor)
WHERE account_id = $1

-- name: reverse_spending
UPDATE budget_balances SET spent_minor = spent_minor - $2 WHERE account_id = $1

-- name: set_balance_open
UPDATE budget_balances SET open = $2 WHERE account_id = $1

-- name: add_open_hold
INSERT INTO open_holds (hold_id, gesture_id, expires_at) VALUES ($1, $2, $3)

-- name: drop_open_hold
DELETE FROM open_holds WHERE hold_id = $1
