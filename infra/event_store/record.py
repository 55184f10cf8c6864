"""A service's own record on Postgres: loads streams, and stores a command's work once, all of it or nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from contracts.stored import (
    AlreadyDone,
    CommandContext,
    Committed,
    Stream,
    VersionConflict,
    Work,
)
from infra import metrics
from infra.batcher import Batcher
from infra.clock import jittered_delay_ms
from infra.event_store.append import Prepared, claims
from infra.event_store.finishing import Projection
from infra.event_store.heads import Heads
from infra.event_store.kept import Attempt, Kept, attempting
from infra.event_store.lanes import Lanes, Stored, committed_before, mismatch
from infra.event_store.opening import folded, opened_stream
from infra.event_store.preparing import Preparation
from infra.event_store.rows import RowTaken
from infra.event_store.snapshots import FACTS_MIN, Snapshots
from infra.event_store.stream_locks import StreamLocks
from infra.postgres import is_connection_loss, is_lost_race
from infra.sql import statements as sql_statements
from infra.telemetry import current_traceparent

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence

    import asyncpg

    from infra.postgres import Pool
    from infra.sealing import KeyRing

ATTEMPTS_MAX = 20
LANES = 2
BATCH_MAX = 128
"""Batches at a time, and commands in one: while the database stores one batch, the next one's commands are prepared."""
RACE_DELAY_MS_BASE = 2
RACE_DELAY_MS_MAX = 64
LOSS_DELAY_MS_BASE = 20
LOSS_DELAY_MS_MAX = 500
PAGE_FACTS_MAX = 1_000

A = TypeVar("A", bound=Stream)

