"""Withholds what is here of entries that are redacted or kept long enough; whatever ends it, the next round goes on.

Of what is redacted the envelopes go, from the log, from messages and from what was put aside; its sender may still be
answered. Of what was kept long enough the keys go. Payloads are emptied in both cases, and tables rewritten.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from contracts.stored import CommandContext, Record
from contracts.vocabulary import system_actor
from infra.bus import TRANSPORT_ERRORS
from infra.logs import log
from infra.objects import ObjectsUnavailable
from infra.postgres import Pool
from infra.rewriting import TableBusy, rewrite_tables
from infra.rounds import go_round
from infra.sealing import KeyRing
from infra.sql import statements
from infra.stream import NotPublished, OriginStream
from services.channels.commands.complete_withholding import CompleteWithholding, complete_withholding
from services.channels.commands.forget_contact import ForgetContact, forget_contact
from services.channels.commands.redact_contact import RedactContact, redact_contact
from services.channels.commands.redact_delivery import RedactDelivery, redact_delivery
from services.channels.domain.contact import Contact
from services.channels.domain.delivery import Delivery
from services.channels.ports import Clock, Ids
from services.channels.workers.attachment_files import AttachmentFiles
from services.channels.workers.forgetter import StillReading

POLL_SECONDS = 5.0
PAUSE_SECONDS = 0.5
WITHHOLDINGS_OF_ROUND_MAX = 20
CAME_IN = ("raws", "parked")
SEALED = ("es.events", "es.dead_letters")
EXPIRED = ("threads", "external_ids", "chat_replies")
OBJECTS = ("channels.objects",)

PASSES = (TableBusy, StillReading, NotPublished, ObjectsUnavailable, *TRANSPORT_ERRORS)
"""What is over when it comes again."""

_SQL = statements("services.channels.workers")
logger = log("withholder")


class _Done(NamedTuple):
    """`events`: facts that cannot be read any more; `subjects`: whose keys are destroyed."""

    tables: tuple[str, ...]
    events: int
    subjects: list[UUID]


class Withholder:
    """The loop. `stream`: the service's own messages.

    `wake()` when something is to be withheld; without it the next look is POLL_SECONDS away.
    """

    def __init__(
        self,
        *,
        pool: Pool,
        keys: KeyRing,
        files: AttachmentFiles,
        stream: OriginStream,
        record: Record,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._pool = pool
        self._files = files
        self._stream = stream
        self._keys = keys
        self._record = record
        self._clock = clock
        self._ids = ids
        self._asked = asyncio.Event()

    def wake(self) -> None:
        """Look now."""
        self._asked.set()

    async def run(self) -> None:
        """Go round for ever. While the database is away, or a table in use, it comes again."""
        await go_round(
            self.round,
            every_seconds=POLL_SECONDS,
            logger=logger,
            passes=PASSES,
            asked=self._asked,
            pause_seconds=PAUSE_SECONDS,
        )

    async def round(self) -> None:
        """Withhold what is to be withheld."""
        for row in await self._pool.fetch(_SQL["withholdings_to_do"], WITHHOLDINGS_OF_ROUND_MAX):
            kinds = await self._pool.fetch(_SQL["kinds_of_streams"], row["entry_ids"])
            came_in = [each["stream_id"] for each in kinds if each["kind"] == Contact.TOPIC]
            went_out = [each["stream_id"] for each in kinds if each["kind"] == Delivery.TOPIC]
            done = await (self._expire if row["expired"] else self._redact)(came_in, went_out)
            await self._files.end(came_in)
            brought = await self._files.end_uploads(went_out)
            await rewrite_tables(self._pool, done.tables)
            command = CompleteWithholding(
                withholding_id=row["withholding_id"],
                events=done.events,
                keys_destroyed=await self._keys.destroyed_of(done.subjects),
                stores=(
                    *(f"channels.{table.removeprefix('es.')}" for table in done.tables),
                    *(OBJECTS if came_in or brought else ()),
                ),
            )
            await complete_withholding(command, self._context(), record=self._record)

    async def _redact(self, came_in: Sequence[UUID], went_out: Sequence[UUID]) -> _Done:
        """Take out the envelopes: how the sender is reached stays, as what else was said in the case."""
        for contact_id in came_in:
            await redact_contact(RedactContact(contact_id), self._context(), record=self._record)
        for contact_id in went_out:
            await redact_delivery(RedactDelivery(contact_id), self._context(), record=self._record)
        raws = await self._empty(came_in)
        await self._pool.execute(_SQL["strip_dead_letters"], [str(each) for each in went_out])
        positions = await self._pool.fetch(_SQL["positions_withheld"], [*came_in, *went_out])
        await self._stream.withdraw_all([row["position"] for row in positions])
        tables = (*(CAME_IN if came_in else ()), *(SEALED if came_in or went_out else ()))
        return _Done(tables, len(positions), raws)

    async def _expire(self, came_in: Sequence[UUID], went_out: Sequence[UUID]) -> _Done:
        """Close the streams: their keys go, those of replies with their case's."""
        for contact_ids, are_replies in ((came_in, False), (went_out, True)):
            for contact_id in contact_ids:
                command = ForgetContact(contact_id, went_out=are_replies)
                await forget_contact(command, self._context(), record=self._record)
        subjects = [*came_in, *await self._empty(came_in)]
        for contact_id in came_in:
            await self._keys.destroy_subject(contact_id, self._clock.now())
        await self._pool.execute(_SQL["delete_threads"], came_in)
        await self._pool.execute(_SQL["delete_external_ids"], went_out)
        await self._pool.execute(_SQL["delete_chat_replies"], went_out)
        events = await self._pool.fetchval(_SQL["sealed_facts"], [*subjects, *went_out])
        return _Done((*(CAME_IN if came_in else ()), *(EXPIRED if came_in or went_out else ())), events, subjects)

    async def _empty(self, contact_ids: Sequence[UUID]) -> list[UUID]:
        """Empty the payloads that told of contacts, and destroy their keys; gives whose they were."""
        async with self._pool.acquire() as connection, connection.transaction():
            if await connection.fetchval(_SQL["raws_being_read"], contact_ids):
                raise StillReading
            raws = [gone["raw_id"] for gone in await connection.fetch(_SQL["empty_raws"], contact_ids)]
            await connection.execute(_SQL["delete_parked"], contact_ids)
        for raw_id in raws:
            await self._keys.destroy_subject(raw_id, self._clock.now())
        return raws

    def _context(self) -> CommandContext:
        """Each try is a command of its own: what makes a step happen once is what it finds on record."""
        command_id = self._ids.new()
        return CommandContext(
            command_id=command_id, actor=system_actor("channels"), at=self._clock.now(), correlation_id=command_id
        )
