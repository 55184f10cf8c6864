-- name: entry_columns
-- What a timeline entry consists of; the other statements of this file begin with it.
SELECT t.entry_id, t.kind, t.customer_id, t.case_id, t.stream_id, t.version, t.occurred_at, t.recorded_at, t.actor_kind,
  t.actor_ref, t.text, t.text_state, t.direction, t.channel, t.contact_kind, t.class AS class_, t.account, t.visibility, t.handle_id, t.subject,
  t.language, t.in_reply_to, t.edited_at, t.delivery_status, t.delivery_code, t.delivery_reason, t.delivery_retryable,
  t.delivery_at, t.gesture_kind, t.gesture_status, t.amount_minor, t.currency, t.reason, t.note, t.reference::text, t.budget_id,
  t.captured, t.requested_by_kind, t.requested_by_ref, t.requested_at, t.expires_at, t.decided_by_kind, t.decided_by_ref,
  t.decided_at, t.decline_reason, t.fulfilment::text, t.agent_id, t.tier, t.policy_version, t.candidates::text, t.case_status, t.due_at,
  t.commitment_status, t.team_ref, t.held_until, coalesce(t.pinned, false) AS pinned,
  EXISTS (SELECT FROM offers AS o WHERE o.offer_id = t.entry_id) AS offered
FROM timeline AS t

-- name: entries_by_id
WHERE t.entry_id = ANY($1::uuid[]);

-- name: entries_of_cases
-- Oldest first, at most $3 of each case.
WHERE t.entry_id IN (
  SELECT e.entry_id
  FROM unnest($1::uuid[]) AS asked (case_id)
  CROSS JOIN LATERAL (
    SELECT entry_id FROM timeline
    WHERE case_id = asked.case_id AND kind = $2
    ORDER BY occurred_at, entry_id LIMIT $3
  ) AS e
)
ORDER BY t.occurred_at, t.entry_id;

-- name: notes_of_customers
-- Pinned ones first, then the latest; at most $2 of each.
WHERE t.entry_id IN (
  SELECT e.entry_id
  FROM unnest($1::uuid[]) AS asked (customer_id)
  CROSS JOIN LATERAL (
    SELECT entry_id FROM timeline
    WHERE customer_id = asked.customer_id AND kind = 'NOTE' AND case_id IS NULL
    ORDER BY pinned DESC, occurred_at DESC, entry_id DESC LIMIT $2
  ) AS e
)
ORDER BY t.pinned DESC, t.occurred_at DESC, t.entry_id DESC;

-- name: contacts_after
-- A case's contacts, oldest first, after the key ($2, $3); as many as $4.
WHERE t.case_id = $1 AND t.kind = 'CONTACT'
  AND ($2::timestamptz IS NULL OR (t.occurred_at, t.entry_id) > ($2::timestamptz, $3::uuid))
  AND ($4::timestamptz IS NULL OR (t.occurred_at, t.entry_id) < ($4::timestamptz, $5::uuid))
ORDER BY t.occurred_at, t.entry_id LIMIT $6;

-- name: contacts_before
-- The same from the other end: the newest ones before the key ($4, $5), newest first.
WHERE t.case_id = $1 AND t.kind = 'CONTACT'
  AND ($2::timestamptz IS NULL OR (t.occurred_at, t.entry_id) > ($2::timestamptz, $3::uuid))
  AND ($4::timestamptz IS NULL OR (t.occurred_at, t.entry_id) < ($4::timestamptz, $5::uuid))
ORDER BY t.occurred_at DESC, t.entry_id DESC LIMIT $6;

-- name: timeline_forward
-- A customer's timeline, newest first, after the key ($2, $3) in that order and before the key ($4, $5).
WHERE t.customer_id = $1
  AND ($2::timestamptz IS NULL OR (t.occurred_at, t.entry_id) < ($2::timestamptz, $3::uuid))
  AND ($4::timestamptz IS NULL OR (t.occurred_at, t.entry_id) > ($4::timestamptz, $5::uuid))
  AND (t.kind = ANY($7::text[])
    OR 'SURVEY_ANSWER' = ANY($7::text[]) AND EXISTS (SELECT FROM survey_answers AS a WHERE a.entry_id = t.entry_id))
  AND ($8::text[] IS NULL OR t.channel = ANY($8::text[]))
  AND ($9::uuid IS NULL OR t.case_id = $9::uuid)
  AND ($10::timestamptz IS NULL OR t.occurred_at >= $10::timestamptz)
