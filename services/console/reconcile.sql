-- name: money_of_ledger
-- What routing's facts say of every gesture's money: how often and how much was captured, how much came back.
SELECT (f.said ->> 'gesture_id')::uuid AS gesture_id,
  count(*) FILTER (WHERE e.topic <> 'routing.capture-reversed.v1') AS times,
  coalesce(sum((f.said ->> 'captured_minor')::bigint), 0)::bigint AS amount_minor,
  coalesce(sum((f.said ->> 'amount_minor')::bigint) FILTER (WHERE e.topic = 'routing.capture-reversed.v1'), 0)::bigint
    AS returned_minor,
  min(f.said ->> 'hold_id') FILTER (WHERE e.topic <> 'routing.capture-reversed.v1') AS hold_id
FROM es.events AS e CROSS JOIN LATERAL (SELECT convert_from(e.clear, 'UTF8')::jsonb AS said) AS f
WHERE e.topic IN ('routing.hold-captured.v1', 'routing.capture-forced.v1', 'routing.capture-reversed.v1')
GROUP BY 1 ORDER BY 1

-- name: money_of_record
-- What the record's facts say of every gesture that was given or whose payout began: how often it was given and how
-- much, whether it was to be paid out and how often the payer said that it paid, how much came back.
SELECT (f.said ->> 'gesture_id')::uuid AS gesture_id,
  count(*) FILTER (WHERE e.topic = 'case.gesture-given.v1') AS times,
  coalesce(sum((f.said ->> 'amount_minor')::bigint) FILTER (WHERE e.topic = 'case.gesture-given.v1'), 0)::bigint
    AS amount_minor,
  coalesce(sum((f.said ->> 'amount_minor')::bigint) FILTER (WHERE e.topic = 'case.gesture-reversed.v1'), 0)::bigint
    AS returned_minor,
  min(f.said ->> 'hold_id') FILTER (WHERE e.topic = 'case.gesture-given.v1') AS hold_id,
  bool_or(e.topic = 'case.payout-begun.v1') AS by_payer,
  count(*) FILTER (WHERE e.topic = 'case.payout-paid.v1') AS confirmed
FROM es.events AS e CROSS JOIN LATERAL (SELECT convert_from(e.clear, 'UTF8')::jsonb AS said) AS f
WHERE e.topic IN ('case.gesture-given.v1', 'case.gesture-reversed.v1', 'case.payout-begun.v1', 'case.payout-paid.v1')
GROUP BY 1 ORDER BY 1
