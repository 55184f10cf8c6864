-- name: erasures_to_do
SELECT request_id, customer_id FROM erasures WHERE status = 'APPROVED' ORDER BY requested_at, request_id LIMIT $1

-- name: cases_to_erase
SELECT case_id FROM cases WHERE customer_id = $1 AND NOT erased ORDER BY case_id LIMIT $2

-- name: contacts_of_customer
-- As the facts name them, so that one that was taken off a case is found as well.
SELECT DISTINCT (convert_from(e.clear, 'UTF8')::jsonb ->> 'contact_id')::uuid AS contact_id
FROM cases AS c JOIN es.events AS e ON e.stream_id = c.case_id
WHERE c.customer_id = $1 AND e.topic IN ('case.contact-attached.v1', 'case.reply-requested.v1')
ORDER BY contact_id

-- name: sealed_facts_of_customer
SELECT count(*) FROM es.events AS e
WHERE e.seals <> '[]'::bytea AND e.stream_id IN (
  SELECT $1::uuid
  UNION SELECT case_id FROM cases WHERE customer_id = $1
  UNION SELECT request_id FROM erasures WHERE customer_id = $1
)

-- name: last_gesture_at
SELECT max(requested_at) FROM timeline WHERE customer_id = $1 AND kind = 'GESTURE'

-- name: restrictions_over
SELECT restriction_id FROM restrictions WHERE lifted_at IS NULL AND until <= $1 ORDER BY until LIMIT $2

-- name: redactions_to_do
-- Those that channels has answered, or never had. `positions`: of the facts whose envelopes are gone; NULL: not sequenced yet.
SELECT r.redaction_id, r.case_id, r.customer_id, r.entry_id, r.expiry, (
    SELECT array_agg(l.position ORDER BY said.version)
    FROM unnest(r.withheld) AS said(version)
    LEFT JOIN es.log AS l ON l.stream_id = coalesce(r.case_id, r.customer_id) AND l.version = said.version
  ) AS positions
FROM redactions AS r WHERE r.state = 'ANSWERED' ORDER BY r.requested_at, r.redaction_id LIMIT $1

-- name: promises_due
SELECT entry_id AS commitment_id FROM timeline
WHERE commitment_status = 'OPEN' AND due_at <= $1 ORDER BY due_at, entry_id LIMIT $2

-- name: publications_due
SELECT publication_id FROM publications
WHERE state = 'SCHEDULED' AND publish_at <= $1 ORDER BY publish_at, publication_id LIMIT $2

-- name: waits_over
SELECT case_id FROM cases WHERE waiting_until <= $1 ORDER BY waiting_until, case_id LIMIT $2

-- name: clients_dropped
SELECT a.agent_id, a.ref FROM attended AS t JOIN agents AS a ON a.agent_id = t.agent_id
WHERE t.seen_at <= $1 AND a.active AND a.presence = 'ONLINE' ORDER BY t.seen_at, a.ref LIMIT $2

-- name: forget_client
DELETE FROM attended WHERE agent_id = $1 AND seen_at <= $2

-- name: forget_clients
-- Of those who are not here; the others are asked about first.
DELETE FROM attended AS t USING agents AS a
WHERE a.agent_id = t.agent_id AND t.seen_at <= $1 AND (NOT a.active OR a.presence <> 'ONLINE')

-- name: forget_viewings
DELETE FROM viewings WHERE until <= $1

-- name: cases_to_expire
-- Resolved before $1; nothing may be destroyed of a customer whose restriction is in force at $2.
SELECT c.case_id FROM cases AS c
WHERE c.status = 'RESOLVED' AND NOT c.erased AND c.resolved_at < $1 AND NOT EXISTS (
  SELECT FROM restrictions AS r WHERE r.customer_id = c.customer_id AND r.kind IN ('LEGAL_HOLD', 'RESTRICTION')
    AND r.lifted_at IS NULL AND (r.until IS NULL OR r.until > $2)
)
ORDER BY c.resolved_at, c.case_id LIMIT $3

-- name: cases_too_old
SELECT count(*) FROM cases WHERE status = 'RESOLVED' AND NOT erased AND resolved_at < $1

-- name: expiries_open
SELECT count(*) FROM redactions WHERE expiry AND NOT reported AND state <> 'COMPLETED'

-- name: expiries_to_report
SELECT case_id FROM redactions WHERE expiry AND NOT reported ORDER BY redaction_id LIMIT $1

-- name: access_first_kept
-- Days before $1 go, but none from the first on that tells of a customer whose restriction is in force at $2: the chain
-- loses days from its front only.
SELECT least($1::date, min(e.day)) AS day
FROM restrictions AS r JOIN access.entries AS e ON e.customer_id = r.customer_id
WHERE r.kind IN ('LEGAL_HOLD', 'RESTRICTION') AND r.lifted_at IS NULL AND (r.until IS NULL OR r.until > $2)
  AND e.day < $1

-- name: access_going
-- How many of the entries before $2 go, because they are before $1; the hash of the last of those.
SELECT count(*) FILTER (WHERE day < $1) AS expired, count(*) FILTER (WHERE day >= $1) AS kept,
  (SELECT l.hash FROM access.entries AS l WHERE l.day < $1 ORDER BY l.day DESC, l.number DESC LIMIT 1) AS hash