ORDER BY t.occurred_at DESC, t.entry_id DESC LIMIT $6;

-- name: timeline_backward
-- The same from the other end, oldest first.
WHERE t.customer_id = $1
  AND ($2::timestamptz IS NULL OR (t.occurred_at, t.entry_id) < ($2::timestamptz, $3::uuid))
  AND ($4::timestamptz IS NULL OR (t.occurred_at, t.entry_id) > ($4::timestamptz, $5::uuid))
  AND (t.kind = ANY($7::text[])
    OR 'SURVEY_ANSWER' = ANY($7::text[]) AND EXISTS (SELECT FROM survey_answers AS a WHERE a.entry_id = t.entry_id))
  AND ($8::text[] IS NULL OR t.channel = ANY($8::text[]))
  AND ($9::uuid IS NULL OR t.case_id = $9::uuid)
  AND ($10::timestamptz IS NULL OR t.occurred_at >= $10::timestamptz)
ORDER BY t.occurred_at, t.entry_id LIMIT $6;

-- name: approvals_page
-- What waits for a second pair of eyes, oldest first, after the key ($1, $2).
WHERE t.gesture_status = 'AWAITING_APPROVAL'
  AND ($1::timestamptz IS NULL OR (t.requested_at, t.entry_id) > ($1::timestamptz, $2::uuid))
ORDER BY t.requested_at, t.entry_id LIMIT $3;

-- name: approvals_count
SELECT count(*) FROM timeline WHERE gesture_status = 'AWAITING_APPROVAL';

-- name: held_page
-- Answers that wait for another person, oldest first, after the key ($1, $2).
WHERE t.delivery_status = 'HELD' AND t.expires_at IS NOT NULL
  AND ($1::timestamptz IS NULL OR (t.requested_at, t.entry_id) > ($1::timestamptz, $2::uuid))
ORDER BY t.requested_at, t.entry_id LIMIT $3;

-- name: held_count
SELECT count(*) FROM timeline WHERE delivery_status = 'HELD' AND expires_at IS NOT NULL;

-- name: gesture_standing
-- How far a gesture is, for a mutation that waits for it.
SELECT t.gesture_status, t.captured, t.approval_id, t.refused_code, p.outcome AS payout_outcome
FROM timeline AS t LEFT JOIN payouts AS p ON p.gesture_id = t.entry_id
WHERE t.entry_id = $1 AND t.kind = 'GESTURE';

-- name: timeline_forward_of_several
WHERE t.customer_id = ANY($1::uuid[])
  AND ($2::timestamptz IS NULL OR (t.occurred_at, t.entry_id) < ($2::timestamptz, $3::uuid))
  AND ($4::timestamptz IS NULL OR (t.occurred_at, t.entry_id) > ($4::timestamptz, $5::uuid))
  AND (t.kind = ANY($7::text[])
    OR 'SURVEY_ANSWER' = ANY($7::text[]) AND EXISTS (SELECT FROM survey_answers AS a WHERE a.entry_id = t.entry_id))
  AND ($8::text[] IS NULL OR t.channel = ANY($8::text[]))
  AND ($9::uuid IS NULL OR t.case_id = $9::uuid)
  AND ($10::timestamptz IS NULL OR t.occurred_at >= $10::timestamptz)
ORDER BY t.occurred_at DESC, t.entry_id DESC LIMIT $6;

-- name: timeline_backward_of_several
WHERE t.customer_id = ANY($1::uuid[])
  AND ($2::timestamptz IS NULL OR (t.occurred_at, t.entry_id) < ($2::timestamptz, $3::uuid))
  AND ($4::timestamptz IS NULL OR (t.occurred_at, t.entry_id) > ($4::timestamptz, $5::uuid))
  AND (t.kind = ANY($7::text[])
    OR 'SURVEY_ANSWER' = ANY($7::text[]) AND EXISTS (SELECT FROM survey_answers AS a WHERE a.entry_id = t.entry_id))
  AND ($8::text[] IS NULL OR t.channel = ANY($8::text[]))
  AND ($9::uuid IS NULL OR t.case_id = $9::uuid)
  AND ($10::timestamptz IS NULL OR t.occurred_at >= $10::timestamptz)
ORDER BY t.occurred_at, t.entry_id LIMIT $6;
