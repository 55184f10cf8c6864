-- name: find_raws
-- Each by itself (LIMIT 1 keeps it so): what the planner knows of this table is old, and it would read all of it.
SELECT wanted.account_id, wanted.dedupe_key, r.body_digest
FROM unnest($1::uuid[], $2::text[]) AS wanted (account_id, dedupe_key),
LATERAL (
  SELECT body_digest FROM raws WHERE account_id = wanted.account_id AND dedupe_key = wanted.dedupe_key LIMIT 1
) AS r

-- name: keep_raws
INSERT INTO raws (raw_id, account_id, channel, account, dedupe_key, body_digest, key_id, sealed, received_at,
                  traceparent, state, reason)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::uuid[],
                     $8::bytea[], $9::timestamptz[], $10::text[], $11::text[], $12::text[])
ON CONFLICT (account_id, dedupe_key) DO NOTHING
RETURNING account_id, dedupe_key

-- name: raws_to_read
-- Not those of accounts of a newer configuration file than this process was started with: it does not know whose they
-- are ($2), and those that do read them.
SELECT raw_id, channel, account, dedupe_key, key_id, sealed, received_at, traceparent
FROM raws AS r
WHERE state = 'KEPT' AND (
  account_id = ANY($2::uuid[])
  OR NOT EXISTS (SELECT FROM accounts AS a WHERE a.account_id = r.account_id AND a.active)
)
ORDER BY seq LIMIT $1

-- name: raws_read
-- Nobody waits until this is on disk: what is read again after a crash changes nothing.
UPDATE raws SET state = 'READ' FROM (SELECT set_config('synchronous_commit', 'off', true) OFFSET 0) AS at_ease
WHERE raw_id = ANY($1::uuid[]) AND state = 'KEPT'

-- name: raw_stuck
UPDATE raws SET state = 'STUCK', reason = $2 WHERE raw_id = $1

-- name: remember_senders
INSERT INTO account_senders (account_id, sender_id, seen_at)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[])
ON CONFLICT (account_id) DO UPDATE SET sender_id = excluded.sender_id, seen_at = excluded.seen_at
WHERE account_senders.seen_at <= excluded.seen_at AND account_senders.sender_id <> excluded.sender_id

-- name: deliveries_due
-- Replies of one case leave in their order, whichever process has the one before in hand. A process that was started with
-- an older configuration file leaves accounts of a newer one, which it does not know ($5), to those that do.
SELECT contact_id, case_id, account_id FROM deliveries AS d
WHERE state = 'DUE' AND due_at <= $1 AND case_id <> ALL($2::uuid[]) AND account_id <> ALL($3::uuid[])
  AND NOT EXISTS (
    SELECT FROM accounts AS a
    WHERE a.account_id = d.account_id AND (a.paused OR a.active AND a.account_id <> ALL($5::uuid[]))
  )
  AND NOT EXISTS (SELECT FROM deliveries AS f WHERE f.case_id = d.case_id AND f.state = 'IN_FLIGHT')
ORDER BY due_at, requested_at LIMIT $4

-- name: is_sending
SELECT EXISTS (SELECT FROM deliveries WHERE account_id = $1 AND state = 'IN_FLIGHT')

-- name: deliveries_lost
SELECT contact_id, account_id FROM deliveries WHERE state = 'IN_FLIGHT' AND due_at <= $1 ORDER BY due_at LIMIT $2

-- name: parked_whose_message_came
SELECT p.account_id, p.external_id, p.item_key, p.item, a.channel, a.account
FROM parked p JOIN accounts a USING (account_id)
WHERE EXISTS (SELECT FROM external_ids e WHERE e.account_id = p.account_id AND e.external_id = p.external_id)
   OR EXISTS (SELECT FROM es.streams s WHERE s.stream_id = p.contact_id)
ORDER BY p.parked_at LIMIT $1

-- name: unpark_item
DELETE FROM parked WHERE account_id = $1 AND external_id = $2 AND item_key = $3

-- name: forget_parked
DELETE FROM parked WHERE parked_at < $1

-- name: leave_traces
INSERT INTO traces (trace, raw_id, subject_id)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) ON CONFLICT DO NOTHING

