"""The keys of this installation: made when first needed, found again by id, destroyed for good."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contracts.stored import SealingScope
from infra.batcher import Batcher
from infra.clock import SystemIds
from infra.migrate import apply_migrations
from infra.sealing.content_key import SECRET_BYTES, ContentKey, derive
from infra.sealing.envelope import open_sealed
from infra.sealing.kek import KEK_BYTES, KekError
from infra.sealing.key_cache import KeyCache, KnownSubject
from infra.sealing.key_making import KeyMaking
from infra.sealing.wrapping import content_place, subject_place, unwrap, wrap
from infra.sql import statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    import asyncpg

    from contracts.envelope import SealedPart
    from infra.postgres import Connection, Pool

KEYS_MIGRATIONS = "infra.sealing.migrations"
KEYS_AT_ONCE_MAX = 256
_SQL = statements("infra.sealing")


class _Wanted(NamedTuple):
    """Whose keys somebody asks for. `appear`: the subjects do so only now, as far as who asks knows."""

    scopes: tuple[SealingScope, ...]
    appear: bool = False


class SubjectDestroyed(Exception):  # noqa: N818
    """A key was asked for, for a subject whose data was erased: nothing of theirs is sealed any more."""


class KeyMissing(Exception):  # noqa: N818
    """The key of a fact's envelope is not there, and nobody destroyed it: it was lost, or not restored."""

    def __init__(self, stream_id: UUID, version: int, topic: str) -> None:
        super().__init__(
            f"stream {stream_id} version {version}: the key of what topic {topic} seals is missing; nobody destroyed it"
        )


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
        self._making = KeyMaking(pool, self._kek, self._kek_id, self._cache)
        # Who asks for another key of a subject has to wait until it is there, and that one is made under it.
        self._wanted: Batcher[_Wanted, list[ContentKey]] = Batcher(
            self._found_or_made,
            lanes=2,
            batch_max=KEYS_AT_ONCE_MAX,
            claims=lambda wanted: tuple({scope.subject_id for scope in wanted.scopes}),
        )
        self._known: Batcher[UUID, ContentKey | None] = Batcher(self._many_by_id, lanes=1, batch_max=KEYS_AT_ONCE_MAX)

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
        return key if key is not None else (await self._wanted.submit(_Wanted((scope,))))[0]

    async def content_keys(self, scopes: Sequence[SealingScope], *, appear: bool = False) -> list[ContentKey]:
        """The live content keys of different scopes, as `content_key` gives them; those to be made in one go.

        `appear`: their subjects are new. They are not looked for first; the keys are right even where that is wrong.

        Raises:
            SubjectDestroyed, KekError: as `content_key`.
        """
        return await self._wanted.submit(_Wanted(tuple(scopes), appear)) if scopes else []

    def remember(self, scope: SealingScope, key: ContentKey) -> None:
        """Have a key at hand that was made a while ago, and that nobody can have destroyed: they do not know of it."""
        self._cache.put(key, scope, self._cache.epoch)

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
        key = self._cache.by_id(part.key_id) or await self._known.submit(part.key_id)
        return None if key is None else open_sealed(key, part.sealed, stream_id=stream_id, version=version)

    async def open_fact(self, part: SealedPart, stream_id: UUID, version: int, topic: str) -> bytes | None:
        """The same for who tells of the past, where a key that is missing is not to pass for one that was destroyed.

        Raises:
            SealBroken: see `open`.
            KeyMissing: there is no key, and there was none to destroy.
        """
        opened = await self.open(part, stream_id, version)
        if opened is None and not await self._pool.fetchval(_SQL["was_ever"], part.key_id):
            raise KeyMissing(stream_id, version, topic)
        return opened

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

    async def _many_by_id(self, ids: Sequence[UUID]) -> list[ContentKey | None]:
        found = await self.keys_by_id(ids)
        return [found.get(key_id) for key_id in ids]

    async def _found_or_made(self, wanted: Sequence[_Wanted]) -> list[list[ContentKey] | Exception]:
        """For each of those who ask the keys of its scopes, or why there is none; no subject is asked for by two."""
        epoch = self._cache.epoch
        keys = await self._found([scope for each in wanted if not each.appear for scope in each.scopes], epoch)
        missing = [scope for each in wanted for scope in each.scopes if scope not in keys]
        if missing:
            keys |= await self._making.make(missing, epoch)
        return [await self._all_of(each.scopes, keys) for each in wanted]

    async def _found(self, scopes: Sequence[SealingScope], epoch: int) -> dict[SealingScope, ContentKey]:
        if not scopes:
            return {}
        asked = [scope.subject_id for scope in scopes], [scope.scope_id for scope in scopes]
        rows = await self._pool.fetch(_SQL["find_contents_of_scopes"], *asked)
        return {SealingScope(row["subject_id"], row["scope_id"]): self._keep(row, epoch) for row in rows}

    async def _all_of(
        self, scopes: Sequence[SealingScope], keys: Mapping[SealingScope, ContentKey]
    ) -> list[ContentKey] | Exception:
        """The keys, with those that could not be made with the others'; or why there is none."""
        try:
            return [keys[scope] if scope in keys else await self._make(scope) for scope in scopes]
        except (SubjectDestroyed, KekError) as error:
            return error

    async def _make(self, scope: SealingScope) -> ContentKey:
        epoch = self._cache.epoch
        async with self._pool.acquire() as connection, connection.transaction():
            subject_secret = await self._subject_secret(connection, scope.subject_id)
            key_id = self._ids.new()
            wrapped = wrap(AESGCM(subject_secret), secrets.token_bytes(SECRET_BYTES), content_place(key_id, scope))
            # Somebody else may make it at the same time: one of the two is stored, and both use that one.
            await connection.execute(_SQL["add_content"], key_id, scope.subject_id, scope.scope_id, wrapped)
            row = await connection.fetchrow(_SQL["find_content"], scope.subject_id, scope.scope_id)
        if row is None:
            raise SubjectDestroyed(f"subject {scope.subject_id}: destroyed while a key was made")
        return self._keep(row, epoch)

    async def _subject_secret(self, connection: Connection, subject_id: UUID) -> bytes:
        row = await connection.fetchrow(_SQL["hold_subject"], subject_id)
        if row is None:
            wrapped = wrap(self._kek, secrets.token_bytes(SECRET_BYTES), subject_place(subject_id))
            await connection.execute(_SQL["add_subject"], subject_id, wrapped, self._kek_id)
            row = await connection.fetchrow(_SQL["hold_subject"], subject_id)
        if row is None or row["wrapped"] is None:
            raise SubjectDestroyed(f"subject {subject_id}: its key is destroyed")
        return self._unwrapped_subject(row["wrapped"], row["kek_id"], subject_id)

    def _unwrapped_subject(self, wrapped: bytes, kek_id: bytes, subject_id: UUID) -> bytes:
        if kek_id != self._kek_id:
            raise KekError("key-encryption key: the keys database was written under another one")
        return unwrap(self._kek, wrapped, subject_place(subject_id))

    def _keep(self, row: asyncpg.Record, epoch: int) -> ContentKey:
        scope = SealingScope(row["subject_id"], row["scope_id"])
        subject_secret = self._unwrapped_subject(row["subject_wrapped"], row["kek_id"], scope.subject_id)
        self._cache.put_subject(scope.subject_id, KnownSubject(row["subject_wrapped"], subject_secret), epoch)
        secret = unwrap(AESGCM(subject_secret), row["wrapped"], content_place(row["key_id"], scope))
        key = ContentKey(row["key_id"], secret)
        self._cache.put(key, scope, epoch)
        return key
