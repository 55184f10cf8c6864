"""The keys of this installation: made when first needed, found again by id, destroyed for good."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contracts.stored import SealingScope
from infra.clock import SystemIds
from infra.migrate import apply_migrations
from infra.sealing.content_key import SECRET_BYTES, ContentKey, derive
from infra.sealing.envelope import open_sealed
from infra.sealing.kek import KEK_BYTES, KekError
from infra.sealing.key_cache import KeyCache, KnownSubject
from infra.sql import statements

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    import asyncpg

    from contracts.envelope import SealedPart
    from infra.postgres import Connection, Pool

KEYS_MIGRATIONS = "infra.sealing.migrations"
_NONCE_BYTES = 12
_SQL = statements("infra.sealing")


class SubjectDestroyed(Exception):  # noqa: N818
    """A key was asked for, for a subject whose data was erased: nothing of theirs is sealed any more."""


async def migrate_keys(pool: Pool) -> None:
    """Bring the keys database to this version's form.

    Raises:
        infra.migrate.NewerDataError: the database was written by a newer version.
    """
    await apply_migrations(pool, KEYS_MIGRATIONS)


class KeyRing:
    """Content keys by scope and by id, out of the keys database in `pool`, under the key-encryption key `kek`."""

    def __init__(self, pool: Pool, kek: bytes) -> None:
        if len(kek) != KEK_BYTES:
            raise KekError(f"key-encryption key: {len(kek)} bytes, not {KEK_BYTES}")
        self._pool = pool
        self._kek = AESGCM(derive(kek, "eender.kek.wrap.v1"))
        self._kek_id = derive(kek, "eender.kek.id.v1")
        self._ids = SystemIds()
        self._cache = KeyCache()

    @property
    def epoch(self) -> int:
        """How often keys were destroyed by this process."""
        return self._cache.epoch

    async def content_key(self, scope: SealingScope) -> ContentKey:
        """The one live content key of a scope; made, with its subject's key, where there is none.

        Raises:
            SubjectDestroyed: the subject was erased.
            KekError: the keys are wrapped by another key-encryption key.
        """
        key = self._cache.by_scope(scope)
        if key is not None:
            return key
        epoch = self._cache.epoch
        row = await self._pool.fetchrow(_SQL["find_content"], scope.subject_id, scope.scope_id)
        if row is not None:
            return self._keep(row, epoch)
        known = self._cache.subject(scope.subject_id)
        quickly = self._make_for_new_subject(scope, epoch) if known is None else self._make_under(known, scope, epoch)
        return await quickly or await self._make(scope)

    def at_hand(self, scope: SealingScope) -> ContentKey | None:
        """The live content key of a scope, if it need not be fetched."""
        return self._cache.by_scope(scope)

    async def keys_by_id(self, ids: Iterable[UUID]) -> dict[UUID, ContentKey]:
        """The keys that still exist, by id; destroyed and unknown ones are missing.

        Raises:
            KekError: the keys are wrapped by another key-encryption key.
        """
        wanted = set(ids)
        found = {key_id: key for key_id in wanted if (key := self._cache.by_id(key_id)) is not None}
        missing = list(wanted - found.keys())
        if missing:
            epoch = self._cache.epoch
            rows = await self._pool.fetch(_SQL["find_contents_by_id"], missing)
            found.update((row["key_id"], self._keep(row, epoch)) for row in rows)
        return found

    async def open(self, part: SealedPart, stream_id: UUID, version: int) -> bytes | None:
        """What lies in an envelope; None where its key is destroyed.

        Raises:
            SealBroken: the envelope is damaged or belongs to another fact.
        """
        key = (await self.keys_by_id((part.key_id,))).get(part.key_id)
        return None if key is None else open_sealed(key, part.sealed, stream_id=stream_id, version=version)

    async def destroyed_count(self) -> int:
        """How many content keys have been destroyed so far: who made something of opened content asks before and after.

        Every fact is sealed under a content key, and a subject's go with it.
        """
        count: int = await self._pool.fetchval(_SQL["count_all_destroyed"])
        return count

    async def destroy_subject(self, subject_id: UUID, at: datetime) -> tuple[UUID, ...]:
        """Destroy a subject's key and every content key under it; gives the ids of those. Again: nothing happens."""
        async with self._pool.acquire() as connection, connection.transaction():
            # Two statements: the second one also sees a key whose making the first one had to wait for.
            await connection.execute(_SQL["destroy_subject"], subject_id, at)
            rows = await connection.fetch(_SQL["destroy_contents_of_subject"], subject_id, at)
        self._cache.forget(subject_id=subject_id)
        return tuple(row["key_id"] for row in rows)

    async def destroyed_of(self, subject_ids: Iterable[UUID]) -> int:
        """How many keys of these subjects were destroyed so far, their own and those of their contents."""
        count: int = await self._pool.fetchval(_SQL["count_destroyed"], list(subject_ids))
        return count

    async def destroy_scope(self, scope: SealingScope, at: datetime) -> bool:
        """Destroy the live content key of a scope; what is sealed there later gets another. False: there was none."""
        key_id = await self._pool.fetchval(_SQL["destroy_content"], scope.subject_id, scope.scope_id, at)
        self._cache.forget(key_id=key_id)
        return key_id is not None

    async def _make_for_new_subject(self, scope: SealingScope, epoch: int) -> ContentKey | None:
        """Both keys in one statement, which is all that a first contact needs; None where the subject has a key."""
        subject_secret, secret = secrets.token_bytes(SECRET_BYTES), secrets.token_bytes(SECRET_BYTES)
        key_id = self._ids.new()
        subject_wrapped = _wrap(self._kek, subject_secret, _subject_place(scope.subject_id))
        made = await self._pool.fetchval(
            _SQL["add_subject_and_content"],
            scope.subject_id,
            subject_wrapped,
            self._kek_id,
            key_id,
            scope.scope_id,
            _wrap(AESGCM(subject_secret), secret, _content_place(key_id, scope)),
        )
        if made is None:
            return None
        self._cache.put_subject(scope.subject_id, KnownSubject(subject_wrapped, subject_secret), epoch)
        key = ContentKey(key_id, secret)
        self._cache.put(key, scope, epoch)
        return key

    async def _make_under(self, known: KnownSubject, scope: SealingScope, epoch: int) -> ContentKey | None:
        """One statement, under a subject's key that is at hand; None where that is destroyed, or somebody was first."""
        secret, key_id = secrets.token_bytes(SECRET_BYTES), self._ids.new()
        wrapped = _wrap(AESGCM(known.secret), secret, _content_place(key_id, scope))
        made = await self._pool.fetchval(
            _SQL["add_content_of_known_subject"], key_id, scope.subject_id, scope.scope_id, wrapped, known.wrapped
        )
        if made is None:
            return None
        key = ContentKey(key_id, secret)
        self._cache.put(key, scope, epoch)
        return key

    async def _make(self, scope: SealingScope) -> ContentKey:
        epoch = self._cache.epoch
        async with self._pool.acquire() as connection, connection.transaction():
            subject_secret = await self._subject_secret(connection, scope.subject_id)
            key_id = self._ids.new()
            wrapped = _wrap(AESGCM(subject_secret), secrets.token_bytes(SECRET_BYTES), _content_place(key_id, scope))
            # Somebody else may make it at the same time: one of the two is stored, and both use that one.
            await connection.execute(_SQL["add_content"], key_id, scope.subject_id, scope.scope_id, wrapped)
            row = await connection.fetchrow(_SQL["find_content"], scope.subject_id, scope.scope_id)
        if row is None:
            raise SubjectDestroyed(f"subject {scope.subject_id}: destroyed while a key was made")
        return self._keep(row, epoch)

    async def _subject_secret(self, connection: Connection, subject_id: UUID) -> bytes:
        row = await connection.fetchrow(_SQL["hold_subject"], subject_id)
        if row is None:
            wrapped = _wrap(self._kek, secrets.token_bytes(SECRET_BYTES), _subject_place(subject_id))
            await connection.execute(_SQL["add_subject"], subject_id, wrapped, self._kek_id)
            row = await connection.fetchrow(_SQL["hold_subject"], subject_id)
        if row is None or row["wrapped"] is None:
            raise SubjectDestroyed(f"subject {subject_id}: its key is destroyed")
        return self._unwrapped_subject(row["wrapped"], row["kek_id"], subject_id)

    def _unwrapped_subject(self, wrapped: bytes, kek_id: bytes, subject_id: UUID) -> bytes:
        if kek_id != self._kek_id:
            raise KekError("key-encryption key: the keys database was written under another one")
        return _unwrap(self._kek, wrapped, _subject_place(subject_id))

    def _keep(self, row: asyncpg.Record, epoch: int) -> ContentKey:
        scope = SealingScope(row["subject_id"], row["scope_id"])
        subject_secret = self._unwrapped_subject(row["subject_wrapped"], row["kek_id"], scope.subject_id)
        self._cache.put_subject(scope.subject_id, KnownSubject(row["subject_wrapped"], subject_secret), epoch)
        secret = _unwrap(AESGCM(subject_secret), row["wrapped"], _content_place(row["key_id"], scope))
        key = ContentKey(row["key_id"], secret)
        self._cache.put(key, scope, epoch)
        return key


def _subject_place(subject_id: UUID) -> bytes:
    return b"eender.subject.v1" + subject_id.bytes


def _content_place(key_id: UUID, scope: SealingScope) -> bytes:
    return b"eender.content.v1" + key_id.bytes + scope.subject_id.bytes + scope.scope_id.bytes


def _wrap(cipher: AESGCM, secret: bytes, place: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, secret, place)


def _unwrap(cipher: AESGCM, wrapped: bytes, place: bytes) -> bytes:
    try:
        return cipher.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], place)
    except InvalidTag as error:
        raise KekError("a stored key does not unwrap: its row is damaged or was moved") from error
