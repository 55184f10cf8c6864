"""Files at rest: sealed under their contact's key for files, in the object store; and how they end."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

import asyncpg

from contracts.stored import SealingScope
from infra.objects import Objects
from infra.postgres import Pool
from infra.sealing import ContentKey, KeyRing, key_id_of, open_chunks, seal_chunks
from infra.sql import statements
from services.channels.domain.attachment import file_scope
from services.channels.domain.upload import upload_scope
from services.channels.ports import Clock

_SQL = statements("services.channels.workers")


class AttachmentFiles:
    """Puts, opens and deletes."""

    def __init__(self, *, pool: Pool, keys: KeyRing, objects: Objects, clock: Clock) -> None:
        self._pool = pool
        self._keys = keys
        self._objects = objects
        self._clock = clock

    async def put(self, contact_id: UUID, attachment_id: UUID, data: bytes, digest: bytes) -> UUID | None:
        """Seal and store a file; where it lies, or None where nobody wants it any more. Again: the same place.

        Raises:
            ObjectsUnavailable: come again.
            SubjectDestroyed: its contact was erased meanwhile.
        """
        return await self._put(file_scope(contact_id), "attachment_placed", attachment_id, data, digest)

    async def put_upload(self, customer_id: UUID, attachment_id: UUID, data: bytes, digest: bytes) -> UUID | None:
        """The same for a file that was brought, under its customer's key.

        Raises:
            ObjectsUnavailable: come again.
            SubjectDestroyed: its customer was erased meanwhile.
        """
        return await self._put(upload_scope(customer_id, attachment_id), "upload_placed", attachment_id, data, digest)

    async def _put(
        self, scope: SealingScope, placed: str, attachment_id: UUID, data: bytes, digest: bytes
    ) -> UUID | None:
        key = await self._keys.content_key(scope)
        object_id = _place_of(key, digest)
        if await self._pool.fetchval(_SQL[placed], attachment_id, object_id) is None:
            return None
        sealed = await asyncio.to_thread(seal_chunks, key, data, object_id=object_id)
        await self._objects.put(object_id, sealed)
        return object_id

    async def get(self, object_id: UUID) -> bytes | None:
        """What lies there; None where nothing does, or nobody can open it any more.

        Raises:
            ObjectsUnavailable: nobody knows now.
            SealBroken: it is not what was put there.
        """
        sealed = await self._objects.get(object_id)
        if sealed is None:
            return None
        key_id = key_id_of(sealed)
        key = (await self._keys.keys_by_id((key_id,))).get(key_id)
        return None if key is None else await asyncio.to_thread(_opened, key, sealed, object_id)

    async def drop(self, object_id: UUID) -> None:
        """Delete what turned out to be unwanted.

        Raises:
            ObjectsUnavailable: come again.
        """
        await self._objects.delete(object_id)

    async def end(self, contact_ids: Sequence[UUID]) -> None:
        """Nothing of these contacts' files is left: the key first, then bytes, then rows.

        Raises:
            ObjectsUnavailable: some bytes may still be there, but nobody can read them; come again.
        """
        for contact_id in contact_ids:
            await self._keys.destroy_scope(file_scope(contact_id), self._clock.now())
        for row in await self._pool.fetch(_SQL["objects_of_contacts"], list(contact_ids)):
            await self._objects.delete(row["object_id"])
            await self._pool.execute(_SQL["attachment_deleted"], row["attachment_id"], row["object_id"])
        await self._pool.execute(_SQL["delete_attachments"], list(contact_ids))

    async def end_uploads(self, contact_ids: Sequence[UUID]) -> int:
        """Nothing of the files that went along with these replies is left: keys, bytes; gives how many there were.

        Raises:
            ObjectsUnavailable: as for `end`.
        """
        rows = await self._pool.fetch(_SQL["uploads_of_contacts"], list(contact_ids))
        for row in rows:
            await self._end_upload(row)
        return len(rows)

    async def _end_upload(self, row: asyncpg.Record) -> None:
        scope = upload_scope(row["customer_id"], row["attachment_id"])
        await self._keys.destroy_scope(scope, self._clock.now())
        if row["object_id"] is not None:
            await self._objects.delete(row["object_id"])
            await self._pool.execute(_SQL["upload_deleted"], row["attachment_id"], row["object_id"])

    async def delete_left_over(self, count_max: int) -> None:
        """Delete files that somebody took back, that nobody sent, or in which something was found.

        Raises:
            ObjectsUnavailable: come again.
        """
        for row in await self._pool.fetch(_SQL["uploads_to_delete"], count_max):
            await self._end_upload(row)
        for row in await self._pool.fetch(_SQL["attachments_to_delete"], count_max):
            if row["with_key"]:
                await self._keys.destroy_scope(file_scope(row["contact_id"]), self._clock.now())
            await self._objects.delete(row["object_id"])
            await self._pool.execute(_SQL["attachment_deleted"], row["attachment_id"], row["object_id"])


def _opened(key: ContentKey, sealed: bytes, object_id: UUID) -> bytes:
    return b"".join(open_chunks(key, sealed, object_id=object_id))


def _place_of(key: ContentKey, digest: bytes) -> UUID:
    """Where a file of that hash lies under that key: one place, however often it comes, and none to guess it by."""
    return UUID(bytes=hmac.new(key.commitment, digest, sha256).digest()[:16])
