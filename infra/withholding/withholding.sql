-- name: withhold_envelopes
-- Of the facts of stream $1 with the versions $2 nothing sealed stays: each envelope's place in the frame has length 0.
UPDATE es.events
SET sealed = decode(repeat('00000000', jsonb_array_length(convert_from(seals, 'UTF8')::jsonb)), 'hex')
WHERE stream_id = $1 AND version = ANY ($2::bigint[]) AND seals <> '[]'::bytea
