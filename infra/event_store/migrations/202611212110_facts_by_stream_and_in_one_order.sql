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

-- What es.append takes: a fact, with its stream where it is the stream's last (`expected`: 0 where it is new; `previous`:
-- the hash at that version), and with its command where it is the first. All in one array: two more take the client 3 to
-- 5 µs a command.
CREATE TYPE es.item AS (
  stream_id uuid, version bigint, event_id uuid, topic text, clear bytea, seals bytea, sealed bytea, meta bytea,
  recorded_at timestamptz, hash bytea,
  kind text, expected bigint, previous bytea,
  command_id uuid, request_digest bytea, outcome bytea, versions bytea, at timestamptz, origin text, position bigint
);

-- What es.append_each takes. `item`: the 1-based place of the command among those of the call.
CREATE TYPE es.command_item AS (
  item int, command_id uuid, request_digest bytea, outcome bytea, versions bytea, at timestamptz,
  origin text, position bigint
);
CREATE TYPE es.stream_item AS (
  item int, stream_id uuid, kind text, expected bigint, version bigint, previous bytea, head bytea
);
CREATE TYPE es.fact_item AS (
  item int, stream_id uuid, version bigint, event_id uuid, topic text, clear bytea, seals bytea, sealed bytea, meta bytea,
  recorded_at timestamptz, hash bytea
);

-- Store many commands at once, each with all its facts; all of them or none. `reactions`: whether any command has an
-- origin. `begun`: whether any stream is new; `going_on`: how many are not. No stream, command or origin stands in
-- two commands of one call; commands come in the order of their ids, and streams are locked in the order of theirs.
-- Where any command has been carried out before, or another was first, it fails with unique_violation, and
-- es.append_each is to be called.
CREATE FUNCTION es.append(items es.item[], reactions boolean, begun boolean, going_on int) RETURNS void
LANGUAGE plpgsql SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  touched bigint;
BEGIN
  IF reactions THEN
    INSERT INTO es.checkpoints AS c (name, part, position)
      SELECT u.origin, 0, u.position FROM unnest(items) AS u WHERE u.origin IS NOT NULL ORDER BY u.origin
      ON CONFLICT (name, part) DO UPDATE SET position = excluded.position WHERE c.position < excluded.position;
    GET DIAGNOSTICS touched = ROW_COUNT;
    IF touched < (SELECT count(u.origin) FROM unnest(items) AS u) THEN
      RAISE EXCEPTION 'a message was handled before' USING ERRCODE = 'unique_violation';
    END IF;
  END IF;
  IF begun THEN
    INSERT INTO es.streams (stream_id, kind, version, head_hash)
      SELECT u.stream_id, u.kind, u.version, u.hash FROM unnest(items) AS u WHERE u.expected = 0 ORDER BY u.stream_id;
  END IF;
  IF going_on > 0 THEN
    UPDATE es.streams st SET version = u.version, head_hash = u.hash
      FROM (
        SELECT u.stream_id, u.expected, u.previous, u.version, u.hash FROM unnest(items) AS u
        WHERE u.expected > 0 ORDER BY u.stream_id
      ) AS u
      WHERE st.stream_id = u.stream_id AND st.version = u.expected AND st.head_hash = u.previous;
    GET DIAGNOSTICS touched = ROW_COUNT;
    IF touched < going_on THEN
      RAISE EXCEPTION 'another was first on a stream' USING ERRCODE = 'unique_violation';
    END IF;
  END IF;
  INSERT INTO es.commands (command_id, request_digest, outcome, versions, at)
    SELECT u.command_id, u.request_digest, u.outcome, u.versions, u.at FROM unnest(items) AS u
    WHERE u.command_id IS NOT NULL;
  INSERT INTO es.events
    (stream_id, version, event_id, topic, clear, seals, sealed, meta, recorded_at, hash)
    SELECT u.stream_id, u.version, u.event_id, u.topic, u.clear, u.seals, u.sealed, u.meta, u.recorded_at, u.hash
    FROM unnest(items) AS u WHERE u.stream_id IS NOT NULL;
END
$$;

