"""A service's own record on Postgres: loads streams, and stores a command's work once, all of it or nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import msgspec

from contracts.stored import (
    AlreadyDone,
    CommandContext,
    Committed,
    IdempotencyMismatch,
    Stream,
    VersionConflict,
    Work,
)
from contracts.vocabulary import Refusal
from infra import attributes, metrics
from infra.clock import jittered_delay_ms
from infra.event_store.append import Preparation, Prepared, Projection
from infra.event_store.heads import Heads
from infra.event_store.opening import opened_facts
from infra.event_store.rows import RowTaken, write_rows
from infra.event_store.stream_locks import StreamLocks
from infra.postgres import CONNECT_TIMEOUT_S_MAX, is_connection_loss, is_lost_race
from infra.sql import statements as sql_statements
from infra.telemetry import annotate, span

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    import asyncpg

    from infra.postgres import Connection, Pool
    from infra.sealing import KeyRing

ATTEMPTS_MAX = 20
RACE_DELAY_MS_BASE = 2
RACE_DELAY_MS_MAX = 64
LOSS_DELAY_MS_BASE = 20
LOSS_DELAY_MS_MAX = 500
PAGE_FACTS_MAX = 1_000

A = TypeVar("A", bound=Stream)

_SQL = sql_statements("infra.event_store")
_VERSIONS = msgspec.json.Decoder(dict[UUID, int])


class HeadBroken(Exception):  # noqa: N818
    """The stream's head is not the hash of its last fact: somebody wrote past the record. Nothing was stored."""


