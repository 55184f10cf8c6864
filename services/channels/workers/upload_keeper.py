"""Takes in the files that agents bring to go along with replies, and ends those that no reply took.

What a file is is looked at before anything is kept of it; whoever brings it hears at once what became of it.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import msgspec

from contracts.content import AttachmentContent
from contracts.uploads import UploadTicket, agreed_type
from contracts.vocabulary import AttachmentState
from infra import metrics
from infra.logs import log
from infra.rounds import go_round
from infra.sealing import SubjectDestroyed
from infra.sql import statements
from services.channels.commands.announce_upload import AnnounceUpload, announce_upload
from services.channels.commands.conclude_upload import ConcludeUpload, conclude_upload
from services.channels.commands.expire_upload import ExpireUpload, expire_upload
from services.channels.domain.attachment import NOT_AS_SAID, KeptFile, RefusedFile
from services.channels.domain.attachment_check import Examined, examined
from services.channels.domain.upload import Upload
from services.channels.ports import BroughtFile
from services.channels.workers.attachment_keeper import KeepingParts

LOOK_EVERY_SECONDS = 30.0
OF_ROUND_MAX = 200
AT_ONCE_MAX = 2
"""Files that are sealed at the same time; others wait."""

GRACE = timedelta(hours=1)
"""So much longer a file stays here than the case service lets it go along: what it asked for may be under way."""

_SQL = statements("services.channels.workers")
logger = log("uploads")


class UploadKeeper:
    """Implements `ports.UploadTaker`. `hours`: how long a file waits for its reply."""

    def __init__(self, parts: KeepingParts, *, hours: int) -> None:
        self._parts = parts
        self._waits = timedelta(hours=hours) + GRACE
        self._at_once = asyncio.Semaphore(AT_ONCE_MAX)

    async def run(self) -> None:
        """Look now and then, for ever, what nobody sent in time."""
        await go_round(self.round, every_seconds=LOOK_EVERY_SECONDS, logger=logger)

    async def round(self) -> None:
        """End what nobody sent in time."""
        now = self._parts.clock.now()
        for row in await self._parts.pool.fetch(_SQL["uploads_to_expire"], now, OF_ROUND_MAX):
            await self._expire(row["attachment_id"])

    async def forget(self, customer_id: UUID) -> None:
        """End what was brought for a customer who is erased and goes along with no reply."""
        for row in await self._parts.pool.fetch(_SQL["uploads_of_customer"], customer_id):
            await self._expire(row["attachment_id"])

    async def take_in(self, ticket: UploadTicket, data: bytes) -> BroughtFile:
        """Look at the file, seal it and keep it, or say why not. The same file again changes nothing.

        Raises:
            ObjectsUnavailable: come again.
        """
        if len(data) != ticket.size_bytes:
            return BroughtFile(wrong="sizeBytes")
        if sha256(data).hexdigest() != ticket.sha256:
            return BroughtFile(wrong="sha256")
        async with self._at_once:
            return await self._taken_in(ticket, data)

    async def _taken_in(self, ticket: UploadTicket, data: bytes) -> BroughtFile:
        parts = self._parts
        known = await parts.record.load(Upload, ticket.attachment_id)
        if known is not None and known.state is not AttachmentState.PENDING:
            return BroughtFile(state=known.state, reason=known.reason)
        said = AttachmentContent(external_id="", media_type=ticket.media_type)
        found = await asyncio.to_thread(examined, data, said, parts.limits)
        command = AnnounceUpload(ticket, parts.clock.now() + self._waits)
        await announce_upload(command, parts.context(ticket.attachment_id), record=parts.record)
        try:
            return await self._concluded(ticket, data, _as_said(found, ticket.media_type))
        except SubjectDestroyed:
            await self._expire(ticket.attachment_id)
            return BroughtFile(state=AttachmentState.REMOVED)

    async def _concluded(self, ticket: UploadTicket, data: bytes, found: Examined | RefusedFile) -> BroughtFile:
        parts = self._parts
        if isinstance(found, RefusedFile):
            await self._conclude(ticket.attachment_id, found)
            metrics.attachments.labels("refused", found.reason).inc()
            return BroughtFile(state=AttachmentState.REFUSED, reason=found.reason)
        object_id = await parts.files.put_upload(ticket.customer_id, ticket.attachment_id, data, found.digest)
        if object_id is None:
            return BroughtFile(state=AttachmentState.REMOVED)
        if not await self._conclude(ticket.attachment_id, KeptFile(object_id, found.media_type, found.size_bytes)):
            await parts.files.drop(object_id)
            return BroughtFile(state=AttachmentState.REMOVED)
        metrics.attachments.labels("brought", "none").inc()
        return BroughtFile(state=AttachmentState.QUARANTINED if parts.scans else AttachmentState.READY)

    async def _conclude(self, attachment_id: UUID, found: KeptFile | RefusedFile) -> bool:
        """Say what became of it; whether it is still wanted."""
        parts = self._parts
        command = ConcludeUpload(attachment_id, found, quarantined=parts.scans)
        committed = await conclude_upload(command, parts.context(attachment_id), record=parts.record)
        return bool(committed.outcome["wanted"])

    async def _expire(self, attachment_id: UUID) -> None:
        await expire_upload(ExpireUpload(attachment_id), self._parts.context(attachment_id), record=self._parts.record)


def _as_said(found: Examined | RefusedFile, said: str) -> Examined | RefusedFile:
    """What it is, where that is what was said of it."""
    if isinstance(found, RefusedFile):
        return found
    media_type = agreed_type(found.media_type, said)
    if media_type is None:
        return RefusedFile(NOT_AS_SAID, found.media_type, found.size_bytes)
    return msgspec.structs.replace(found, media_type=media_type)
