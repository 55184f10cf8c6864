-- name: report_cases
-- Cases that began from $1 to before $2, as reports count them; the statements below go on behind it. `loud`: it began
-- in public. `right_first`: two weeks after it was resolved for the first time nobody had come back about it; NULL: two
-- weeks are not over at $2. `agent_ref`: who answered first. `about`: the cause, else what the first gesture was for.
WITH began AS (
  SELECT c.case_id, c.opened_at, c.cause, c.tags, first.channel, first.visibility = 'PUBLIC' AS loud,
    answer.actor_ref AS agent_ref,
    extract(epoch FROM answer.occurred_at - first.occurred_at) AS answered_s,
    extract(epoch FROM ended.ended_at - c.opened_at) AS solved_s,
    coalesce(c.cause, gift.reason) AS about,
    ended.reopened_at IS NOT NULL OR 'repeat-contact' = ANY (c.tags) AS repeated,
    CASE WHEN ended.ended_at + interval '14 days' <= $2 THEN
      coalesce(ended.reopened_at > ended.ended_at + interval '14 days', true) AND NOT EXISTS (
        SELECT FROM shown_as_one(c.customer_id) AS m (id) JOIN cases AS n ON n.customer_id = m.id
        WHERE n.case_id <> c.case_id AND n.cause = c.cause AND n.opened_at > ended.ended_at
          AND n.opened_at <= ended.ended_at + interval '14 days')
    END AS right_first
  FROM cases AS c
    CROSS JOIN LATERAL first_end_of(c.case_id) AS ended
    LEFT JOIN LATERAL (
      SELECT t.channel, t.visibility, t.occurred_at FROM timeline AS t
      WHERE t.case_id = c.case_id AND t.kind = 'CONTACT' AND t.direction = 'INBOUND'
      ORDER BY t.occurred_at, t.entry_id LIMIT 1) AS first ON true
    LEFT JOIN LATERAL (
      SELECT t.actor_ref, t.occurred_at FROM timeline AS t
      WHERE t.case_id = c.case_id AND t.kind = 'CONTACT' AND t.direction = 'OUTBOUND'
        AND t.actor_kind <> 'SYSTEM'
      ORDER BY t.occurred_at, t.entry_id LIMIT 1) AS answer ON true
    LEFT JOIN LATERAL (
      SELECT t.reason FROM timeline AS t WHERE t.case_id = c.case_id AND t.kind = 'GESTURE'
      ORDER BY t.occurred_at, t.entry_id LIMIT 1) AS gift ON true
  WHERE c.opened_at >= $1 AND c.opened_at < $2
), money AS (
  SELECT b.case_id, t.currency, sum(t.amount_minor - coalesce(p.returned_minor, 0))::bigint AS minor
  FROM began AS b JOIN gesture_controls AS g ON g.case_id = b.case_id JOIN timeline AS t ON t.entry_id = g.gesture_id
    LEFT JOIN payouts AS p ON p.gesture_id = g.gesture_id
  GROUP BY b.case_id, t.currency
)

-- name: report_loudness
SELECT b.about, CASE WHEN b.loud THEN 'PUBLIC' ELSE 'PRIVATE' END AS visibility, $3::text AS currency,
  count(DISTINCT b.agent_ref) AS agents, count(*) AS cases,
  percentile_disc(0.5) WITHIN GROUP (ORDER BY b.answered_s)::bigint AS answered_median_s,
  percentile_disc(0.5) WITHIN GROUP (ORDER BY b.solved_s)::bigint AS solved_median_s,
  coalesce(sum(m.minor), 0)::bigint AS amount_minor,
  round(coalesce(sum(m.minor), 0) / count(*))::bigint AS amount_per_case_minor,
  count(b.right_first) AS right_first_known, count(*) FILTER (WHERE b.right_first) AS right_first
FROM began AS b LEFT JOIN money AS m ON m.case_id = b.case_id AND m.currency = $3
WHERE b.about IS NOT NULL AND b.loud IS NOT NULL
GROUP BY b.about, b.loud ORDER BY b.about, b.loud DESC LIMIT $4

