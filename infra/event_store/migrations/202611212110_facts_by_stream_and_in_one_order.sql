-- The record of a service: facts by stream, hashed into a chain per stream; and one order over all of them.
CREATE SCHEMA IF NOT EXISTS es;

-- Where each stream is now. `head_hash` is the hash of the fact at `version`.
CREATE TABLE es.streams (
  stream_id uuid PRIMARY KEY,
  kind text NOT NULL,
  version bigint NOT NULL,
  head_hash bytea NOT NULL
) WITH (fillfactor = 70);

-- Facts. `clear`, `seals` and `meta` are exact JSON bytes, as hashed; `sealed` holds the envelopes and is not hashed, so
-- that one can be withheld. `pos` and `tx` serve the sequencer alone.
CREATE TABLE es.events (
  stream_id uuid NOT NULL,
  version bigint NOT NULL,
  event_id uuid NOT NULL,
  topic text NOT NULL,
  clear bytea NOT NULL,
  seals bytea NOT NULL,
  sealed bytea,
  meta bytea NOT NULL,
  recorded_at timestamptz NOT NULL,
  hash bytea NOT NULL,
  pos bigint GENERATED ALWAYS AS IDENTITY,
  tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
  PRIMARY KEY (stream_id, version)
);
CREATE INDEX events_tx ON es.events (tx, pos);

-- The one order: contiguous positions from 1, given by the sequencer. `leaf`: of the Merkle log.
CREATE TABLE es.log (
  position bigint PRIMARY KEY,
  stream_id uuid NOT NULL,
  version bigint NOT NULL,
  leaf bytea,
  UNIQUE (stream_id, version)
);

-- What the sequencer has seen: everything visible in `snap` has its position.
CREATE TABLE es.sequencer (
  id int PRIMARY KEY CHECK (id = 1),
  epoch bigint NOT NULL,
  snap pg_snapshot NOT NULL,
  next_position bigint NOT NULL
);
INSERT INTO es.sequencer (id, epoch, snap, next_position) VALUES (1, 1, pg_current_snapshot(), 1);

-- Commands that were carried out, with the answer they got. `versions`: JSON object, stream id to version.
CREATE TABLE es.commands (
  command_id uuid PRIMARY KEY,
  request_digest bytea,
  outcome bytea NOT NULL,
  versions bytea NOT NULL,
  at timestamptz NOT NULL
);

-- How far the effects of another log have come, by its name.
CREATE TABLE es.checkpoints (
  name text NOT NULL,
  part int NOT NULL,
  position bigint NOT NULL,
  PRIMARY KEY (name, part)
) WITH (fillfactor = 50);

-- Messages that could not take effect. `message`: its JSON; content stays sealed.
CREATE TABLE es.dead_letters (
  origin text NOT NULL,
  position bigint NOT NULL,
  handler text NOT NULL,
  error_class text NOT NULL,
  message bytea NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (origin, position, handler)
);

-- Store one command's facts, or nothing. Arrays starting with s_ have one element per stream, with e_ one per fact.
-- `result`: done | repeated (known_* say what was stored) | already_done | conflict (lost_stream is at lost_version) |
-- broken (the stream's head is not the hash the caller read). After anything but `done` and `repeated` the caller rolls
-- back. Streams are locked in the order of their ids, so two commands over the same ones cannot block each other.
CREATE FUNCTION es.append(
  c_id uuid, c_digest bytea, c_outcome bytea, c_versions bytea, c_at timestamptz,
  o_name text, o_position bigint,
  s_id uuid[], s_kind text[], s_expected bigint[], s_version bigint[], s_previous bytea[], s_head bytea[],
  e_stream uuid[], e_version bigint[], e_id uuid[], e_topic text[], e_clear bytea[], e_seals bytea[],
  e_sealed bytea[], e_meta bytea[], e_recorded_at timestamptz[], e_hash bytea[],
  OUT result text, OUT known_digest bytea, OUT known_outcome bytea, OUT known_versions bytea,
  OUT lost_stream uuid, OUT lost_version bigint
) LANGUAGE plpgsql AS $$
BEGIN
  IF o_name IS NOT NULL THEN
    INSERT INTO es.checkpoints AS c (name, part, position) VALUES (o_name, 0, o_position)
      ON CONFLICT (name, part) DO UPDATE SET position = excluded.position WHERE c.position < excluded.position;
    IF NOT FOUND THEN
      result := 'already_done';
      RETURN;
    END IF;
  END IF;

  INSERT INTO es.commands (command_id, request_digest, outcome, versions, at)
    VALUES (c_id, c_digest, c_outcome, c_versions, c_at) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    SELECT 'repeated', request_digest, outcome, versions INTO result, known_digest, known_outcome, known_versions
      FROM es.commands WHERE command_id = c_id;
    RETURN;
  END IF;

  INSERT INTO es.streams (stream_id, kind, version, head_hash)
    SELECT u.id, u.kind, u.version, u.head FROM unnest(s_id, s_kind, s_expected, s_version, s_head)
      AS u(id, kind, expected, version, head)
    WHERE u.expected = 0 ORDER BY u.id ON CONFLICT DO NOTHING;
  PERFORM 1 FROM es.streams WHERE stream_id = ANY(s_id) ORDER BY stream_id FOR UPDATE;

  -- A stream just made here carries our own head; somebody else's cannot, for the hash covers the event's id.
  SELECT u.id, coalesce(st.version, 0), CASE WHEN st.version = u.expected THEN 'broken' ELSE 'conflict' END
    INTO lost_stream, lost_version, result
    FROM unnest(s_id, s_expected, s_previous, s_head) AS u(id, expected, previous, head)
    LEFT JOIN es.streams st ON st.stream_id = u.id
    WHERE CASE WHEN u.expected = 0 THEN st.head_hash IS DISTINCT FROM u.head
      ELSE st.version IS DISTINCT FROM u.expected OR st.head_hash IS DISTINCT FROM u.previous END
    ORDER BY u.id LIMIT 1;
  IF FOUND THEN
    RETURN;
  END IF;

  UPDATE es.streams st SET version = u.version, head_hash = u.head
    FROM unnest(s_id, s_expected, s_version, s_head) AS u(id, expected, version, head)
    WHERE st.stream_id = u.id AND u.expected > 0;
  INSERT INTO es.events
    (stream_id, version, event_id, topic, clear, seals, sealed, meta, recorded_at, hash)
    SELECT u.stream_id, u.version, u.event_id, u.topic, u.clear, u.seals, u.sealed, u.meta, u.recorded_at, u.hash
    FROM unnest(e_stream, e_version, e_id, e_topic, e_clear, e_seals, e_sealed, e_meta, e_recorded_at, e_hash)
      WITH ORDINALITY AS u(stream_id, version, event_id, topic, clear, seals, sealed, meta, recorded_at, hash, o)
    ORDER BY u.o;
  result := 'done';
END
$$;