class PostgresRecord:
    """Implements `contracts.stored.Record`.

    `projections` write rows for every pending fact, before the work's own rows; `statements` are the SQL that rows
    name; `on_commit` is called after each commit, and must not block.
    """

    def __init__(
        self,
        pool: Pool,
        keys: KeyRing | None,
        projections: Sequence[Projection],
        statements: Mapping[str, str],
        on_commit: Callable[[], None],
        *,
        attempts_max: int = ATTEMPTS_MAX,
    ) -> None:
        self._pool = pool
        self._keys = keys
        self._heads = Heads(pool)
        self._preparation = Preparation(keys, self._heads, projections)
        self._statements = statements
        self._on_commit = on_commit
        self._attempts_max = attempts_max
        self._locks = StreamLocks()

    async def load(self, kind: type[A], stream_id: UUID) -> A | None:
        """The aggregate as it is now, or None where the stream does not exist.

        Raises:
            TypeError: the stream is of another kind.
            UnknownTopic: a fact is of a topic that has no class here.
        """
        aggregate: Any = None
        after, full = 0, True
        while full:
            rows = await self._pool.fetch(_SQL["stream_page"], stream_id, after, PAGE_FACTS_MAX)
            for fact in await opened_facts(rows, self._keys):
                aggregate = fact.mutate(aggregate)
            full = len(rows) == PAGE_FACTS_MAX
            if rows:
                after = rows[-1]["version"]
                self._heads.remember(stream_id, after, rows[-1]["hash"])
        if aggregate is not None and not isinstance(aggregate, kind):
            raise TypeError(f"{stream_id} is a {type(aggregate).__name__}, not a {kind.__name__}")
        return aggregate

    async def transact(
        self,
        context: CommandContext,
        decide: Callable[[], Awaitable[Work]],
        *,
        serialise_on: Sequence[UUID] = (),
    ) -> Committed:
        """Run `decide` and store its work, once per `context.command_id`; see `contracts.stored.Record`.

        Raises:
            IdempotencyMismatch: the key was used for another request.
            AlreadyDone: `context.once` was handled before.
            VersionConflict: still losing after the last attempt.
            RowRefused: a row broke a constraint or touched an unexpected number of rows.
        """
        async with self._locks.hold(serialise_on):
            unsure = False
            for attempt in range(1, self._attempts_max + 1):
                try:
                    return await self._attempt(context, decide, look=attempt == 1 or unsure, unsure=unsure)
                except Exception as error:
                    lost = is_connection_loss(error)
                    if attempt == self._attempts_max or not (lost or _is_race(error)):
                        raise
                    metrics.command_retries.labels(reason="connection" if lost else "race").inc()
                unsure = unsure or lost
                await asyncio.sleep(_delay_ms(attempt, lost=lost) / 1000)
        raise AssertionError("attempts_max is at least 1")

    async def _attempt(
        self, context: CommandContext, decide: Callable[[], Awaitable[Work]], *, look: bool, unsure: bool
    ) -> Committed:
        """`unsure`: a connection was lost before, so this very call may have been stored already."""
        known = await self._known(context, unsure=unsure) if look else None
        if known is not None:
            return known
        try:
            work = await decide()
        except Refusal:
            # The same command may have been carried out beside us: then its answer stands, not a second one.
            known = await self._known(context, unsure=unsure)
            if known is None:
                raise
            return known
        prepared = await self._preparation.prepare(context, work)
        storing = asyncio.ensure_future(self._store(prepared))
        try:
            committed = await asyncio.shield(storing)
        except asyncio.CancelledError:
            # A commit under way goes through; who was cancelled leaves when its fate is sealed.
            await asyncio.wait((storing,))
            raise
        except AlreadyDone:
            known = await self._known(context, unsure=True) if unsure else None
            if known is None:
                raise
            return known
        for aggregate in work.streams:
            aggregate.collect_events()
        return committed

    async def _known(self, context: CommandContext, *, unsure: bool) -> Committed | None:
        """The stored answer of a command that was carried out; its checkpoint has then been moved too."""
        once = context.once
        row = await self._pool.fetchrow(_SQL["find_command"], context.command_id, once.origin if once else None)
        assert row is not None  # noqa: S101  (outer joins from one row)
        found = row["outcome"] is not None
        if found and unsure:
            # We stored it ourselves, checkpoint and all, and only the answer was lost.
            _check_digest(context, row["request_digest"])
            self._on_commit()
            return _committed(row, repeated=False)
        if once and (row["done_position"] or 0) >= once.position:
            raise AlreadyDone(f"{once.origin} {once.position}")
        if not found:
            return None
        _check_digest(context, row["request_digest"])
        if once and await self._pool.fetchval(_SQL["advance_checkpoint"], once.origin, once.position) is None:
            raise AlreadyDone(f"{once.origin} {once.position}")
        return _committed(row, repeated=True)

    async def _store(self, prepared: Prepared) -> Committed:
        with span(attributes.STORE_APPEND, facts=len(prepared.facts), rows=len(prepared.rows)):
            async with self._pool.acquire(timeout=CONNECT_TIMEOUT_S_MAX) as connection, connection.transaction():
                committed = await self._append(connection, prepared)
            annotate(repeated=committed.repeated)
        self._on_commit()
        if committed.repeated:
            return committed
        for fact in prepared.facts:
            metrics.facts_appended.labels(topic=fact.topic).inc()
        for stream_id, _, _, version, _, head in prepared.streams:
            self._heads.remember(stream_id, version, head)
        return committed

    async def _append(self, connection: Connection, prepared: Prepared) -> Committed:
        context = prepared.context
        row = await connection.fetchrow(_SQL["append"], *prepared.arguments())
        assert row is not None  # noqa: S101  (a function always answers)
        match row["result"]:
            case "done":
                await write_rows(connection, self._statements, prepared.rows)
                outcome = msgspec.json.decode(prepared.outcome)
                return Committed(versions=prepared.versions, outcome=outcome)
            case "repeated":
                # Committing this keeps the checkpoint that was moved with it, and nothing else.
                _check_digest(context, row["known_digest"])
                return _committed(row, repeated=True, prefix="known_")
            case "already_done":
                raise AlreadyDone(f"{context.once}")
            case "conflict":
                lost = row["lost_stream"]
                expected = next(stream[2] for stream in prepared.streams if stream[0] == lost)
                raise VersionConflict(lost, expected, row["lost_version"])
            case _:
                raise HeadBroken(f"stream {row['lost_stream']} at version {row['lost_version']}")


def _committed(row: asyncpg.Record, *, repeated: bool, prefix: str = "") -> Committed:
    versions = _VERSIONS.decode(row[f"{prefix}versions"])
    return Committed(versions=versions, outcome=msgspec.json.decode(row[f"{prefix}outcome"]), repeated=repeated)


def _check_digest(context: CommandContext, stored: bytes | None) -> None:
    if context.request_digest is not None and stored is not None and context.request_digest != stored:
        raise IdempotencyMismatch(f"command {context.command_id} was used for another request")


def _is_race(error: Exception) -> bool:
    return isinstance(error, VersionConflict | RowTaken) or is_lost_race(error)


def _delay_ms(attempt: int, *, lost: bool) -> float:
    if lost:
        return jittered_delay_ms(attempt, delay_ms_base=LOSS_DELAY_MS_BASE, delay_ms_max=LOSS_DELAY_MS_MAX)
    return jittered_delay_ms(attempt, delay_ms_base=RACE_DELAY_MS_BASE, delay_ms_max=RACE_DELAY_MS_MAX)