-- name: report_channels
-- A case counts where it began, with the answers in it; a contact and its cost where it was made; praise that became no
-- case where it was said. `parts`: where an answer lies from the worst, 0, to the best, 1.
, answers AS (
  SELECT b.channel, a.metric, a.value, (a.value - a.worst) / (a.best - a.worst) AS part
  FROM began AS b JOIN survey_answers AS a ON a.case_id = b.case_id WHERE b.channel IS NOT NULL
  UNION ALL
  SELECT a.channel, a.metric, a.value, (a.value - a.worst) / (a.best - a.worst)
  FROM survey_answers AS a WHERE a.case_id IS NULL AND a.answered_at >= $1 AND a.answered_at < $2
), said AS (
  SELECT a.channel, count(*) AS answers, round(1000 * avg(a.part))::bigint AS satisfaction_permille,
    count(*) FILTER (WHERE a.metric = 'NPS') AS nps_answers,
    round(100 * avg(CASE WHEN a.value >= 9 THEN 1 WHEN a.value > 6 THEN 0 ELSE -1 END)
      FILTER (WHERE a.metric = 'NPS'))::bigint AS nps
  FROM answers AS a GROUP BY a.channel
), touches AS (
  SELECT t.channel, count(*) FILTER (WHERE t.direction = 'INBOUND') AS contacts_in,
    count(*) FILTER (WHERE t.direction = 'OUTBOUND') AS contacts_out,
    count(DISTINCT t.actor_ref) FILTER (WHERE t.direction = 'OUTBOUND' AND t.actor_kind <> 'SYSTEM') AS agents
  FROM began AS b JOIN timeline AS t ON t.case_id = b.case_id AND t.kind = 'CONTACT' GROUP BY t.channel
), matters AS (
  SELECT b.channel, count(*) AS cases,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY b.answered_s)::bigint AS answered_median_s,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY b.solved_s)::bigint AS solved_median_s,
    coalesce(sum(m.minor), 0)::bigint AS amount_minor,
    count(b.right_first) AS right_first_known, count(*) FILTER (WHERE b.right_first) AS right_first
  FROM began AS b LEFT JOIN money AS m ON m.case_id = b.case_id AND m.currency = $3
  WHERE b.channel IS NOT NULL GROUP BY b.channel
)
SELECT channel, $3::text AS currency, coalesce(t.agents, 0) AS agents,
  coalesce(t.contacts_in, 0) AS contacts_in, coalesce(t.contacts_out, 0) AS contacts_out,
  round(1000 * coalesce(t.contacts_in, 0) / nullif(sum(t.contacts_in) OVER (), 0))::bigint AS share_permille,
  coalesce(m.cases, 0) AS cases, m.answered_median_s, m.solved_median_s, coalesce(m.amount_minor, 0) AS amount_minor,
  coalesce(m.right_first_known, 0) AS right_first_known, coalesce(m.right_first, 0) AS right_first,
  coalesce(s.answers, 0) AS answers, s.satisfaction_permille, coalesce(s.nps_answers, 0) AS nps_answers, s.nps
FROM touches AS t FULL JOIN said AS s USING (channel) LEFT JOIN matters AS m USING (channel)
ORDER BY coalesce(t.contacts_in, 0) DESC, channel LIMIT $4