FROM access.entries WHERE day < $2

-- name: strip_dead_letters
-- What was put aside of a redacted contact stays, without its envelope. Channels names a contact by its stream, too.
UPDATE es.dead_letters AS d
SET message = convert_to((convert_from(d.message, 'UTF8')::jsonb - 'sealed')::text, 'UTF8')
WHERE convert_from(d.message, 'UTF8')::jsonb ->> 'stream_id' = $1 AND convert_from(d.message, 'UTF8')::jsonb ? 'sealed'

-- name: approvals_over
SELECT entry_id AS gesture_id, case_id FROM timeline
WHERE gesture_status = 'AWAITING_APPROVAL' AND expires_at <= $1 ORDER BY expires_at, entry_id LIMIT $2

-- name: replies_over
SELECT entry_id AS contact_id, case_id FROM timeline
WHERE delivery_status = 'HELD' AND expires_at <= $1 ORDER BY requested_at, entry_id LIMIT $2

-- name: payout_columns
SELECT p.gesture_id, p.case_id, c.number AS case_number, p.hold_id, t.gesture_kind AS kind, p.amount_minor, t.currency,
  t.reason, t.reference::text AS reference, p.attempts, extract(epoch FROM $1 - p.begun_at)::float8 AS age_s
FROM payouts AS p JOIN timeline AS t ON t.entry_id = p.gesture_id JOIN cases AS c ON c.case_id = p.case_id

-- name: payouts_due
WHERE p.due_at <= $1 AND NOT p.gesture_id = ANY ($2::uuid[]) ORDER BY p.due_at, p.gesture_id LIMIT $3

-- name: payouts_unknown
-- Nobody posts them any more and nobody said a word.
WHERE p.state = 'OPEN' AND p.due_at IS NULL AND NOT p.gesture_id = ANY ($2::uuid[])
ORDER BY p.begun_at, p.gesture_id LIMIT $3

-- name: clocks_to_notice
-- Those whose warning or end has come and of which that was not said yet; promises end by themselves.
(SELECT case_id, kind, clock_of, warn_at AS at FROM clocks
 WHERE state = 'RUNNING' AND warn_at <= $1
   AND (warned_for IS DISTINCT FROM due_at OR (due_at < $1 AND kind <> 'COMMITMENT'))
   AND NOT (kind = 'COMMITMENT' AND due_at <= $1)
 ORDER BY warn_at, case_id, kind, clock_of LIMIT $2)
UNION ALL
(SELECT case_id, kind, clock_of, due_at FROM clocks
 WHERE state = 'MISSED' AND kind <> 'COMMITMENT' AND missed_for IS DISTINCT FROM due_at
 ORDER BY due_at, case_id, kind, clock_of LIMIT $2)

-- name: mentions_to_expire
SELECT mention_id FROM mentions WHERE case_id IS NULL AND NOT expired AND expires_at <= $1
ORDER BY expires_at, mention_id LIMIT $2

-- name: mentions_unanswered
SELECT EXISTS (SELECT FROM mentions WHERE expired AND NOT reported AND NOT answered)

-- name: mentions_to_report
SELECT mention_id FROM mentions WHERE expired AND NOT reported ORDER BY mention_id LIMIT $1

-- name: complaints_in_mentions
-- Those that nobody answered and that are still kept.
SELECT count(*) FROM mentions WHERE class = 'COMPLAINT' AND case_id IS NULL AND NOT expired

-- name: complaints_in_cases
-- Cases that were closed over one.
SELECT count(*) FROM cases WHERE status = 'RESOLVED' AND tags @> ARRAY['unanswered-complaint']

-- name: volumes
-- Opened by brand, resolved by cause: in the last hour, and in the same hour of the days before it, as far as there are
-- cases.
WITH known AS (
  SELECT least($2::int, floor(extract(epoch FROM $1::timestamptz - min(opened_at)) / 86400)::int) AS days FROM cases
),
counted AS (
  SELECT 'BRAND' AS what, brand AS name, opened_at AS at FROM cases
  WHERE opened_at > $1::timestamptz - make_interval(days => $2::int, hours => 1) AND opened_at <= $1::timestamptz
  UNION ALL
  SELECT 'CAUSE', cause, resolved_at FROM cases
  WHERE resolved_at > $1::timestamptz - make_interval(days => $2::int, hours => 1)
    AND resolved_at <= $1::timestamptz AND cause IS NOT NULL
)
SELECT c.what, c.name, coalesce(k.days, 0) AS days,
  (count(*) FILTER (WHERE c.at > $1::timestamptz - interval '1 hour'))::int AS counted,
  (count(*) FILTER (WHERE c.at <= $1::timestamptz - interval '1 hour'))::int AS before
FROM counted AS c CROSS JOIN known AS k
WHERE extract(epoch FROM $1::timestamptz - c.at)::int % 86400 < 3600
GROUP BY c.what, c.name, k.days ORDER BY c.what, c.name

-- name: is_known_incident
SELECT EXISTS (
  SELECT FROM incidents WHERE state <> 'CLOSED' AND brand IS NOT DISTINCT FROM $1 AND cause IS NOT DISTINCT FROM $2
)
