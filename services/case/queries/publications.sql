-- name: publication_columns
SELECT publication_id, version, state, channel, account, brand, text, asks_community, publish_at, rules, drafted_at,
  drafted_by_kind, drafted_by_ref, decided_at, decided_by_kind, decided_by_ref, decline_reason, published_at, url,
  failed_at, failure_code, failure_reason, failure_retryable
FROM publications

-- name: publications_by_id
WHERE publication_id = ANY ($1::uuid[])

-- name: publications_page
-- After the key ($5, $6), the latest first.
WHERE ($1::text[] IS NULL OR state = ANY ($1::text[]))
  AND ($2::text IS NULL OR channel = $2::text)
  AND ($3::text IS NULL OR brand = $3::text)
  AND ($4::boolean IS NULL OR asks_community = $4::boolean)
  AND ($5::timestamptz IS NULL OR (drafted_at, publication_id) < ($5::timestamptz, $6::uuid))
ORDER BY drafted_at DESC, publication_id DESC LIMIT $7

-- name: publications_to_approve
-- After the key ($1, $2), the oldest first.
WHERE state = 'AWAITING_APPROVAL'
  AND ($1::timestamptz IS NULL OR (drafted_at, publication_id) > ($1::timestamptz, $2::uuid))
ORDER BY drafted_at, publication_id LIMIT $3

-- name: publications_to_approve_count
SELECT count(*) FROM publications WHERE state = 'AWAITING_APPROVAL'

-- name: said_beneath
-- What answers it, what answers that, and so on; `in_thread` holds our own answers, too, for somebody may answer those.
-- A mention that became a contact is that contact.
WITH RECURSIVE in_thread AS (
  SELECT p.publication_id AS of_id, named.id AS said_id
  FROM publications AS p CROSS JOIN LATERAL (VALUES (p.publication_id), (p.named_id)) AS named (id)
  WHERE p.publication_id = ANY ($1::uuid[]) AND named.id IS NOT NULL
  UNION
  SELECT i.of_id, answer.id
  FROM in_thread AS i CROSS JOIN LATERAL (
    SELECT m.mention_id AS id FROM mentions AS m WHERE m.in_reply_to = i.said_id
    UNION ALL
    SELECT t.entry_id FROM timeline AS t
    WHERE t.in_reply_to = i.said_id AND t.kind = 'CONTACT' AND t.visibility = 'PUBLIC'
  ) AS answer
),
beneath AS (
  SELECT i.of_id, m.mention_id AS said_id, true AS is_mention, m.occurred_at, m.class, m.sentiment, m.expired
  FROM in_thread AS i JOIN mentions AS m ON m.mention_id = i.said_id WHERE m.case_id IS NULL
  UNION ALL
  SELECT i.of_id, t.entry_id, false, t.occurred_at, t.class, t.sentiment, false
  FROM in_thread AS i JOIN timeline AS t ON t.entry_id = i.said_id WHERE t.kind = 'CONTACT' AND t.direction = 'INBOUND'
)

-- name: answers_page
-- Of one publication, the earliest first.
SELECT said_id, is_mention, occurred_at FROM beneath
WHERE NOT expired AND ($2::timestamptz IS NULL OR (occurred_at, said_id) > ($2::timestamptz, $3::uuid))
ORDER BY occurred_at, said_id LIMIT $4

-- name: answers_counted
-- Also those whose words are gone by now. What nobody judged is of no class and has no feeling.
SELECT of_id AS publication_id, class, count(*)::int AS answers, (count(*) FILTER (WHERE is_mention))::int AS mentions,
  (count(*) FILTER (WHERE sentiment > 0))::int AS positive, (count(*) FILTER (WHERE sentiment < 0))::int AS negative,
  min(occurred_at) AS first_at
FROM beneath GROUP BY of_id, class ORDER BY of_id, answers DESC, class

-- name: publications_published
SELECT publication_id FROM publications WHERE published_at >= $1 AND published_at < $2 ORDER BY published_at DESC LIMIT $3

-- name: report_publications
-- By brand, channel and whether they ask everybody something. `agents`: who wrote them.
, said AS (
  SELECT b.of_id, count(*) AS answers, count(*) FILTER (WHERE b.is_mention) AS mentions,
    count(*) FILTER (WHERE b.sentiment > 0) AS positive, count(*) FILTER (WHERE b.sentiment < 0) AS negative,
    count(*) FILTER (WHERE b.class = 'COMPLAINT') AS complaints, count(*) FILTER (WHERE b.class = 'QUESTION') AS questions,
    count(*) FILTER (WHERE b.class = 'PRODUCT_TIP') AS product_tips,
    count(*) FILTER (WHERE b.class = 'COMPLIMENT') AS compliments, min(b.occurred_at) AS first_at
  FROM beneath AS b GROUP BY b.of_id
)
SELECT p.brand, p.channel, p.asks_community, count(DISTINCT p.drafted_by_ref) AS agents, count(*) AS publications,
  count(s.of_id) AS answered, coalesce(sum(s.answers), 0)::bigint AS answers, coalesce(sum(s.mentions), 0)::bigint AS mentions,
  coalesce(sum(s.complaints), 0)::bigint AS complaints, coalesce(sum(s.questions), 0)::bigint AS questions,
  coalesce(sum(s.product_tips), 0)::bigint AS product_tips, coalesce(sum(s.compliments), 0)::bigint AS compliments,
  coalesce(sum(s.positive), 0)::bigint AS positive, coalesce(sum(s.negative), 0)::bigint AS negative,
  (percentile_disc(0.5) WITHIN GROUP (ORDER BY greatest(extract(epoch FROM s.first_at - p.published_at), 0))
    FILTER (WHERE s.first_at IS NOT NULL))::bigint AS first_answer_median_s
FROM publications AS p LEFT JOIN said AS s ON s.of_id = p.publication_id
WHERE p.publication_id = ANY ($1::uuid[])
GROUP BY p.brand, p.channel, p.asks_community ORDER BY p.brand NULLS LAST, p.channel, p.asks_community LIMIT $2
