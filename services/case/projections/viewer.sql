-- name: tell_viewer
-- One thing per fact and viewer: whoever is asked again is told that, and not that the offer before it is over.
INSERT INTO viewer_events (stream_id, version, audience, news, thing_id) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (stream_id, version, audience) DO UPDATE SET news = excluded.news, thing_id = excluded.thing_id

-- name: tell_who_was_asked
INSERT INTO viewer_events (stream_id, version, audience, news, thing_id)
SELECT $1, $2, o.agent_id, $3, o.offer_id FROM offers AS o WHERE o.case_id = $1 AND o.open

-- name: tell_giver_of_gesture
INSERT INTO viewer_events (stream_id, version, audience, news, thing_id)
SELECT $1, $2, a.agent_id, $3, t.entry_id
FROM timeline AS t JOIN agents AS a ON a.ref = t.requested_by_ref WHERE t.entry_id = $4

-- name: tell_who_promised
INSERT INTO viewer_events (stream_id, version, audience, news, thing_id)
SELECT $1, $2, t.agent_id, $3, t.entry_id FROM timeline AS t WHERE t.entry_id = $4

-- name: tell_owner_of_budget
-- Unless it was as low before.
INSERT INTO viewer_events (stream_id, version, audience, news, thing_id)
SELECT $1, $2, $3, $4, $1 WHERE NOT EXISTS (
  SELECT FROM budgets AS b WHERE b.account_id = $1 AND b.granted_minor > 0
    AND (b.reserved_minor + b.spent_minor) * 100 >= b.granted_minor * $5::int
)

-- name: tell_assignee
INSERT INTO viewer_events (stream_id, version, audience, news, thing_id)
SELECT $1, $2, c.assignee_id, $3, $1 FROM cases AS c WHERE c.case_id = $1 AND c.assignee_id IS NOT NULL
