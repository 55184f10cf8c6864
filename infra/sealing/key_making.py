"""Finds or makes content keys for many scopes at once: whoever asks while one look-up is under way is in the next."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infra.clock import SystemIds
from infra.sealing.content_key import SECRET_BYTES, ContentKey
from infra.sealing.key_cache import KeyCache, KnownSubject
from infra.sealing.wrapping import content_place, subject_place, wrap
from infra.sql import statements

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contracts.stored import SealingScope
    from infra.postgres import Pool

_SQL = statements("infra.sealing")


class _New(NamedTuple):
    """A key that may come to be. `subject_wrapped`: its subject's, as it is stored or is to be."""

    scope: SealingScope
    key: ContentKey
    wrapped: bytes
    subject: KnownSubject


class KeyMaking:
    """Makes keys in one statement for as many scopes as there are."""

    def __init__(self, pool: Pool, kek: AESGCM, kek_id: bytes, cache: KeyCache) -> None:
        self._pool = pool
        self._kek = kek
        self._kek_id = kek_id
        self._cache = cache
        self._ids = SystemIds()

    async def make(self, scopes: Sequence[SealingScope], epoch: int) -> dict[SealingScope, ContentKey]:
        """The keys that could be made; missing where a subject's key is not at hand, or somebody was first."""
        under, fresh = list[_New](), list[_New]()
        new = dict[UUID, KnownSubject]()
        for scope in scopes:
            known = self._cache.subject(scope.subject_id)
            if known is None:
                known = new.get(scope.subject_id) or self._new_subject(scope.subject_id)
                new[scope.subject_id] = known
                fresh.append(self._new(scope, known))
            else:
                under.append(self._new(scope, known))
        made = await self._store_under_known(under) if under else set()
        made |= await self._store_with_subjects(new, fresh) if fresh else set()
        for each in fresh:
            if each.key.key_id in made:
                self._cache.put_subject(each.scope.subject_id, each.subject, epoch)
        keys = {each.scope: each.key for each in (*under, *fresh) if each.key.key_id in made}
        for scope, key in keys.items():
            self._cache.put(key, scope, epoch)
        return keys

    def _new_subject(self, subject_id: UUID) -> KnownSubject:
        secret = secrets.token_bytes(SECRET_BYTES)
        return KnownSubject(wrap(self._kek, secret, subject_place(subject_id)), secret)

    def _new(self, scope: SealingScope, known: KnownSubject) -> _New:
        secret, key_id = secrets.token_bytes(SECRET_BYTES), self._ids.new()
        wrapped = wrap(AESGCM(known.secret), secret, content_place(key_id, scope))
        return _New(scope, ContentKey(key_id, secret), wrapped, known)

    async def _store_with_subjects(self, subjects: Mapping[UUID, KnownSubject], new: Sequence[_New]) -> set[UUID]:
        rows = await self._pool.fetch(
            _SQL["add_subjects_and_contents"],
            list(subjects),
            [each.wrapped for each in subjects.values()],
            self._kek_id,
            [each.key.key_id for each in new],
            [each.scope.subject_id for each in new],
            [each.scope.scope_id for each in new],
            [each.wrapped for each in new],
        )
        return {row["key_id"] for row in rows}

    async def _store_under_known(self, new: Sequence[_New]) -> set[UUID]:
        rows = await self._pool.fetch(
            _SQL["add_contents_of_known_subjects"],
            [each.key.key_id for each in new],
            [each.scope.subject_id for each in new],
            [each.scope.scope_id for each in new],
            [each.wrapped for each in new],
            [each.subject.wrapped for each in new],
        )
        return {row["key_id"] for row in rows}