-- name: report_causes
-- What would have prevented this: the causes that cost most in money and in people who had to come back come first.
, touches AS (
  SELECT b.case_id, t.channel, count(*) AS contacts
  FROM began AS b JOIN timeline AS t ON t.case_id = b.case_id AND t.kind = 'CONTACT'
  WHERE b.cause IS NOT NULL GROUP BY b.case_id, t.channel
), prices AS (
  SELECT t.case_id, sum(t.contacts)::bigint AS contacts, sum(t.contacts * coalesce(c.minor, 0))::bigint AS minor
  FROM touches AS t LEFT JOIN unnest($5::text[], $6::bigint[]) AS c (channel, minor) ON c.channel = t.channel
  GROUP BY t.case_id
), said AS (
  SELECT b.case_id, count(*) AS answers, sum((a.value - a.worst) / (a.best - a.worst)) AS parts
  FROM began AS b JOIN survey_answers AS a ON a.case_id = b.case_id WHERE b.cause IS NOT NULL GROUP BY b.case_id
)
SELECT b.cause, $3::text AS currency, count(DISTINCT b.agent_ref) AS agents, count(*) AS cases,
  count(*) FILTER (WHERE b.repeated) AS repeated, coalesce(sum(m.minor), 0)::bigint AS amount_minor,
  coalesce(sum(p.contacts), 0)::bigint AS contacts, coalesce(sum(p.minor), 0)::bigint AS contacts_cost_minor,
  (coalesce(sum(m.minor), 0) + coalesce(sum(p.minor), 0))::bigint AS weight_minor,
  coalesce(sum(s.answers), 0)::bigint AS answers,
  round(1000 * sum(s.parts) / sum(s.answers))::bigint AS satisfaction_permille
FROM began AS b LEFT JOIN money AS m ON m.case_id = b.case_id AND m.currency = $3
  LEFT JOIN prices AS p ON p.case_id = b.case_id LEFT JOIN said AS s ON s.case_id = b.case_id
WHERE b.cause IS NOT NULL GROUP BY b.cause ORDER BY weight_minor DESC, repeated DESC, b.cause LIMIT $4

-- name: report_classes
-- What people say to and about us, by what triage saw in it: contacts of cases, and mentions that are none. Passed on: of
-- what was said in public, as far as its platform told.
, said AS (
  SELECT t.class, b.agent_ref, b.answered_s, true AS taken_up, (c.reach ->> 'shares')::bigint > 0 AS passed_on
  FROM began AS b JOIN timeline AS t ON t.case_id = b.case_id LEFT JOIN contact_contents AS c ON c.entry_id = t.entry_id
  WHERE t.kind = 'CONTACT' AND t.direction = 'INBOUND' AND t.class IS NOT NULL
  UNION ALL
  SELECT m.class, NULL, NULL, false, (m.reach ->> 'shares')::bigint > 0
  FROM mentions AS m WHERE m.case_id IS NULL AND m.occurred_at >= $1 AND m.occurred_at < $2
)
SELECT s.class, count(DISTINCT s.agent_ref) AS agents, count(*) AS said,
  round(1000 * count(*) / sum(count(*)) OVER ())::bigint AS share_permille, count(*) FILTER (WHERE s.taken_up) AS taken_up,
  percentile_disc(0.5) WITHIN GROUP (ORDER BY s.answered_s)::bigint AS answered_median_s,
  count(s.passed_on) AS passed_on_known, count(*) FILTER (WHERE s.passed_on) AS passed_on
FROM said AS s GROUP BY s.class ORDER BY said DESC, s.class LIMIT $3

-- name: report_pace
-- How good answers are, by how long the first one took. The clock counts: an acknowledgement is no answer yet.
, paced AS (
  SELECT b.case_id, b.agent_ref, b.right_first, extract(epoch FROM k.stopped_at - k.started_at) AS took_s,
    EXISTS (
      SELECT FROM clocks AS a
      WHERE a.case_id = b.case_id AND a.kind = 'ACKNOWLEDGE' AND a.stopped_at < k.stopped_at) AS acknowledged
  FROM began AS b CROSS JOIN LATERAL (
    SELECT f.started_at, f.stopped_at FROM clocks AS f
    WHERE f.case_id = b.case_id AND f.kind = 'FIRST_ANSWER' AND f.stopped_at IS NOT NULL AND f.state <> 'CANCELLED'
    ORDER BY f.started_at, f.clock_of LIMIT 1) AS k
), said AS (
  SELECT p.case_id, count(*) AS answers, sum((a.value - a.worst) / (a.best - a.worst)) AS parts
  FROM paced AS p JOIN survey_answers AS a ON a.case_id = p.case_id GROUP BY p.case_id
), brackets (number, answered_within, from_s, until_s) AS (
  VALUES (1, '15 min', 0, 900), (2, '1 h', 900, 3600), (3, '4 h', 3600, 14400), (4, '24 h', 14400, 86400),
    (5, 'later', 86400, NULL)
)
SELECT r.answered_within, $3::text AS currency, count(DISTINCT p.agent_ref) AS agents, count(*) AS cases,
  count(*) FILTER (WHERE p.acknowledged) AS acknowledged, count(p.right_first) AS right_first_known,
  count(*) FILTER (WHERE p.right_first) AS right_first, coalesce(sum(m.minor), 0)::bigint AS amount_minor,
  coalesce(sum(s.answers), 0)::bigint AS answers,
  round(1000 * sum(s.parts) / nullif(sum(s.answers), 0))::bigint AS satisfaction_permille
