"""Reads kept payloads in the order in which they were kept, and turns every item into facts."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

import asyncpg
import msgspec

from contracts.stored import CommandContext, Record
from contracts.vocabulary import Channel, Direction, system_actor
from infra import attributes, metrics
from infra.clock import jittered_delay_ms
from infra.logs import log
from infra.postgres import Pool, is_transient
from infra.sealing import KeyRing, open_sealed
from infra.sql import statements
from infra.telemetry import context_from, span
from services.channels.domain.door import Door
from services.channels.domain.inbound import ContactArrived, HandleAliased, Ignored, Inbound, Parsed
from services.channels.domain.inbound_size import bounded
from services.channels.domain.normal_form import NotUnderstood
from services.channels.domain.raw import RawInbound, as_kept
from services.channels.domain.trace import traces_of
from services.channels.ports import Clock, Directory
from services.channels.providers import neutral_lines
from services.channels.reactions.record_item_on_raw_kept import record_item_on_raw_kept
from services.channels.settings import ChannelsSettings
from services.channels.workers.raw_keeper import RAW_VERSION
from services.channels.workers.whose import parts_of, whose

BATCH_MAX = 128
TOGETHER_MAX = 512
"""Items that are recorded side by side and share look-ups and commits; those about one sender or one message stay in
order."""

ATTEMPTS_MAX = 5
POLL_SECONDS_MIN, POLL_SECONDS_MAX = 0.02, 1.0
"""Looks for what others kept (an import does) come close after work and become rare while there is none."""
PAUSE_SECONDS = 0.25
ECHO_WAIT_SECONDS, ECHO_WAITS_MAX = 0.1, 20
_SQL = statements("services.channels.workers")
logger = log("intake")


@dataclass(frozen=True, slots=True)
class _Task:
    raw: RawInbound
    index: int
    item: Inbound

    @property
    def about(self) -> str:
        """Whom or what it is about: such items come one after the other."""
        match self.item:
            case ContactArrived(content=content) if content.handles:
                return content.handles[0].value
            case Ignored() | HandleAliased():
                return ""
            case other:
                return other.external_id


@dataclass(slots=True)
class _Batch:
    tasks: list[_Task] = field(default_factory=list)
    senders: dict[UUID, tuple[str, RawInbound]] = field(default_factory=dict)
    stuck: dict[UUID, str] = field(default_factory=dict)


class Intake:
    """The loop. `wake()` when something was kept; without it the next look is POLL_SECONDS_MAX away at most."""

    def __init__(
        self,
        *,
        pool: Pool,
        keys: KeyRing,
        record: Record,
        directory: Directory,
        clock: Clock,
        settings: ChannelsSettings,
        doors: Mapping[str, Door],
    ) -> None:
        self._pool = pool
        self._keys = keys
        self._record = record
        self._directory = directory
        self._clock = clock
        self._settings = settings
        self._doors = doors
        self._kept = asyncio.Event()
        self._senders: dict[UUID, tuple[str, datetime]] = {}

    def wake(self) -> None:
        """Look now."""
        self._kept.set()

    async def run(self) -> None:
        """Read for ever. While the database is away it waits; what was read half is read again and changes nothing."""
        pause = POLL_SECONDS_MAX
        while True:
            self._kept.clear()
            try:
                found = await self.read_batch()
            except Exception as error:
                if not is_transient(error):
                    raise
                logger.warning("payloads cannot be read now", error_class=type(error).__name__)
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            pause = POLL_SECONDS_MIN if found else min(2 * pause, POLL_SECONDS_MAX)
            if found < BATCH_MAX:
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._kept.wait()

    async def read_batch(self) -> int:
        """Read up to BATCH_MAX payloads; gives how many there were."""
        rows = await self._pool.fetch(_SQL["raws_to_read"], BATCH_MAX, list(self._settings.accounts))
        if not rows:
            return 0
        keys = await self._keys.keys_by_id({row["key_id"] for row in rows})
        batch = _Batch()
        for row in rows:
            raw = raw_of(row)
            key = keys.get(row["key_id"])
            if key is None:
                metrics.ignored_items.labels(raw.channel.path, "erased").inc()
                continue
            try:
                kept = open_sealed(key, row["sealed"], stream_id=raw.raw_id, version=RAW_VERSION)
                self._take(batch, as_kept(raw, kept))
            except Exception as error:  # noqa: BLE001  (one payload that breaks its reader may not stop the others)
                batch.stuck[raw.raw_id] = type(error).__name__
        await self._remember_senders(batch)
        await self._leave_traces(batch)
        await self._carry_out(batch)
        await self._settle([row["raw_id"] for row in rows], batch)
        return len(rows)

    def _take(self, batch: _Batch, raw: RawInbound) -> None:
        if neutral_lines.is_of_lines(raw):
            items = bounded(neutral_lines.parse(raw, region=self._settings.region).items, body_bytes=len(raw.body))
            batch.tasks += [_Task(raw, number, item) for number, item in enumerate(items)]
            return
        door = self._doors.get(raw.channel)
        if door is None:
            batch.stuck[raw.raw_id] = "NoDoor"
            return
        index = 0
        for part in parts_of(raw, door.spec.companions, doors=self._doors, settings=self._settings):
            parsed = _parsed(self._doors[part.channel], part, self._settings.region)
            for number, item in enumerate(parsed.items, index):
                side = parsed.side_of(number - index)
                owned = whose(part, raw, side, self._settings)
                if owned is None:
                    batch.tasks += [_Task(raw, number, Ignored("other-account"))] if part is raw else []
                    continue
                batch.tasks.append(_Task(owned, number, item))
                if side is not None:
                    batch.senders[owned.account_id] = (side, owned)
            index += len(parsed.items)

    async def _remember_senders(self, batch: _Batch) -> None:
        """Before any contact of the batch can be answered. Nearly always they are those that are known already."""
        told = {account_id: (sender, raw.received_at) for account_id, (sender, raw) in batch.senders.items()}
        new = {account_id: each for account_id, each in told.items() if _is_new(each, self._senders.get(account_id))}
        if new:
            senders, times = zip(*new.values(), strict=True)
            await self._pool.execute(_SQL["remember_senders"], list(new), senders, times)
            self._senders |= new

    async def _leave_traces(self, batch: _Batch) -> None:
        """Before any fact of the batch: an erasure that knows a contact must find its payload."""
        traces = {
            (found.trace, found.raw_id): found
            for task in batch.tasks
            for found in traces_of(task.item, task.raw, self._settings.beside(task.raw.account_id))
        }
        if traces:
            await self._pool.execute(
                _SQL["leave_traces"],
                [found.trace for found in traces.values()],
                [found.raw_id for found in traces.values()],
                [found.subject_id for found in traces.values()],
            )

    async def _carry_out(self, batch: _Batch) -> None:
        for first in range(0, len(batch.tasks), TOGETHER_MAX):
            lanes: dict[str, list[_Task]] = defaultdict(list)
            for task in batch.tasks[first : first + TOGETHER_MAX]:
                lanes[task.about].append(task)
            ends = await asyncio.gather(
                *(self._run_lane(tasks, batch.stuck) for tasks in lanes.values()), return_exceptions=True
            )
            for end in ends:
                if isinstance(end, BaseException):
                    raise end

    async def _run_lane(self, tasks: Sequence[_Task], stuck: dict[UUID, str]) -> None:
        for task in tasks:
            try:
                await self._let_own_send_end(task)
                await self._record_item(task)
            except Exception as error:
                if is_transient(error):
                    raise
                metrics.dead_letters.labels("channels", "intake").inc()
                logger.exception("an item is put aside", stream_id=str(task.raw.raw_id))
                stuck[task.raw.raw_id] = type(error).__name__

    async def _let_own_send_end(self, task: _Task) -> None:
        """An echo may overtake the platform's answer to our send, by whose id alone it is known for our own."""
        if not isinstance(task.item, ContactArrived) or task.item.direction is not Direction.OUTBOUND:
            return
        for _ in range(ECHO_WAITS_MAX):
            if not await self._pool.fetchval(_SQL["is_sending"], task.raw.account_id):
                return
            await asyncio.sleep(ECHO_WAIT_SECONDS)

    async def _record_item(self, task: _Task) -> None:
        """One item, in the trace of its webhook. What may pass ends the loop, which starts again; else a few tries."""
        account = self._settings.accounts.get(task.raw.account_id)
        for attempt in range(1, ATTEMPTS_MAX + 1):
            try:
                with span(
                    attributes.WEBHOOK_INTAKE,
                    parent=context_from(task.raw.traceparent),
                    channel=task.raw.channel.path,
                    account=task.raw.account,
                    attempt=attempt,
                ):
                    await record_item_on_raw_kept(
                        task.item,
                        task.raw,
                        self._context(task),
                        record=self._record,
                        directory=self._directory,
                        brand=account.brand if account else None,
                        beside=self._settings.beside(task.raw.account_id),
                    )
            except Exception as error:
                if attempt == ATTEMPTS_MAX or is_transient(error):
                    raise
                await asyncio.sleep(jittered_delay_ms(attempt, delay_ms_base=20, delay_ms_max=1_000) / 1000)
            else:
                return

    def _context(self, task: _Task) -> CommandContext:
        return CommandContext(
            command_id=uuid5(task.raw.raw_id, str(task.index)),
            actor=system_actor("channels"),
            at=self._clock.now(),
            correlation_id=task.raw.raw_id,
        )

    async def _settle(self, raw_ids: Sequence[UUID], batch: _Batch) -> None:
        for raw_id, reason in batch.stuck.items():
            await self._pool.execute(_SQL["raw_stuck"], raw_id, reason)
        await self._pool.execute(_SQL["raws_read"], [raw_id for raw_id in raw_ids if raw_id not in batch.stuck])


def raw_of(row: asyncpg.Record) -> RawInbound:
    """A kept payload without its body, which is sealed."""
    return RawInbound(
        raw_id=row["raw_id"],
        channel=Channel(row["channel"]),
        account=row["account"],
        body=b"",
        received_at=row["received_at"],
        dedupe_key=row["dedupe_key"],
        traceparent=row["traceparent"],
    )


def _is_new(told: tuple[str, datetime], known: tuple[str, datetime] | None) -> bool:
    """Whether an account has another sender than the one that is known, as the statement sees it too."""
    return known is None or (told[0] != known[0] and told[1] >= known[1])


def _parsed(door: Door, raw: RawInbound, region: str) -> Parsed:
    try:
        parsed = door.parse(raw, region=region)
        return msgspec.structs.replace(parsed, items=bounded(parsed.items, body_bytes=len(raw.body)))
    except NotUnderstood:
        # It was understood when it came, by another version: kept, and ignored as everything unknown is.
        return Parsed(items=(Ignored("not-understood"),))
