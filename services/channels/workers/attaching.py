"""Files that come along, put together: where they lie, who fetches them, who hands them out."""

from __future__ import annotations

import asyncio
from uuid import UUID

from litestar import Router

from contracts.attachments import file_name
from contracts.object_store import Objects as ObjectsConfiguration
from contracts.uploads import UploadTicket
from contracts.vocabulary import AttachmentState
from infra.objects import JetStreamObjects, Objects
from infra.objects.aws_signature import Signer
from infra.objects.s3 import S3Objects
from infra.runtime import Runtime
from infra.sealing import load_kek
from infra.settings import KEK, SettingsError
from infra.signed_links import LinkSigner
from infra.sql import statements
from services.channels.domain.attachment import Attachment
from services.channels.domain.attachment_check import Limits
from services.channels.domain.contact import Contact
from services.channels.domain.delivery import Delivery
from services.channels.domain.upload import Upload
from services.channels.http.attachments import FileToSend, attachments_router
from services.channels.http.uploads import upload_handlers
from services.channels.ports import BroughtFile
from services.channels.settings import ChannelsSettings
from services.channels.workers.attachment_files import AttachmentFiles
from services.channels.workers.attachment_keeper import AttachmentKeeper, KeepingParts
from services.channels.workers.attachment_scanning import AttachmentScanning
from services.channels.workers.attachment_sources import AttachmentSources
from services.channels.workers.reply_files import UploadedFiles
from services.channels.workers.safe_fetcher import SafeFetcher
from services.channels.workers.scanners import scanner_of
from services.channels.workers.upload_keeper import UploadKeeper

FETCH_SECONDS_MAX = 120.0
TAKEN_AT_ONCE_MAX = 8
"""Files that are opened at the same time to be handed out."""

_SQL = statements("services.channels.workers")


def objects_of(configuration: ObjectsConfiguration, runtime: Runtime) -> Objects:
    """The object store that the configuration names."""
    s3 = configuration.s3
    if configuration.store == "jetstream" or s3 is None:
        return JetStreamObjects(runtime.bus, bytes_max=configuration.bucket_bytes_max)
    signer = Signer(s3.access_key, s3.secret_key, s3.region)
    return S3Objects(endpoint=s3.endpoint, bucket=s3.bucket, signer=signer, clock=runtime.clock)


class Attaching:
    """The parts. `start` when the runtime's are open.

    It implements `http.attachments.FileShelf` and `ports.UploadTaker`.
    """

    objects: Objects
    files: AttachmentFiles
    keeper: AttachmentKeeper
    uploads: UploadKeeper
    outgoing: UploadedFiles

    def __init__(self, runtime: Runtime, settings: ChannelsSettings) -> None:
        self._runtime = runtime
        self._settings = settings
        self._at_once = asyncio.Semaphore(TAKEN_AT_ONCE_MAX)
        self._fetcher = SafeFetcher(bytes_max=settings.objects.bytes_max, seconds_max=FETCH_SECONDS_MAX)

    def start(self) -> None:
        """Begin to keep files."""
        runtime, objects = self._runtime, self._settings.objects
        self.objects = objects_of(objects, runtime)
        self.files = AttachmentFiles(pool=runtime.pool, keys=runtime.keys, objects=self.objects, clock=runtime.clock)
        sources = AttachmentSources(
            pool=runtime.pool, keys=runtime.keys, fetcher=self._fetcher, settings=self._settings, clock=runtime.clock
        )
        parts = KeepingParts(
            pool=runtime.pool,
            record=runtime.record,
            files=self.files,
            sources=sources,
            clock=runtime.clock,
            ids=runtime.ids,
            limits=Limits(objects.bytes_max, frozenset(objects.refused_types)),
            scans=objects.scanner is not None,
        )
        self.keeper = AttachmentKeeper(parts)
        runtime.spawn("attachment-keeper", self.keeper.run)
        self.uploads = UploadKeeper(parts, hours=objects.upload_hours)
        runtime.spawn("upload-keeper", self.uploads.run)
        self.outgoing = UploadedFiles(
            record=runtime.record,
            files=self.files,
            signer=self._signer(),
            base_url=objects.public_url or runtime.settings.front_door_url,
            clock=runtime.clock,
        )
        if objects.scanner is not None:
            scanning = AttachmentScanning(parts, scanner_of(objects.scanner))
            runtime.spawn("attachment-scanning", scanning.run)

    def router(self) -> Router:
        """Where files are handed out and brought."""
        signer, clock, origins = self._signer(), self._runtime.clock, self._settings.allowed_origins
        brought = upload_handlers(self, signer, clock, allowed_origins=origins)
        return attachments_router(self, signer, clock, also=brought)

    def _signer(self) -> LinkSigner:
        spec = self._runtime.settings.kek_spec
        if spec is None:
            raise SettingsError(KEK, "must be set for the channels service")
        return LinkSigner(load_kek(spec))

    async def close(self) -> None:
        """Close the connections."""
        await self._fetcher.close()
        if isinstance(self.objects, S3Objects):
            await self.objects.close()

    async def take(self, attachment_id: UUID) -> FileToSend | None:
        """A file that is ready, with its name; None where nothing may be handed out.

        Raises:
            ObjectsUnavailable: nobody knows now.
        """
        async with self._at_once:
            return await self._taken(attachment_id)

    async def take_in(self, ticket: UploadTicket, data: bytes) -> BroughtFile:
        """Take in a file that is brought.

        Raises:
            ObjectsUnavailable: come again.
        """
        return await self.uploads.take_in(ticket, data)

    async def _brought(self, attachment_id: UUID) -> FileToSend | None:
        """A file of ours that is ready; by its name once it goes along with a reply that can be read."""
        if not await self._runtime.pool.fetchval(_SQL["is_upload"], attachment_id):
            return None
        upload = await self._runtime.record.load(Upload, attachment_id)
        if upload is None or upload.state is not AttachmentState.READY or upload.object_id is None:
            return None
        named: str | None = None
        if upload.contact_id is not None:
            delivery = await self._runtime.record.load(Delivery, upload.contact_id)
            if delivery is None or delivery.redacted or delivery.forgotten or delivery.content is None:
                return None
            named = next((each.name for each in delivery.content.files if each.attachment_id == attachment_id), None)
        data = await self.files.get(upload.object_id)
        return None if data is None else FileToSend(file_name(named), upload.media_type, data)

    async def _taken(self, attachment_id: UUID) -> FileToSend | None:
        row = await self._runtime.pool.fetchrow(_SQL["attachment_of"], attachment_id)
        if row is None:
            return await self._brought(attachment_id)
        if row["state"] != "READY" or row["object_id"] is None:
            return None
        contact = await self._runtime.record.load(Contact, row["contact_id"])
        attachment = await self._runtime.record.load(Attachment, attachment_id)
        if contact is None or contact.closed or attachment is None or row["number"] >= len(contact.attachments):
            return None
        data = await self.files.get(row["object_id"])
        if data is None:
            return None
        name = file_name(contact.attachments[row["number"]].name)
        return FileToSend(name, attachment.media_type or "", data)
