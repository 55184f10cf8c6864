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

-- The one order: contiguous positions from 1, given by the sequencer. `leaf`: of the Merkle log, in which a position is
-- one more than the leaf's index. `held_at`: the highest recorded_at up to here, so that time never goes back along
-- positions, whatever the writers' clocks did.
CREATE TABLE es.log (
  position bigint PRIMARY KEY,
  stream_id uuid NOT NULL,
  version bigint NOT NULL,
  leaf bytea NOT NULL,
  held_at timestamptz NOT NULL,
  UNIQUE (stream_id, version)
);

-- Inner nodes of the Merkle log, made with the checkpoints so that a proof reads a few hundred hashes and not them all:
-- the node of `level` n and `index` i is the root over the leaves from i * 256^n up to (i + 1) * 256^n.
CREATE TABLE es.log_nodes (
  level int NOT NULL CHECK (level > 0),
  index bigint NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (level, index)
);

-- Checkpoints of the Merkle log: `note` is the signed note (C2SP tlog-checkpoint), which says size and root too. `at`:
-- `held_at` of the last position it covers.
CREATE TABLE es.signed_checkpoints (
  size bigint PRIMARY KEY,
  root bytea NOT NULL,
  note text NOT NULL,
  at timestamptz NOT NULL
);

-- Who signs them: the oldest key. `key_id`: four bytes, derived of origin and public half. `private`: wrapped under the
-- key-encryption key where `wrapped`.
CREATE TABLE es.signing_keys (
  key_id bytea PRIMARY KEY,
  origin text NOT NULL,
  public bytea NOT NULL,
  private bytea NOT NULL,
  wrapped boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What the sequencer has seen: everything visible in `snap` has its position. In the middle of a backlog `target` is
-- the snapshot with which its first turn began, and what comes in the order (tx, pos) up to `after_` has its position.
CREATE TABLE es.sequencer (
  id int PRIMARY KEY CHECK (id = 1),
  epoch bigint NOT NULL,
  snap pg_snapshot NOT NULL,
  target pg_snapshot,
  after_tx xid8 NOT NULL DEFAULT '0',
  after_pos bigint NOT NULL DEFAULT 0,
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

-- Store many commands at once, each with all its facts; all of them or none. Arrays starting with c_ and o_ have one
-- element per command (or are NULL for NULLs throughout), with n_ one per new stream, with s_ one per stream that goes
-- on, with e_ one per fact; n_ and s_ are NULL where there is no such stream. No stream, command or o_name stands in two
-- commands of one call; n_ and s_ come in the order of stream ids, commands in the order of theirs.
-- Where any command has been carried out before, or another was first, it fails with unique_violation, and
-- es.append_each is to be called.
CREATE FUNCTION es.append(
  c_id uuid[], c_digest bytea[], c_outcome bytea[], c_versions bytea[], c_at timestamptz[],
  o_name text[], o_position bigint[],
  n_id uuid[], n_kind text[], n_version bigint[], n_head bytea[],
  s_id uuid[], s_expected bigint[], s_version bigint[], s_previous bytea[], s_head bytea[],
  e_stream uuid[], e_version bigint[], e_id uuid[], e_topic text[], e_clear bytea[], e_seals bytea[],
  e_sealed bytea[], e_meta bytea[], e_recorded_at timestamptz[], e_hash bytea[]
) RETURNS void LANGUAGE plpgsql SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
  touched bigint;
BEGIN
  IF o_name IS NOT NULL THEN
    INSERT INTO es.checkpoints AS c (name, part, position)
      SELECT u.name, 0, u.position FROM unnest(o_name, o_position) AS u(name, position)
      WHERE u.name IS NOT NULL ORDER BY u.name
      ON CONFLICT (name, part) DO UPDATE SET position = excluded.position WHERE c.position < excluded.position;
    GET DIAGNOSTICS touched = ROW_COUNT;
    IF touched < cardinality(array_remove(o_name, NULL)) THEN
      RAISE EXCEPTION 'a message was handled before' USING ERRCODE = 'unique_violation';
    END IF;
  END IF;
  IF n_id IS NOT NULL THEN
    INSERT INTO es.streams (stream_id, kind, version, head_hash) SELECT * FROM unnest(n_id, n_kind, n_version, n_head);
  END IF;
  IF s_id IS NOT NULL THEN
    UPDATE es.streams st SET version = u.version, head_hash = u.head
      FROM unnest(s_id, s_expected, s_version, s_previous, s_head) AS u(id, expected, version, previous, head)
      WHERE st.stream_id = u.id AND st.version = u.expected AND st.head_hash = u.previous;
    GET DIAGNOSTICS touched = ROW_COUNT;
    IF touched < cardinality(s_id) THEN
      RAISE EXCEPTION 'another was first on a stream' USING ERRCODE = 'unique_violation';
    END IF;
  END IF;
  INSERT INTO es.commands (command_id, request_digest, outcome, versions, at)
    SELECT * FROM unnest(c_id, c_digest, c_outcome, c_versions, c_at);
  INSERT INTO es.events
    (stream_id, version, event_id, topic, clear, seals, sealed, meta, recorded_at, hash)
    SELECT * FROM unnest(e_stream, e_version, e_id, e_topic, e_clear, e_seals, e_sealed, e_meta, e_recorded_at, e_hash);
END
$$;

-- The same, but each command stands or falls alone. s_ has one element per stream, new or not, s_item and e_item are the
-- 1-based places of their commands.
-- Answers one row for each command that is not `done`: repeated (known_* say what was stored, and its checkpoint has
-- moved unless the digests differ) | already_done | conflict (lost_stream is at lost_version) | broken (the stream's head is not the hash the
-- caller read). Of these nothing stays, so the transaction may be committed for the sake of the others.
-- Every kind of row is locked in one order (checkpoints, streams, commands; each by key), so two calls cannot block each
-- other. That order is the arrays', kept by nested loops; the settings also keep a plan that was made while the tables
-- were empty from reading all of them later.
CREATE FUNCTION es.append_each(
  c_id uuid[], c_digest bytea[], c_outcome bytea[], c_versions bytea[], c_at timestamptz[],
  o_name text[], o_position bigint[],
  s_item int[], s_id uuid[], s_kind text[], s_expected bigint[], s_version bigint[], s_previous bytea[], s_head bytea[],
  e_item int[], e_stream uuid[], e_version bigint[], e_id uuid[], e_topic text[], e_clear bytea[], e_seals bytea[],
  e_sealed bytea[], e_meta bytea[], e_recorded_at timestamptz[], e_hash bytea[]
) RETURNS TABLE (
  item int, result text, known_digest bytea, known_outcome bytea, known_versions bytea,
  lost_stream uuid, lost_version bigint
) LANGUAGE plpgsql SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  reactions boolean := o_name IS NOT NULL;
  late int[] := '{}';     -- their message was handled before
  losers int[] := '{}';   -- another was first on one of their streams
  out_of_it int[] := '{}';
  known int[] := '{}';    -- carried out before
  abused int[] := '{}';   -- of these: under the same id, but it was another request
  made uuid[] := '{}';
  moved uuid[] := '{}';
  kept uuid[];
  touched bigint;
BEGIN
  IF reactions THEN
    PERFORM 1 FROM es.checkpoints WHERE part = 0 AND name = ANY (o_name) ORDER BY name FOR UPDATE;
    SELECT coalesce(array_agg(u.i), '{}') INTO late
      FROM unnest(o_name, o_position) WITH ORDINALITY AS u(name, position, i)
      JOIN es.checkpoints c ON c.name = u.name AND c.part = 0 WHERE c.position >= u.position;
    out_of_it := late;
  END IF;

  IF 0 = ANY (s_expected) THEN
    WITH new AS (
      INSERT INTO es.streams (stream_id, kind, version, head_hash)
        SELECT u.id, u.kind, u.version, u.head FROM unnest(s_item, s_id, s_kind, s_expected, s_version, s_head)
          AS u(i, id, kind, expected, version, head)
        WHERE u.expected = 0 AND u.i <> ALL (late) ON CONFLICT DO NOTHING RETURNING stream_id
    ) SELECT coalesce(array_agg(stream_id), '{}') INTO made FROM new;
  END IF;
  WITH new AS (
    UPDATE es.streams st SET version = u.version, head_hash = u.head
      FROM unnest(s_item, s_id, s_expected, s_version, s_previous, s_head)
        AS u(i, id, expected, version, previous, head)
      WHERE st.stream_id = u.id AND st.version = u.expected AND st.head_hash = u.previous
        AND u.expected > 0 AND u.i <> ALL (late)
      RETURNING st.stream_id
  ) SELECT coalesce(array_agg(stream_id), '{}') INTO moved FROM new;
  IF cardinality(made) + cardinality(moved) < cardinality(s_id) THEN
    SELECT coalesce(array_agg(DISTINCT u.i), '{}') INTO losers FROM unnest(s_item, s_id) AS u(i, id)
      WHERE u.id <> ALL (made) AND u.id <> ALL (moved) AND u.i <> ALL (late);
    out_of_it := late || losers;
  END IF;

  WITH new AS (
    INSERT INTO es.commands (command_id, request_digest, outcome, versions, at)
      SELECT u.id, u.digest, u.outcome, u.versions, u.at
      FROM unnest(c_id, c_digest, c_outcome, c_versions, c_at)
        WITH ORDINALITY AS u(id, digest, outcome, versions, at, i)
      WHERE u.i <> ALL (out_of_it) ON CONFLICT DO NOTHING RETURNING command_id
  ) SELECT coalesce(array_agg(command_id), '{}') INTO kept FROM new;
  IF cardinality(kept) < cardinality(c_id) THEN
    SELECT coalesce(array_agg(u.i), '{}') INTO known
      FROM unnest(c_id) WITH ORDINALITY AS u(id, i) JOIN es.commands c ON c.command_id = u.id
      WHERE u.id <> ALL (kept) AND u.i <> ALL (late);
    SELECT coalesce(array_agg(u.i), '{}') INTO abused
      FROM unnest(c_id, c_digest) WITH ORDINALITY AS u(id, digest, i) JOIN es.commands c ON c.command_id = u.id
      WHERE u.i = ANY (known) AND u.digest <> c.request_digest;
    out_of_it := out_of_it || known;
    -- What the streams of those who are out of it were made to be, they are not.
    UPDATE es.streams st SET version = u.expected, head_hash = u.previous
      FROM unnest(s_item, s_id, s_expected, s_previous) AS u(i, id, expected, previous)
      WHERE st.stream_id = u.id AND u.id = ANY (moved) AND u.i = ANY (out_of_it);
    DELETE FROM es.streams st USING unnest(s_item, s_id) AS u(i, id)
      WHERE st.stream_id = u.id AND u.id = ANY (made) AND u.i = ANY (out_of_it);
    RETURN QUERY SELECT u.i::int, 'already_done', NULL::bytea, NULL::bytea, NULL::bytea, NULL::uuid, NULL::bigint
      FROM unnest(late) AS u(i);
    RETURN QUERY SELECT u.i::int, 'repeated', c.request_digest, c.outcome, c.versions, NULL::uuid, NULL::bigint
      FROM unnest(c_id) WITH ORDINALITY AS u(id, i) JOIN es.commands c ON c.command_id = u.id WHERE u.i = ANY (known);
    RETURN QUERY SELECT DISTINCT ON (u.i) u.i, CASE WHEN st.version = u.expected THEN 'broken' ELSE 'conflict' END,
      NULL::bytea, NULL::bytea, NULL::bytea, u.id, coalesce(st.version, 0)
      FROM unnest(s_item, s_id, s_expected) AS u(i, id, expected) LEFT JOIN es.streams st ON st.stream_id = u.id
      WHERE u.i = ANY (losers) AND u.i <> ALL (known) AND u.id <> ALL (made) AND u.id <> ALL (moved)
      ORDER BY u.i, u.id;
    losers := losers || late;
  END IF;

  IF reactions THEN
    INSERT INTO es.checkpoints AS c (name, part, position)
      SELECT u.name, 0, u.position FROM unnest(o_name, o_position) WITH ORDINALITY AS u(name, position, i)
      WHERE u.name IS NOT NULL AND (u.i <> ALL (losers) OR u.i = ANY (known)) AND u.i <> ALL (abused) ORDER BY u.name
      ON CONFLICT (name, part) DO UPDATE SET position = excluded.position WHERE c.position < excluded.position;
    GET DIAGNOSTICS touched = ROW_COUNT;
    IF touched < (
      SELECT count(u.name) FROM unnest(o_name) WITH ORDINALITY AS u(name, i)
      WHERE (u.i <> ALL (losers) OR u.i = ANY (known)) AND u.i <> ALL (abused)
    ) THEN
      RAISE EXCEPTION 'a checkpoint was made beside us' USING ERRCODE = 'serialization_failure';
    END IF;
  END IF;
  INSERT INTO es.events
    (stream_id, version, event_id, topic, clear, seals, sealed, meta, recorded_at, hash)
    SELECT u.stream_id, u.version, u.event_id, u.topic, u.clear, u.seals, u.sealed, u.meta, u.recorded_at, u.hash
    FROM unnest(e_item, e_stream, e_version, e_id, e_topic, e_clear, e_seals, e_sealed, e_meta, e_recorded_at, e_hash)
      AS u(i, stream_id, version, event_id, topic, clear, seals, sealed, meta, recorded_at, hash)
    WHERE u.i <> ALL (out_of_it);
END
$$;