FROM brackets AS r JOIN paced AS p ON p.took_s >= r.from_s AND (r.until_s IS NULL OR p.took_s < r.until_s)
  LEFT JOIN said AS s ON s.case_id = p.case_id LEFT JOIN money AS m ON m.case_id = p.case_id AND m.currency = $3
GROUP BY r.number, r.answered_within ORDER BY r.number LIMIT $4

-- name: report_effect
-- Gestures that were given from $1 to before $2. A recontact: within 30 days the customer opened the case again or began
-- another one; it counts of those whose 30 days are over at $2. An answer: within 30 days the customer said how we did.
WITH given AS (
  SELECT t.reason, t.currency, g.agent_ref, t.amount_minor - coalesce(p.returned_minor, 0) AS minor,
    first.channel, CASE WHEN first.visibility = 'PUBLIC' THEN 'PUBLIC' ELSE 'PRIVATE' END AS visibility,
    g.given_at + interval '30 days' <= $2 AS month_over,
    (ended.reopened_at > g.given_at AND ended.reopened_at <= g.given_at + interval '30 days') IS TRUE OR EXISTS (
      SELECT FROM shown_as_one(t.customer_id) AS m (id) JOIN cases AS n ON n.customer_id = m.id
      WHERE n.case_id <> g.case_id AND n.opened_at > g.given_at AND n.opened_at <= g.given_at + interval '30 days'
    ) AS recontacted,
    CASE WHEN ended.ended_at + interval '14 days' <= $2 THEN
      coalesce(ended.reopened_at > ended.ended_at + interval '14 days', true) AND NOT EXISTS (
        SELECT FROM shown_as_one(t.customer_id) AS m (id) JOIN cases AS n ON n.customer_id = m.id
        WHERE n.case_id <> g.case_id AND n.cause = c.cause AND n.opened_at > ended.ended_at
          AND n.opened_at <= ended.ended_at + interval '14 days')
    END AS right_first,
    said.answers, said.parts
  FROM gesture_controls AS g JOIN timeline AS t ON t.entry_id = g.gesture_id JOIN cases AS c ON c.case_id = g.case_id
    LEFT JOIN payouts AS p ON p.gesture_id = g.gesture_id
    CROSS JOIN LATERAL first_end_of(g.case_id) AS ended
    LEFT JOIN LATERAL (
      SELECT f.channel, f.visibility FROM timeline AS f
      WHERE f.case_id = g.case_id AND f.kind = 'CONTACT' AND f.direction = 'INBOUND'
      ORDER BY f.occurred_at, f.entry_id LIMIT 1) AS first ON true
    CROSS JOIN LATERAL (
      SELECT count(*) AS answers, sum((a.value - a.worst) / (a.best - a.worst)) AS parts
      FROM survey_answers AS a
      WHERE a.customer_id IN (SELECT shown_as_one(t.customer_id)) AND a.answered_at > g.given_at
        AND a.answered_at <= least(g.given_at + interval '30 days', $2)) AS said
  WHERE g.given_at >= $1 AND g.given_at < $2
)
SELECT reason, channel, visibility, currency, count(DISTINCT agent_ref) AS agents, count(*) AS gestures,
  sum(minor)::bigint AS amount_minor, count(*) FILTER (WHERE month_over) AS recontact_known,
  count(*) FILTER (WHERE month_over AND recontacted) AS recontacted,
  count(right_first) AS right_first_known, count(*) FILTER (WHERE right_first) AS right_first,
  sum(answers)::bigint AS answers, round(1000 * sum(parts) / nullif(sum(answers), 0))::bigint AS satisfaction_permille