_SQL = sql_statements("infra.event_store")


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
        self._snapshots = Snapshots()
        self._kept = Kept()
        self._preparation = Preparation(keys, self._heads, projections)
        self._on_commit = on_commit
        self._lanes = Lanes(pool, self._heads, statements, on_commit)
        self._store: Batcher[Prepared, Committed | None] = Batcher(
            self._store_batch, lanes=LANES, batch_max=BATCH_MAX, claims=claims
        )
        self._attempts_max = attempts_max
        self._locks = StreamLocks()

    async def load(self, kind: type[A], stream_id: UUID) -> A | None:
        """The aggregate as it is now, or None where the stream does not exist.

        Raises:
            TypeError: the stream is of another kind.
            UnknownTopic: a fact is of a topic that has no class here.
        """
        epoch, attempt = 0 if self._keys is None else self._keys.epoch, attempting.get()
        if attempt is not None and attempt.kept is self._kept:
            kept = attempt.take(stream_id, epoch)
            if isinstance(kept, kind):
                return kept
        known, aggregate = self._snapshots.latest(stream_id, epoch)
        after, full = known, True
        while full:
            page = await self._pool.fetchrow(_SQL["stream_page"], stream_id, after, PAGE_FACTS_MAX)
            if page is None or not page["count"]:
                break
            facts = await opened_stream(stream_id, page, self._keys)
            if known and any("withheld" in fact.__dict__ for fact in facts):
                # It takes words out of facts that the snapshot was made of (`infra.withholding`).
                self._snapshots.forget(stream_id)
                return await self.load(kind, stream_id)
            aggregate = folded(aggregate, facts)
            full, after = page["count"] == PAGE_FACTS_MAX, page["version"]
            self._heads.remember(stream_id, after, page["hash"])
        if after - known >= FACTS_MIN and (known or self._snapshots.worthwhile(stream_id)):
            self._snapshots.keep(stream_id, after, aggregate, epoch)
        if aggregate is not None and not isinstance(aggregate, kind):
            raise TypeError(f"{stream_id} is a {type(aggregate).__name__}, not a {kind.__name__}")
        return aggregate

    def transact(
        self,
        context: CommandContext,
        decide: Callable[[], Awaitable[Work]],
        *,
        serialise_on: Sequence[UUID] = (),
        beside_others_on: Sequence[UUID] = (),
    ) -> Coroutine[Any, Any, Committed]:
        """Run `decide` and store its work, once per `context.command_id`; see `contracts.stored.Record`.

        Raises:
            IdempotencyMismatch: the key was used for another request.
            AlreadyDone: `context.once` was handled before.
            VersionConflict: still losing after the last attempt.
            RowRefused: a row broke a constraint or touched an unexpected number of rows.
        """
        if not serialise_on and not beside_others_on:
            return self._carry_out(context, decide, ())
        return self._in_turn(context, decide, serialise_on, beside_others_on)

    async def _in_turn(
        self,
        context: CommandContext,
        decide: Callable[[], Awaitable[Work]],
        own: Sequence[UUID],
        shared: Sequence[UUID],
    ) -> Committed:
        async with self._locks.hold(own, shared):
            return await self._carry_out(context, decide, own)

    async def _carry_out(
        self, context: CommandContext, decide: Callable[[], Awaitable[Work]], own: Sequence[UUID]
    ) -> Committed:
        unsure = False
        for attempt in range(1, self._attempts_max + 1):
            try:
                return await self._attempt(context, decide, own, unsure=unsure)
            except Exception as error:
                lost = is_connection_loss(error)
                if attempt == self._attempts_max or not (lost or _is_race(error)):
                    raise
                metrics.command_retries.labels(reason="connection" if lost else "race").inc()
            unsure = unsure or lost
            await asyncio.sleep(_delay_ms(attempt, lost=lost) / 1000)
        raise AssertionError("attempts_max is at least 1")

    async def _attempt(
        self, context: CommandContext, decide: Callable[[], Awaitable[Work]], own: Sequence[UUID], *, unsure: bool
    ) -> Committed:
        """`unsure`: a connection was lost before, so this very call may have been stored already."""
        known = await self._known(context, unsure=True) if unsure else None
        if known is not None:
            return known
        try:
            epoch = 0 if self._keys is None else self._keys.epoch
            attempt, work = await self._decided(Attempt(self._kept, own, epoch), decide)
        except Exception as error:
            # The same command may have been carried out before or beside us: then its answer stands, not a second one.
            known = None if is_connection_loss(error) else await self._known(context, unsure=unsure)
            if known is None:
                raise
            return known
        prepared = Prepared(context, work, current_traceparent())
        try:
            committed = await self._store.submit(prepared)
            if committed is None:
                await self._preparation.look_up(prepared)
                committed = await self._store.submit(prepared)
            assert committed is not None  # noqa: S101  (nothing was left to be looked up)
        except AlreadyDone:
            known = await self._known(context, unsure=True) if unsure else None
            if known is None:
                raise
            return known
        attempt.stored(work, committed)
        return committed

    async def _decided(self, attempt: Attempt, decide: Callable[[], Awaitable[Work]]) -> tuple[Attempt, Work]:
        """The work; where it came of what was kept and would not be checked by being stored, decided anew."""
        token = attempting.set(attempt)
        try:
            work = await decide()
            if attempt.is_checked_by(work):
                return attempt, work
        except Exception:
            if not attempt.has_taken:
                raise
        finally:
            attempting.reset(token)
        return await self._decided(attempt.anew(), decide)

    async def _store_batch(self, batch: Sequence[Prepared]) -> list[Stored | None]:
        """Prepare them in one go and store them; see `Lanes.store`. None: something is to be looked up first."""
        try:
            ready = self._preparation.prepare(batch)
        except Exception as error:  # noqa: BLE001  (it is one command's answer)
            return [error] if len(batch) == 1 else [(await self._store_batch((each,)))[0] for each in batch]
        stored = await self._lanes.store(ready) if ready else []
        if len(ready) == len(batch):
            return [*stored]
        answers = dict(zip(ready, stored, strict=True))
        return [answers.get(each) for each in batch]

    async def _known(self, context: CommandContext, *, unsure: bool) -> Committed | None:
        """The stored answer of a command that was carried out; its checkpoint has then been moved too."""
        once = context.once
        origin = once.origin if once else None
        row = await self._pool.fetchrow(_SQL["find_command"], context.command_id, origin)
        assert row is not None  # noqa: S101  (it is an outer join)
        found = row["outcome"] is not None
        if found and unsure:
            # We stored it ourselves, checkpoint and all, and only the answer was lost.
            _check_digest(context, row)
            self._on_commit()
            return committed_before(row, repeated=False)
        if once and (row["done_position"] or 0) >= once.position:
            raise AlreadyDone(f"{once.origin} {once.position}")
        if not found:
            return None
        _check_digest(context, row)
        if once and await self._pool.fetchval(_SQL["advance_checkpoint"], once.origin, once.position) is None:
            raise AlreadyDone(f"{once.origin} {once.position}")
        return committed_before(row, repeated=True)


def _check_digest(context: CommandContext, row: asyncpg.Record) -> None:
    error = mismatch(context, row["request_digest"])
    if error is not None:
        raise error


def _is_race(error: Exception) -> bool:
    return isinstance(error, VersionConflict | RowTaken) or is_lost_race(error)


def _delay_ms(attempt: int, *, lost: bool) -> float:
    if lost:
        return jittered_delay_ms(attempt, delay_ms_base=LOSS_DELAY_MS_BASE, delay_ms_max=LOSS_DELAY_MS_MAX)
    return jittered_delay_ms(attempt, delay_ms_base=RACE_DELAY_MS_BASE, delay_ms_max=RACE_DELAY_MS_MAX)
