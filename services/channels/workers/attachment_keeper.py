"""Fetches the files that came with contacts, looks at them, and keeps them. No contact ever waits for its files.

What is to be done stands in a table, so that nothing is lost with the process; what is done twice is done the same way.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import msgspec

from contracts.content import AttachmentContent
from contracts.stored import CommandContext, Record
from contracts.vocabulary import system_actor
from infra import metrics
from infra.clock import jittered_delay_ms
from infra.logs import log
from infra.objects import ObjectsUnavailable
from infra.postgres import Pool, is_transient
from infra.rounds import go_round
from infra.sealing import SubjectDestroyed
from infra.sql import statements
from services.channels.commands.keep_attachment import KeepAttachment, keep_attachment
from services.channels.commands.refuse_attachment import RefuseAttachment, refuse_attachment
from services.channels.domain.attachment import FETCH_FAILED, GONE, NOT_AS_SAID, AttachmentPlace, KeptFile, RefusedFile
from services.channels.domain.attachment_check import Examined, Limits, examined, is_as_announced, refused_unseen
from services.channels.domain.contact import Contact
from services.channels.domain.download import NotToBeHad
from services.channels.ports import Clock, Ids
from services.channels.workers.attachment_files import AttachmentFiles
from services.channels.workers.attachment_sources import AttachmentSources, NotNow

POLL_SECONDS = 1.0
PAUSE_SECONDS = 1.0
AT_ONCE_MAX = 2
"""Files that are in memory at the same time."""

OF_ROUND_MAX = 16
DELETED_OF_ROUND_MAX = 100
ATTEMPTS_MAX = 6
RETRY_DELAY_MS_BASE = 2_000
RETRY_DELAY_MS_MAX = 15 * 60_000
WAIT_SECONDS_MAX = 3_600.0
STORE_AWAY_WAIT = timedelta(seconds=30)
"""So that a platform is not asked for the same file every second while there is nowhere to put it."""

_SQL = statements("services.channels.workers")
logger = log("attachments")


class KeepingParts(msgspec.Struct, frozen=True):
    """What keeping a file needs. `scans`: a scanner is configured, so that what is kept is quarantined first."""

    pool: Pool
    record: Record
    files: AttachmentFiles
    sources: AttachmentSources
    clock: Clock
    ids: Ids
    limits: Limits
    scans: bool = False

    def context(self, correlation_id: UUID) -> CommandContext:
        """Each try is a command of its own: what makes a step happen once is what it finds on record."""
        return CommandContext(
            command_id=self.ids.new(),
            actor=system_actor("channels"),
            at=self.clock.now(),
            correlation_id=correlation_id,
        )


class AttachmentKeeper:
    """The loop. A file waits POLL_SECONDS at most before it is looked at first."""

    def __init__(self, parts: KeepingParts) -> None:
        self._parts = parts
        self._at_once = asyncio.Semaphore(AT_ONCE_MAX)

    async def run(self) -> None:
        """Go round for ever. While the database or the object store is away it comes again."""
        await go_round(
            self._round,
            every_seconds=POLL_SECONDS,
            logger=logger,
            passes=(ObjectsUnavailable,),
            pause_seconds=PAUSE_SECONDS,
        )

    async def _round(self) -> None:
        await self.round()

    async def round(self) -> int:
        """Do what is due; gives how many files were looked at."""
        parts = self._parts
        done: list[UUID] = []
        while rows := await parts.pool.fetch(_SQL["attachments_due"], parts.clock.now(), done, OF_ROUND_MAX):
            ends = await asyncio.gather(*(self._one(row) for row in rows), return_exceptions=True)
            for end in ends:
                if isinstance(end, BaseException):
                    raise end
            done += [row["attachment_id"] for row in rows]
        await parts.files.delete_left_over(DELETED_OF_ROUND_MAX)
        return len(done)

    async def _one(self, row: asyncpg.Record) -> None:
        """One file. What is wrong with it may not stop the others: it is tried again, a few times."""
        async with self._at_once:
            try:
                await self._keep(row)
            except NotNow as wait:
                await self._again(row, FETCH_FAILED, wait_s=wait.wait_s)
            except SubjectDestroyed:
                return
            except ObjectsUnavailable:
                due_at = self._parts.clock.now() + STORE_AWAY_WAIT
                await self._parts.pool.execute(_SQL["attachment_waits"], row["attachment_id"], due_at)
                raise
            except Exception as error:
                if is_transient(error):
                    raise
                logger.exception("a file could not be kept", contact_id=str(row["contact_id"]))
                await self._again(row, FETCH_FAILED)

    async def _keep(self, row: asyncpg.Record) -> None:
        place = AttachmentPlace(row["contact_id"], row["number"])
        contact = await self._parts.record.load(Contact, place.contact_id)
        if contact is None or contact.closed:
            return
        if place.number >= len(contact.attachments):
            await self._refuse(place, RefusedFile(GONE))
            return
        said = contact.attachments[place.number]
        refused = refused_unseen(said, self._parts.limits)
        if refused is not None:
            await self._refuse(place, refused)
            return
        try:
            data = await self._parts.sources.bytes_of(contact, said)
        except NotToBeHad as never:
            await self._refuse(place, RefusedFile(never.reason))
            return
        await self._look(place, said, data, row)

    async def _look(self, place: AttachmentPlace, said: AttachmentContent, data: bytes, row: asyncpg.Record) -> None:
        found = await asyncio.to_thread(examined, data, said, self._parts.limits)
        if isinstance(found, RefusedFile):
            await self._refuse(place, found)
        elif is_as_announced(found.digest, said):
            await self._store(place, data, found)
        else:
            await self._again(row, NOT_AS_SAID)

    async def _store(self, place: AttachmentPlace, data: bytes, found: Examined) -> None:
        parts = self._parts
        object_id = await parts.files.put(place.contact_id, place.attachment_id, data, found.digest)
        if object_id is None:
            return
        kept = KeptFile(object_id, found.media_type, found.size_bytes)
        command = KeepAttachment(place, kept, quarantined=parts.scans)
        committed = await keep_attachment(command, parts.context(place.contact_id), record=parts.record)
        if not committed.outcome["wanted"]:
            await parts.files.drop(object_id)
        metrics.attachments.labels("kept", "none").inc()

    async def _again(self, row: asyncpg.Record, reason: str, *, wait_s: float = 0.0) -> None:
        """Try it again later, unless it was tried often enough: then it is refused, for `reason`."""
        attempt = row["attempts"] + 1
        if attempt >= ATTEMPTS_MAX:
            await self._refuse(AttachmentPlace(row["contact_id"], row["number"]), RefusedFile(reason))
            return
        delay_ms = jittered_delay_ms(attempt, delay_ms_base=RETRY_DELAY_MS_BASE, delay_ms_max=RETRY_DELAY_MS_MAX)
        delay = max(timedelta(milliseconds=delay_ms), timedelta(seconds=min(wait_s, WAIT_SECONDS_MAX)))
        due_at = self._parts.clock.now() + delay
        await self._parts.pool.execute(_SQL["attachment_postponed"], row["attachment_id"], due_at)

    async def _refuse(self, place: AttachmentPlace, refused: RefusedFile) -> None:
        parts = self._parts
        command = RefuseAttachment(place, refused)
        await refuse_attachment(command, parts.context(place.contact_id), record=parts.record)
        metrics.attachments.labels("refused", refused.reason).inc()