-- The same, but each command stands or falls alone. `streams`: new or not.
-- Answers one row for each command that is not `done`: repeated (known_* say what was stored, and its checkpoint has
-- moved unless the digests differ) | already_done | conflict (lost_stream is at lost_version) | broken (the stream's head is not the hash the
-- caller read). Of these nothing stays, so the transaction may be committed for the sake of the others.
-- Every kind of row is locked in one order (checkpoints, streams, commands; each by key), so two calls cannot block each
-- other. That order is the arrays', kept by nested loops; the settings also keep a plan that was made while the tables
-- were empty from reading all of them later.
CREATE FUNCTION es.append_each(
  commands es.command_item[], reactions boolean, streams es.stream_item[], facts es.fact_item[]
) RETURNS TABLE (
  item int, result text, known_digest bytea, known_outcome bytea, known_versions bytea,
  lost_stream uuid, lost_version bigint
) LANGUAGE plpgsql SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
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
    PERFORM 1 FROM es.checkpoints WHERE part = 0 AND name = ANY (ARRAY(SELECT u.origin FROM unnest(commands) AS u))
      ORDER BY name FOR UPDATE;
    SELECT coalesce(array_agg(u.item), '{}') INTO late
      FROM unnest(commands) AS u
      JOIN es.checkpoints c ON c.name = u.origin AND c.part = 0 WHERE c.position >= u.position;
    out_of_it := late;
  END IF;

  IF EXISTS (SELECT 1 FROM unnest(streams) AS u WHERE u.expected = 0) THEN
    WITH new AS (
      INSERT INTO es.streams (stream_id, kind, version, head_hash)
        SELECT u.stream_id, u.kind, u.version, u.head FROM unnest(streams) AS u
        WHERE u.expected = 0 AND u.item <> ALL (late) ON CONFLICT DO NOTHING RETURNING stream_id
    ) SELECT coalesce(array_agg(stream_id), '{}') INTO made FROM new;
  END IF;
  WITH new AS (
    UPDATE es.streams st SET version = u.version, head_hash = u.head
      FROM unnest(streams) AS u
      WHERE st.stream_id = u.stream_id AND st.version = u.expected AND st.head_hash = u.previous
        AND u.expected > 0 AND u.item <> ALL (late)
      RETURNING st.stream_id
  ) SELECT coalesce(array_agg(stream_id), '{}') INTO moved FROM new;
  IF cardinality(made) + cardinality(moved) < cardinality(streams) THEN
    SELECT coalesce(array_agg(DISTINCT u.item), '{}') INTO losers FROM unnest(streams) AS u
      WHERE u.stream_id <> ALL (made) AND u.stream_id <> ALL (moved) AND u.item <> ALL (late);
    out_of_it := late || losers;
  END IF;

  WITH new AS (
    INSERT INTO es.commands (command_id, request_digest, outcome, versions, at)
      SELECT u.command_id, u.request_digest, u.outcome, u.versions, u.at
      FROM unnest(commands) AS u
      WHERE u.item <> ALL (out_of_it) ON CONFLICT DO NOTHING RETURNING command_id
  ) SELECT coalesce(array_agg(command_id), '{}') INTO kept FROM new;
  IF cardinality(kept) < cardinality(commands) THEN
    SELECT coalesce(array_agg(u.item), '{}') INTO known
      FROM unnest(commands) AS u JOIN es.commands c ON c.command_id = u.command_id
      WHERE u.command_id <> ALL (kept) AND u.item <> ALL (late);
    SELECT coalesce(array_agg(u.item), '{}') INTO abused
      FROM unnest(commands) AS u JOIN es.commands c ON c.command_id = u.command_id
      WHERE u.item = ANY (known) AND u.request_digest <> c.request_digest;
    out_of_it := out_of_it || known;
    -- What the streams of those who are out of it were made to be, they are not.
    UPDATE es.streams st SET version = u.expected, head_hash = u.previous
      FROM unnest(streams) AS u
      WHERE st.stream_id = u.stream_id AND u.stream_id = ANY (moved) AND u.item = ANY (out_of_it);
    DELETE FROM es.streams st USING unnest(streams) AS u
      WHERE st.stream_id = u.stream_id AND u.stream_id = ANY (made) AND u.item = ANY (out_of_it);
    RETURN QUERY SELECT u.item, 'already_done', NULL::bytea, NULL::bytea, NULL::bytea, NULL::uuid, NULL::bigint
      FROM unnest(late) AS u(item);
    RETURN QUERY SELECT u.item, 'repeated', c.request_digest, c.outcome, c.versions, NULL::uuid, NULL::bigint
      FROM unnest(commands) AS u JOIN es.commands c ON c.command_id = u.command_id WHERE u.item = ANY (known);
    RETURN QUERY SELECT DISTINCT ON (u.item) u.item, CASE WHEN st.version = u.expected THEN 'broken' ELSE 'conflict' END,
      NULL::bytea, NULL::bytea, NULL::bytea, u.stream_id, coalesce(st.version, 0)
      FROM unnest(streams) AS u LEFT JOIN es.streams st ON st.stream_id = u.stream_id
      WHERE u.item = ANY (losers) AND u.item <> ALL (known) AND u.stream_id <> ALL (made) AND u.stream_id <> ALL (moved)
      ORDER BY u.item, u.stream_id;
    losers := losers || late;
  END IF;

  IF reactions THEN
    INSERT INTO es.checkpoints AS c (name, part, position)
      SELECT u.origin, 0, u.position FROM unnest(commands) AS u
      WHERE u.origin IS NOT NULL AND (u.item <> ALL (losers) OR u.item = ANY (known)) AND u.item <> ALL (abused)
      ORDER BY u.origin
      ON CONFLICT (name, part) DO UPDATE SET position = excluded.position WHERE c.position < excluded.position;
    GET DIAGNOSTICS touched = ROW_COUNT;
    IF touched < (
      SELECT count(u.origin) FROM unnest(commands) AS u
      WHERE (u.item <> ALL (losers) OR u.item = ANY (known)) AND u.item <> ALL (abused)
    ) THEN
      RAISE EXCEPTION 'a checkpoint was made beside us' USING ERRCODE = 'serialization_failure';
    END IF;
  END IF;
  INSERT INTO es.events
    (stream_id, version, event_id, topic, clear, seals, sealed, meta, recorded_at, hash)
    SELECT u.stream_id, u.version, u.event_id, u.topic, u.clear, u.seals, u.sealed, u.meta, u.recorded_at, u.hash
    FROM unnest(facts) AS u
    WHERE u.item <> ALL (out_of_it);
