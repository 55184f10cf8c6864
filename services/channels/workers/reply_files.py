"""The files that go along with replies: their bytes, or links by which a platform fetches them."""

from __future__ import annotations

from datetime import timedelta

from contracts.attachments import PATH
from contracts.content import ReplyFileContent
from contracts.reply_capabilities import REPLY_CAPABILITIES
from contracts.stored import Record
from contracts.vocabulary import AttachmentState, Refusal, RefusalCode
from infra.objects import ObjectsUnavailable
from infra.signed_links import LinkSigner
from services.channels.domain.delivery import Delivery
from services.channels.domain.outbound import ReplyFile
from services.channels.domain.upload import Upload
from services.channels.ports import Clock, FilesAway
from services.channels.workers.attachment_files import AttachmentFiles

LINK_LASTS = timedelta(hours=24)
"""Platforms fetch what a message names when it leaves, and again for a while when that fails."""


class UploadedFiles:
    """Implements `ports.ReplyFiles`. `base_url`: where platforms reach the front door; None: nobody said so."""

    def __init__(
        self, *, record: Record, files: AttachmentFiles, signer: LinkSigner | None, base_url: str | None, clock: Clock
    ) -> None:
        self._record = record
        self._files = files
        self._signer = signer
        self._base_url = base_url
        self._clock = clock

    async def of(self, delivery: Delivery) -> tuple[ReplyFile, ...]:
        """The files of a reply, in their order, as its channel wants them.

        Raises:
            Refusal: ATTACHMENT_NOT_READY: one is not there, or not the reply's; CHANNEL_CANNOT_REPLY.
            FilesAway: nobody knows now.
        """
        wanted = () if delivery.content is None else delivery.content.files
        if not wanted:
            return ()
        capability = REPLY_CAPABILITIES.get(delivery.channel)
        if capability is None or capability.files is None:
            raise Refusal(RefusalCode.CHANNEL_CANNOT_REPLY, "this channel carries no files", "attachmentIds")
        take = self._linked if capability.files.by_link else self._whole
        return tuple([await take(await self._claimed(delivery, each), each) for each in wanted])

    async def _claimed(self, delivery: Delivery, wanted: ReplyFileContent) -> Upload:
        upload = await self._record.load(Upload, wanted.attachment_id)
        if upload is None or upload.contact_id != delivery.id or upload.state is not AttachmentState.READY:
            raise Refusal(RefusalCode.ATTACHMENT_NOT_READY, "a file is not there any more", "attachmentIds")
        return upload

    async def _whole(self, upload: Upload, wanted: ReplyFileContent) -> ReplyFile:
        try:
            data = None if upload.object_id is None else await self._files.get(upload.object_id)
        except ObjectsUnavailable:
            raise FilesAway from None
        if data is None:
            raise Refusal(RefusalCode.ATTACHMENT_NOT_READY, "a file is not there any more", "attachmentIds")
        return ReplyFile(wanted.name, upload.media_type, len(data), data=data)

    async def _linked(self, upload: Upload, wanted: ReplyFileContent) -> ReplyFile:
        if self._base_url is None or self._signer is None:
            message = "nobody said where platforms reach the front door: objects.public_url"
            raise Refusal(RefusalCode.CHANNEL_CANNOT_REPLY, message, "attachmentIds")
        query = self._signer.query(upload.id, self._clock.now() + LINK_LASTS)
        url = f"{self._base_url.rstrip('/')}{PATH}/{upload.id}?{query}"
        return ReplyFile(wanted.name, upload.media_type, wanted.size_bytes, url=url)