-- name: forgettings_to_do
SELECT forgetting_id, contact_ids, subjects, state FROM forgettings WHERE state <> 'DONE' ORDER BY begun_at LIMIT $1

-- name: kinds_of_streams
SELECT stream_id, kind FROM es.streams WHERE stream_id = ANY($1::uuid[])

-- name: external_ids_of
SELECT e.external_id, a.channel, a.account FROM external_ids e JOIN accounts a USING (account_id)
WHERE e.contact_id = ANY($1::uuid[])

-- name: raws_being_read
-- A payload may tell of others, too: as long as it is not read to its end it is not emptied.
SELECT EXISTS (
  SELECT FROM traces t JOIN raws r USING (raw_id) WHERE t.trace = ANY($1::uuid[]) AND r.state = 'KEPT'
)

-- name: empty_raws
WITH found AS (SELECT DISTINCT raw_id FROM traces WHERE trace = ANY($1::uuid[]))
UPDATE raws r SET sealed = '', state = 'ERASED', reason = NULL FROM found WHERE r.raw_id = found.raw_id
RETURNING r.raw_id

-- name: subjects_of_traces
SELECT DISTINCT subject_id FROM traces WHERE trace = ANY($1::uuid[]) AND subject_id IS NOT NULL

-- name: delete_traces
DELETE FROM traces WHERE raw_id = ANY($1::uuid[])

-- name: delete_windows
DELETE FROM windows w USING unnest($1::uuid[], $2::text[], $3::text[]) AS gone(account_id, kind, value)
WHERE (w.account_id, w.kind, w.value) = (gone.account_id, gone.kind, gone.value)

-- name: delete_external_ids
DELETE FROM external_ids WHERE contact_id = ANY($1::uuid[])

-- name: delete_parked
DELETE FROM parked WHERE contact_id = ANY($1::uuid[])

-- name: forgetting_purged
UPDATE forgettings SET state = 'PURGED', subjects = $2 WHERE forgetting_id = $1 AND state = 'DUE'

-- name: sealed_facts
SELECT count(*) FROM es.events WHERE stream_id = ANY($1::uuid[]) AND seals <> '[]'::bytea

-- name: withholdings_to_do
SELECT withholding_id, entry_ids, expired FROM withholdings WHERE NOT done ORDER BY begun_at LIMIT $1

-- name: strip_dead_letters
-- What was put aside of a reply stays, without its envelope.
UPDATE es.dead_letters AS d
SET message = convert_to((convert_from(d.message, 'UTF8')::jsonb - 'sealed')::text, 'UTF8')
WHERE convert_from(d.message, 'UTF8')::jsonb -> 'data' ->> 'contact_id' = ANY ($1::text[])
  AND convert_from(d.message, 'UTF8')::jsonb ? 'sealed'

-- name: delete_threads
DELETE FROM threads WHERE contact_id = ANY($1::uuid[])

-- name: mailbox_place
SELECT last_uid FROM mailboxes WHERE account_id = $1 AND uid_validity = $2

-- name: mailbox_read
-- The place never goes back, whichever process comes last, until the server counts anew.
INSERT INTO mailboxes (account_id, uid_validity, last_uid, looked_at, last_mail_at)
VALUES ($1, $2, $3, $4::timestamptz, CASE WHEN $5 THEN $4::timestamptz END)
ON CONFLICT (account_id) DO UPDATE SET uid_validity = excluded.uid_validity,
  last_uid = CASE WHEN mailboxes.uid_validity = excluded.uid_validity THEN greatest(mailboxes.last_uid, excluded.last_uid)
    ELSE excluded.last_uid END,
  looked_at = excluded.looked_at, last_mail_at = coalesce(excluded.last_mail_at, mailboxes.last_mail_at), trouble = NULL

-- name: mailbox_looked_at
INSERT INTO mailboxes (account_id, looked_at) VALUES ($1, $2)
ON CONFLICT (account_id) DO UPDATE SET looked_at = excluded.looked_at, trouble = NULL

-- name: mailbox_trouble
INSERT INTO mailboxes (account_id, trouble) VALUES ($1, $2)
ON CONFLICT (account_id) DO UPDATE SET trouble = excluded.trouble

-- name: poll_place
SELECT etag, last_modified FROM polls WHERE account_id = $1

