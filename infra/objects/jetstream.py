"""Objects in JetStream's object store: beside the streams, in the same server, with nothing more to run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from uuid import UUID

from nats.js.api import StorageType
from nats.js.errors import BucketNotFoundError, NotFoundError, ObjectNotFoundError
from nats.js.errors import Error as JetStreamError
from nats.js.object_store import ObjectStore

from infra.bus import TRANSPORT_ERRORS, Bus
from infra.objects.port import ObjectsUnavailable

BUCKET = "eender-attachments"
BUCKET_BYTES_MAX = 4 * 1024**3
API_TIMEOUT_SECONDS = 5
TRANSFER_SECONDS_MAX = 30.0


class JetStreamObjects:
    """Implements `Objects`. The bucket is made when it is first needed; nobody waits for NATS at a start.

    `bytes_max`: of the whole bucket when it is made, so that files never take the room of the messages. A full one is
    unavailable until something is deleted or its limit is raised.
    """

    def __init__(self, bus: Bus, bucket: str = BUCKET, *, bytes_max: int = BUCKET_BYTES_MAX) -> None:
        self._bus = bus
        self._bucket = bucket
        self._bytes_max = bytes_max

    async def put(self, object_id: UUID, sealed: bytes) -> None:
        """Store it: its pieces first, then what names them, so that half of one is never found."""
        async with _passing():
            await (await self._store()).put(str(object_id), sealed)

    async def get(self, object_id: UUID) -> bytes | None:
        """The bytes; None where there are none of that id."""
        found = BytesIO()
        try:
            async with _passing():
                await (await self._store()).get(str(object_id), writeinto=found)
        except ObjectNotFoundError:
            return None
        return found.getvalue()

    async def delete(self, object_id: UUID) -> None:
        """Have nothing under that id any more; the pieces are purged from the stream."""
        try:
            async with _passing():
                await (await self._store()).delete(str(object_id))
        except ObjectNotFoundError:
            return

    async def _store(self) -> ObjectStore:
        """The bucket, of the connection as it is now."""
        context = self._bus.client.jetstream(timeout=API_TIMEOUT_SECONDS)
        try:
            return await context.object_store(self._bucket)
        except (BucketNotFoundError, NotFoundError):
            return await context.create_object_store(self._bucket, storage=StorageType.FILE, max_bytes=self._bytes_max)


@asynccontextmanager
async def _passing() -> AsyncIterator[None]:
    """Whatever the transport says becomes one error; it passes. An object that is not there is an answer."""
    try:
        async with asyncio.timeout(TRANSFER_SECONDS_MAX):
            yield
    except ObjectNotFoundError:
        raise
    except (*TRANSPORT_ERRORS, JetStreamError) as error:
        raise ObjectsUnavailable(type(error).__name__) from None
