"""What must be looked after now and then: what was parked, and what waits for visitors who do not come back.

A parked item is joined when its message came by another process, or forgotten when it never comes.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Record
from contracts.vocabulary import Channel, system_actor
from infra.postgres import Pool
from infra.sql import statements
from services.channels.domain.inbound import Inbound
from services.channels.domain.raw import RawInbound
from services.channels.ports import Clock, Directory, Ids
from services.channels.reactions.record_item_on_raw_kept import record_item_on_raw_kept

EVERY_SECONDS = 30.0
ITEMS_MAX = 256
PARKED_FOR_MAX = timedelta(days=8)
"""Meta repeats what it could not deliver for seven days; what is older belongs to no message of ours."""

REPLIES_WAIT_MAX = timedelta(days=30)
SESSIONS_KEPT_MAX = timedelta(days=90)
"""A session of a chat that nobody came back to ends."""

_SQL = statements("services.channels.workers")
_items: msgspec.json.Decoder[Inbound] = msgspec.json.Decoder(Inbound)


class Upkeep:
    """The loop."""

    def __init__(self, *, pool: Pool, record: Record, directory: Directory, clock: Clock, ids: Ids) -> None:
        self._pool = pool
        self._record = record
        self._directory = directory
        self._clock = clock
        self._ids = ids

    async def run(self) -> None:
        """Look after everything, for ever."""
        while True:
            await self.join_late()
            await self.forget_old()
            await asyncio.sleep(EVERY_SECONDS)

    async def forget_old(self) -> None:
        """Forget what waited too long: items for their message, answers for a visitor who does not come back."""
        now = self._clock.now()
        await self._pool.execute(_SQL["forget_parked"], now - PARKED_FOR_MAX)
        await self._pool.execute(_SQL["forget_chat_replies"], now - REPLIES_WAIT_MAX)
        await self._pool.execute(_SQL["forget_chat_visitors"], now - SESSIONS_KEPT_MAX)

    async def join_late(self) -> int:
        """Join items that were parked while another process stored their message; gives how many."""
        rows = await self._pool.fetch(_SQL["parked_whose_message_came"], ITEMS_MAX)
        for row in rows:
            now = self._clock.now()
            command_id: UUID = self._ids.new()
            context = CommandContext(
                command_id=command_id, actor=system_actor("channels"), at=now, correlation_id=command_id
            )
            raw = RawInbound(
                raw_id=command_id,
                channel=Channel(row["channel"]),
                account=row["account"],
                body=b"",
                received_at=now,
                dedupe_key="",
            )
            item = _items.decode(row["item"])
            await record_item_on_raw_kept(item, raw, context, record=self._record, directory=self._directory)
            await self._pool.execute(_SQL["unpark_item"], row["account_id"], row["external_id"], row["item_key"])
        return len(rows)
