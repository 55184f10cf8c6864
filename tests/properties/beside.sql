-- name: contents
INSERT INTO contact_contents (entry_id, case_id, html, visible_text, url)
SELECT entry_id, case_id, '<p>é "&amp;"</p>', CASE WHEN version % 2 = 0 THEN E'cut\n…' END,
  CASE WHEN version % 3 = 0 THEN 'https://shop.example/r/1' END
FROM timeline WHERE kind = 'CONTACT' AND case_id IS NOT NULL AND version % 4 > 0
ON CONFLICT DO NOTHING;

-- name: clocks
INSERT INTO clocks (case_id, kind, clock_of, state, started_at, due_at, warn_at, stopped_at)
SELECT case_id, kind, case_id, state, opened_at + n * interval '1 minute', opened_at + interval '1 hour', opened_at,
  CASE state WHEN 'MET' THEN opened_at + interval '5 minutes' END
FROM cases, (VALUES ('FIRST_ANSWER', 'MET', 0), ('RESOLVE', 'RUNNING', 1), ('COMMITMENT', 'MISSED', 1)) AS k (kind, state, n)
ON CONFLICT DO NOTHING;

-- name: fulfilments
UPDATE timeline SET fulfilment = jsonb_build_object(
  'at', recorded_at, 'code', CASE WHEN version % 2 = 0 THEN 'AB-1' END, 'url', 'https://pay.example/1'
) WHERE kind = 'GESTURE' AND gesture_status = 'GIVEN';

-- name: duties
UPDATE agents SET on_duty_until = '2026-01-01T10:00:00.120Z', next_duty_at = '2026-01-02T08:00Z' WHERE ref = 'anna';
