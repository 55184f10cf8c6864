"""Puts payloads on disk before their senders are told so: sealed, each once, as many in one commit as are waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from infra.logs import log
from infra.postgres import Pool
from infra.sealing import KeyRing, seal
from infra.sql import statements
from services.channels.domain.raw import RawInbound, to_keep
from services.channels.ports import KeptBefore, StoreUnavailable
from services.channels.workers.raw_keys import RawKeys

WAITING_MAX = 1024
WAITING_BYTES_MAX = 64 * 1024 * 1024
BATCH_MAX = 64
BATCH_BYTES_MAX = 16 * 1024 * 1024
LANES = 2
"""While one batch is on its way to disk the next one is sealed."""
STORE_SECONDS_MAX = 5.0
RAW_VERSION = 0
"""Envelopes of payloads are bound to (raw id, 0): no fact has version 0."""

_SQL = statements("services.channels.workers")
logger = log("raw_keeper")

Place = tuple[UUID, str]
"""Account and dedupe key: where a payload has its place, once."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    raw: RawInbound
    refused: str | None
    digest: bytes
    answer: asyncio.Future[KeptBefore]

    @property
    def place(self) -> Place:
        return self.raw.account_id, self.raw.dedupe_key


class RawKeeper:
    """Implements `ports.RawStore`. `on_kept`: called after each commit that kept something new; must not block.

    `ids`: for payloads whose senders wait (`ports.Ids`).
    """

    def __init__(self, pool: Pool, keys: KeyRing, on_kept: Callable[[], None]) -> None:
        self._pool = pool
        self.ids = RawKeys(keys)
        self._on_kept = on_kept
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue(WAITING_MAX)
        self._waiting_bytes = 0
        self._left_over: _Waiting | None = None

    async def keep(self, raw: RawInbound, *, refused: str | None = None) -> KeptBefore:
        """Keep a payload; returns after the commit.

        Raises:
            StoreUnavailable: it is not on disk within STORE_SECONDS_MAX, or too many are waiting.
        """
        if self._queue.full() or self._waiting_bytes + len(raw.body) > WAITING_BYTES_MAX:
            raise StoreUnavailable
        answer: asyncio.Future[KeptBefore] = asyncio.get_running_loop().create_future()
        self._waiting_bytes += len(raw.body)
        self._queue.put_nowait(_Waiting(raw, refused, raw.digest, answer))
        try:
            async with asyncio.timeout(STORE_SECONDS_MAX):
                return await answer
        except TimeoutError:
            raise StoreUnavailable from None
        finally:
            self._waiting_bytes -= len(raw.body)

    async def run(self) -> None:
        """Keep what is waiting, for ever: whatever came while commits ran goes into the next."""
        async with asyncio.TaskGroup() as lanes:
            lanes.create_task(self.ids.run())
            for _ in range(LANES):
                lanes.create_task(self._lane())

    async def _lane(self) -> None:
        while True:
            batch = await self._next_batch()
            try:
                async with asyncio.timeout(STORE_SECONDS_MAX):
                    answers = await self._store(batch)
            except Exception as error:  # noqa: BLE001  (whatever it was, each sender is told to come again)
                logger.warning("payloads could not be kept", error_class=type(error).__name__, count=len(batch))
                for waiting in batch:
                    if not waiting.answer.done():
                        waiting.answer.set_exception(StoreUnavailable())
                continue
            for waiting, answer in zip(batch, answers, strict=True):
                if not waiting.answer.done():
                    waiting.answer.set_result(answer)
            if any(answer.new for answer in answers):
                self._on_kept()

    async def _next_batch(self) -> list[_Waiting]:
        left_over, self._left_over = self._left_over, None
        batch = [left_over or await self._queue.get()]
        size = len(batch[0].raw.body)
        while len(batch) < BATCH_MAX and not self._queue.empty():
            waiting = self._queue.get_nowait()
            size += len(waiting.raw.body)
            if size > BATCH_BYTES_MAX:
                self._left_over = waiting
                break
            if not waiting.answer.done():
                batch.append(waiting)
        return batch

    async def _store(self, batch: Sequence[_Waiting]) -> list[KeptBefore]:
        """Keep each payload whose place is free; gives for each whether it is new, and whether its place holds it."""
        first: dict[Place, _Waiting] = {}
        for waiting in batch:
            first.setdefault(waiting.place, waiting)
        kept = await self._insert(list(first.values()))
        # One that came before has cost a key that nobody needs: to look first would cost every other one a round trip.
        repeated = [place for place in first if place not in kept]
        taken = await self._digests(repeated) if repeated else {}
        return [
            KeptBefore(
                new=waiting.place in kept and first[waiting.place] is waiting,
                same=(first[waiting.place].digest if waiting.place in kept else taken.get(waiting.place))
                == waiting.digest,
            )
            for waiting in batch
        ]

    async def _digests(self, places: Sequence[Place]) -> dict[Place, bytes]:
        accounts, keys = [account for account, _ in places], [key for _, key in places]
        rows = await self._pool.fetch(_SQL["find_raws"], accounts, keys)
        return {(row["account_id"], row["dedupe_key"]): row["body_digest"] for row in rows}

    async def _insert(self, batch: Sequence[_Waiting]) -> set[Place]:
        # Keys first: a payload is never on disk without the means to open it, nor to destroy it.
        raws = [waiting.raw for waiting in batch]
        keys = await self.ids.keys_of([raw.raw_id for raw in raws])
        rows = await self._pool.fetch(
            _SQL["keep_raws"],
            [raw.raw_id for raw in raws],
            [raw.account_id for raw in raws],
            [raw.channel.value for raw in raws],
            [raw.account for raw in raws],
            [raw.dedupe_key for raw in raws],
            [waiting.digest for waiting in batch],
            [key.key_id for key in keys],
            [
                seal(key, to_keep(raw), stream_id=raw.raw_id, version=RAW_VERSION)
                for key, raw in zip(keys, raws, strict=True)
            ],
            [raw.received_at for raw in raws],
            [raw.traceparent for raw in raws],
            ["REFUSED" if waiting.refused else "KEPT" for waiting in batch],
            [waiting.refused for waiting in batch],
        )
        return {(row["account_id"], row["dedupe_key"]) for row in rows}
