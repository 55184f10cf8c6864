"""Forgets contacts of erased customers; whatever ends it in between, the next round goes on from what is done.

DUE: streams are closed first, so that nothing comes back under keys that are to go; then, in one transaction, rows
with handles are deleted, payloads emptied, and whose keys must go is written down. PURGED: keys are destroyed, tables
rewritten, and the case service is told.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from contracts.content import HandleContent
from contracts.stored import CommandContext, Record
from contracts.vocabulary import Channel, system_actor
from infra.logs import log
from infra.objects import ObjectsUnavailable
from infra.postgres import Pool
from infra.rewriting import TableBusy, rewrite_tables
from infra.rounds import go_round
from infra.sealing import KeyRing
from infra.sql import statements
from services.channels.commands.complete_forgetting import CompleteForgetting, complete_forgetting
from services.channels.commands.forget_contact import ForgetContact, forget_contact
from services.channels.domain.contact import Contact
from services.channels.domain.delivery import Delivery
from services.channels.domain.raw import account_id_of, contact_id_of
from services.channels.domain.trace import handle_trace
from services.channels.ports import Clock, Ids
from services.channels.workers.attachment_files import AttachmentFiles

POLL_SECONDS = 5.0
PAUSE_SECONDS = 0.5
FORGETTINGS_OF_ROUND_MAX = 20
TABLES = ("windows", "threads", "external_ids", "parked", "raws", "chat_visitors", "chat_replies")
STORES = (*(f"channels.{table}" for table in TABLES), "channels.objects")

_SQL = statements("services.channels.workers")
logger = log("forgetter")

WindowKey = tuple[UUID, str, str]


class StillReading(Exception):  # noqa: N818
    """A payload that tells of a contact is not read to its end yet: come again."""


@dataclass(slots=True)
class _Found:
    """What leads to rows about the contacts: their windows, the traces of their payloads, the platform's ids."""

    received: list[UUID] = field(default_factory=list)
    sent: list[UUID] = field(default_factory=list)
    windows: set[WindowKey] = field(default_factory=set)
    traces: set[UUID] = field(default_factory=set)
    messages: set[UUID] = field(default_factory=set)

    def take(self, channel: Channel, account: str, handle: HandleContent) -> None:
        self.windows.add((account_id_of(channel, account), handle.kind.value, handle.value))
        self.traces.add(handle_trace(channel, account, handle))


class Forgetter:
    """The loop. `wake()` when something is to be forgotten; without it the next look is POLL_SECONDS away."""

    def __init__(
        self, *, pool: Pool, keys: KeyRing, files: AttachmentFiles, record: Record, clock: Clock, ids: Ids
    ) -> None:
        self._pool = pool
        self._keys = keys
        self._files = files
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
            passes=(TableBusy, StillReading, ObjectsUnavailable),
            asked=self._asked,
            pause_seconds=PAUSE_SECONDS,
        )

    async def round(self) -> None:
        """Forget what is to be forgotten."""
        rows = await self._pool.fetch(_SQL["forgettings_to_do"], FORGETTINGS_OF_ROUND_MAX)
        purged = [(row, row["subjects"] if row["state"] == "PURGED" else await self._purge(row)) for row in rows]
        if not purged:
            return
        for row, subjects in purged:
            await self._files.end(row["contact_ids"])
            await self._files.end_uploads(row["contact_ids"])
            for subject_id in subjects:
                await self._keys.destroy_subject(subject_id, self._clock.now())
        await rewrite_tables(self._pool, TABLES)
        for row, subjects in purged:
            await self._sign_off(row["forgetting_id"], row["contact_ids"], subjects)

    async def _purge(self, row: asyncpg.Record) -> list[UUID]:
        """Close the streams, then delete every row about them; gives whose keys are to be destroyed."""
        found = await self._close(row["contact_ids"])
        async with self._pool.acquire() as connection, connection.transaction():
            if await connection.fetchval(_SQL["raws_being_read"], list(found.traces)):
                raise StillReading
            raws = [gone["raw_id"] for gone in await connection.fetch(_SQL["empty_raws"], list(found.traces))]
            aliases = await connection.fetch(_SQL["subjects_of_traces"], list(found.traces))
            subjects = [*found.received, *raws, *(alias["subject_id"] for alias in aliases)]
            accounts, kinds, values = ([key[column] for key in found.windows] for column in range(3))
            await connection.execute(_SQL["delete_windows"], accounts, kinds, values)
            await connection.execute(_SQL["delete_parked"], list(found.messages))
            await connection.execute(_SQL["delete_external_ids"], found.sent)
            await connection.execute(_SQL["delete_threads"], found.received)
            await connection.execute(_SQL["delete_chat_replies"], found.sent)
            await connection.execute(_SQL["delete_chat_visitors"], list(found.traces))
            await connection.execute(_SQL["delete_traces"], raws)
            await connection.execute(_SQL["forgetting_purged"], row["forgetting_id"], subjects)
        return subjects

    async def _close(self, contact_ids: list[UUID]) -> _Found:
        """Close the streams of those contacts that came by here, and see what leads to rows about them."""
        kinds = {row["stream_id"]: row["kind"] for row in await self._pool.fetch(_SQL["kinds_of_streams"], contact_ids)}
        found = _Found()
        for contact_id, kind in kinds.items():
            await self._look_at(contact_id, kind == Delivery.TOPIC, found)
        for row in await self._pool.fetch(_SQL["external_ids_of"], found.sent):
            found.messages.add(contact_id_of(Channel(row["channel"]), row["account"], row["external_id"]))
        found.traces |= found.messages
        return found

    async def _look_at(self, contact_id: UUID, went_out: bool, found: _Found) -> None:  # noqa: FBT001  (of two kinds)
        if went_out:
            delivery = await self._record.load(Delivery, contact_id)
            found.sent.append(contact_id)
            if delivery is not None and delivery.content is not None:
                found.take(delivery.channel, delivery.account, delivery.content.to)
        else:
            contact = await self._record.load(Contact, contact_id)
            found.received.append(contact_id)
            found.messages.add(contact_id)
            if contact is not None:
                for handle in contact.handles:
                    found.take(contact.channel, contact.account, handle)
        command = ForgetContact(contact_id, went_out)
        await forget_contact(command, self._context(), record=self._record)

    async def _sign_off(self, forgetting_id: UUID, contact_ids: list[UUID], subjects: list[UUID]) -> None:
        command = CompleteForgetting(
            forgetting_id=forgetting_id,
            events=await self._pool.fetchval(_SQL["sealed_facts"], list({*contact_ids, *subjects})),
            keys_destroyed=await self._keys.destroyed_of(subjects),
            stores=STORES,
        )
        await complete_forgetting(command, self._context(), record=self._record)

    def _context(self) -> CommandContext:
        """Each try is a command of its own: what makes a step happen once is what it finds on record."""
        command_id = self._ids.new()
        return CommandContext(
            command_id=command_id, actor=system_actor("channels"), at=self._clock.now(), correlation_id=command_id
        )