-- name: poll_read
INSERT INTO polls (account_id, etag, last_modified, looked_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (account_id) DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified,
  looked_at = excluded.looked_at, trouble = NULL

-- name: reviews_place
SELECT cursor_at, all_at FROM polls WHERE account_id = $1

-- name: reviews_read
INSERT INTO polls (account_id, cursor_at, all_at, looked_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (account_id) DO UPDATE SET cursor_at = excluded.cursor_at, all_at = excluded.all_at,
  looked_at = excluded.looked_at, trouble = NULL

-- name: contacts_not_listed
-- Contacts of an account of which a kept payload tells and none of these ids is.
SELECT DISTINCT t.trace AS contact_id FROM traces t JOIN raws r USING (raw_id) JOIN es.streams s ON s.stream_id = t.trace
WHERE r.account_id = $1 AND s.kind = 'channels.contact' AND t.trace <> ALL ($2::uuid[]) LIMIT $3

-- name: poll_trouble
INSERT INTO polls (account_id, trouble) VALUES ($1, $2) ON CONFLICT (account_id) DO UPDATE SET trouble = excluded.trouble

-- name: expire_raws
-- Payloads that came before $1 and have been read: emptied, but still known by their dedupe key.
UPDATE raws SET sealed = '', state = 'EXPIRING', reason = NULL
WHERE raw_id IN (
  SELECT raw_id FROM raws WHERE received_at < $1 AND state IN ('READ', 'REFUSED', 'STUCK') ORDER BY seq LIMIT $2
)
RETURNING raw_id

-- name: raws_expiring
SELECT raw_id FROM raws WHERE state = 'EXPIRING' ORDER BY seq LIMIT $1

-- name: raws_kept
-- Those that are too old but still to be read.
SELECT count(*) FROM raws WHERE received_at < $1 AND state = 'KEPT'

-- name: positions_withheld
-- Of the facts of these streams whose envelopes are taken out (frames of a single length of 0); NULL: not sequenced yet.
SELECT l.position FROM es.events AS e LEFT JOIN es.log AS l USING (stream_id, version)
WHERE e.stream_id = ANY ($1::uuid[]) AND e.sealed = '\x00000000'::bytea

-- name: health_of_accounts
-- Of one that is settled `due_at` is when it was last tried. A mailbox is read by another server than mail leaves by.
SELECT a.account_id,
  (SELECT max(received_at) FROM raws AS r WHERE r.account_id = a.account_id) AS last_received_at,
  (SELECT max(due_at) FROM deliveries AS d WHERE d.account_id = a.account_id AND d.state = 'SETTLED'
    AND d.status IN ('ACCEPTED', 'SENT', 'DELIVERED', 'READ')) AS last_sent_at,
  (SELECT count(*) FROM raws AS r WHERE r.account_id = a.account_id AND r.state = 'KEPT')::int + s.stuck AS unread,
  (SELECT count(*) FROM deliveries AS d WHERE d.account_id = a.account_id AND d.state <> 'SETTLED')::int AS unsent,
  coalesce(m.trouble, p.trouble, e.trouble, (
    SELECT 'login-refused' FROM logins AS l
    WHERE l.account_id = a.account_id AND l.refused_at >= coalesce(p.looked_at, '-infinity') AND NOT EXISTS (
      SELECT FROM deliveries AS d WHERE d.account_id = l.account_id AND d.due_at >= l.refused_at
        AND d.state = 'SETTLED' AND d.status IN ('ACCEPTED', 'SENT', 'DELIVERED', 'READ')
    )
  ), CASE WHEN s.stuck > 0 THEN 'payload-stuck' END) AS trouble
FROM unnest($1::uuid[]) AS a (account_id)
CROSS JOIN LATERAL (
  SELECT count(*)::int AS stuck FROM raws AS r WHERE r.account_id = a.account_id AND r.state = 'STUCK'
) AS s
LEFT JOIN mailboxes AS m USING (account_id) LEFT JOIN polls AS p USING (account_id)
LEFT JOIN replays AS e USING (account_id)

-- name: raws_of_account_to_read
SELECT count(*) FROM raws WHERE state = 'KEPT' AND account_id = $1