END
$$;

-- The events this snapshot sees and the last one did not, at most `events_max` of them, in the order (tx, pos). What is
-- left goes on after the last of them; when nothing is, all that the first of these turns saw has its position, and its
-- snapshot is what the next one compares with: what was committed in between is looked at again. The anti-join leaves
-- out what of that has its position (by OFFSET 0 with one look into es.log for each fact: the planner does not know how
-- few facts a snapshot leaves over, and would read all of the log), and makes a stored snapshot that means nothing here
-- harmless. A later turn leaves out what the first one could not see: else a fact could pass an earlier one of its
-- stream that was committed in between. Nothing is written where nothing is new. `leaf` is the RFC 6962 leaf of the
-- fact's hash; `held_at` follows the facts' own times and is held where one of them steps back. The lock is a statement
-- of its own: what waited there must see, in its next statement, all that the holder before it wrote. `from_tx` and
-- `from_pos` are the later one of two places to begin at: an index is read from the one that is said as two columns, and
-- with (0, 0) that would be from the first fact there ever was.
CREATE FUNCTION es.sequence(events_max int, OUT sequenced bigint, OUT last_position bigint, OUT unfinished boolean)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
PERFORM pg_advisory_xact_lock(7001);
WITH s AS MATERIALIZED (
  SELECT snap, coalesce(target, pg_current_snapshot()) AS target, target IS NOT NULL AS going_on, after_tx, after_pos,
    next_position, greatest(after_tx, pg_snapshot_xmax(snap)) AS from_tx,
    CASE WHEN after_tx >= pg_snapshot_xmax(snap) THEN after_pos ELSE 0 END AS from_pos
  FROM es.sequencer WHERE id = 1
),
fresh AS MATERIALIZED (
  (SELECT e.stream_id, e.version, e.tx, e.pos, e.hash, e.recorded_at FROM es.events e
   WHERE e.tx = ANY (ARRAY(SELECT pg_snapshot_xip(s.snap) FROM s))
     AND (e.tx, e.pos) > ((SELECT after_tx FROM s), (SELECT after_pos FROM s))
     AND (NOT (SELECT going_on FROM s) OR pg_visible_in_snapshot(e.tx, (SELECT target FROM s)))
     AND NOT EXISTS (SELECT 1 FROM es.log l WHERE l.stream_id = e.stream_id AND l.version = e.version OFFSET 0)
   ORDER BY e.tx, e.pos LIMIT events_max)
  UNION ALL
  (SELECT e.stream_id, e.version, e.tx, e.pos, e.hash, e.recorded_at FROM es.events e
   WHERE (e.tx, e.pos) > ((SELECT from_tx FROM s), (SELECT from_pos FROM s))
     AND (NOT (SELECT going_on FROM s) OR pg_visible_in_snapshot(e.tx, (SELECT target FROM s)))
     AND NOT EXISTS (SELECT 1 FROM es.log l WHERE l.stream_id = e.stream_id AND l.version = e.version OFFSET 0)
   ORDER BY e.tx, e.pos LIMIT events_max)
  ORDER BY tx, pos LIMIT events_max
),
last AS (
  SELECT tx, pos FROM fresh ORDER BY tx, pos OFFSET events_max - 1
),
num AS (
  SELECT stream_id, version, hash, row_number() OVER turn - 1 AS rn, max(recorded_at) OVER turn AS latest
  FROM fresh WINDOW turn AS (ORDER BY tx, pos)
),
ins AS (
  INSERT INTO es.log (position, stream_id, version, leaf, held_at)
  SELECT s.next_position + num.rn, num.stream_id, num.version, sha256('\x00'::bytea || num.hash),
    greatest(num.latest, (SELECT l.held_at FROM es.log l WHERE l.position = s.next_position - 1))
  FROM num, s
  RETURNING position
),
upd AS (
  UPDATE es.sequencer
  SET snap = CASE WHEN EXISTS (SELECT 1 FROM last) THEN es.sequencer.snap ELSE s.target END,
      target = CASE WHEN EXISTS (SELECT 1 FROM last) THEN s.target END,
      after_tx = coalesce((SELECT tx FROM last), '0'),
      after_pos = coalesce((SELECT pos FROM last), 0),
      next_position = s.next_position + (SELECT count(*) FROM num)
  FROM s
  WHERE id = 1 AND (s.going_on OR EXISTS (SELECT 1 FROM num))
)
SELECT count(*), max(position), (SELECT going_on FROM s) OR EXISTS (SELECT 1 FROM last)
INTO sequenced, last_position, unfinished FROM ins;
END
$$;