FROM given GROUP BY reason, channel, visibility, currency
ORDER BY reason, channel, visibility, currency LIMIT $3

-- name: report_quality
-- What second readers found of gestures given from $1 to before $2, by the team of who gave them.
SELECT a.team_ref AS team, g.reason, count(DISTINCT g.agent_ref) AS agents, count(*) AS read,
  count(*) FILTER (WHERE g.outcome = 'FINE') AS fine, count(*) FILTER (WHERE g.outcome = 'QUESTION') AS question,
  count(*) FILTER (WHERE g.outcome = 'WRONG') AS wrong
FROM gesture_controls AS g LEFT JOIN agents AS a ON a.ref = g.agent_ref
WHERE g.given_at >= $1 AND g.given_at < $2 AND g.outcome IS NOT NULL
GROUP BY a.team_ref, g.reason ORDER BY a.team_ref, g.reason LIMIT $3

-- name: report_incidents
-- How long after what happened somebody spoke: incidents of which somebody said when they happened, from $1 to before $2,
-- by the channel on which it was first spoken of in each case. What was said before it happened was about something else.
WITH told AS (
  SELECT i.incident_id, i.title, i.cause, i.occurred_at, l.case_id, spoken.channel, spoken.direction,
    spoken.occurred_at - i.occurred_at AS spoken_after, answer.occurred_at - i.occurred_at AS reached_after,
    answer.actor_ref
  FROM incidents AS i JOIN incident_cases AS l ON l.incident_id = i.incident_id
    LEFT JOIN LATERAL (
      SELECT t.channel, t.direction, t.occurred_at FROM timeline AS t
      WHERE t.case_id = l.case_id AND t.kind = 'CONTACT' AND t.occurred_at >= i.occurred_at
        AND (t.direction = 'INBOUND' OR t.actor_kind <> 'SYSTEM')
      ORDER BY t.occurred_at, t.entry_id LIMIT 1) AS spoken ON true
    LEFT JOIN LATERAL (
      SELECT t.actor_ref, t.occurred_at FROM timeline AS t
      WHERE t.case_id = l.case_id AND t.kind = 'CONTACT' AND t.occurred_at >= i.occurred_at
        AND t.direction = 'OUTBOUND' AND t.actor_kind <> 'SYSTEM'
      ORDER BY t.occurred_at, t.entry_id LIMIT 1) AS answer ON true
  WHERE i.occurred_at >= $1 AND i.occurred_at < $2
), said AS (
  SELECT t.case_id, count(*) AS answers, sum((a.value - a.worst) / (a.best - a.worst)) AS parts
  FROM told AS t JOIN survey_answers AS a ON a.case_id = t.case_id AND a.answered_at >= t.occurred_at GROUP BY t.case_id
)
SELECT t.title AS incident, t.cause, to_char(t.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS occurred_at,
  t.channel, count(DISTINCT t.actor_ref) AS agents, count(*) AS cases,
  count(*) FILTER (WHERE t.direction = 'OUTBOUND') AS proactive,
  extract(epoch FROM min(t.spoken_after))::bigint AS contact_first_s,
  percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM t.spoken_after))::bigint AS contact_median_s,
  count(t.reached_after) AS reached,
  percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM t.reached_after))::bigint AS reached_median_s,
  coalesce(sum(s.answers), 0)::bigint AS answers,
  round(1000 * sum(s.parts) / nullif(sum(s.answers), 0))::bigint AS satisfaction_permille
FROM told AS t LEFT JOIN said AS s ON s.case_id = t.case_id
GROUP BY t.incident_id, t.title, t.cause, t.occurred_at, t.channel
ORDER BY t.occurred_at, t.incident_id, contact_first_s, t.channel LIMIT $3
