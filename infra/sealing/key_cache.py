"""Unwrapped content keys for a short while, so that a busy case does not ask the keys database for each fact."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from infra.clock import SystemClock

if TYPE_CHECKING:
    from uuid import UUID

    from contracts.stored import SealingScope
    from infra.sealing.content_key import ContentKey

KEYS_MAX = 4096
AGE_MS_MAX = 30_000


class KnownSubject(NamedTuple):
    """A subject's key: as it is stored, by which it is recognised, and what new content keys are wrapped under."""

    wrapped: bytes
    secret: bytes


class KeyCache:
    """At most KEYS_MAX keys, each for at most AGE_MS_MAX: so long may another process's destruction go unseen here."""

    def __init__(self) -> None:
        self._clock = SystemClock()
        self._by_id: OrderedDict[UUID, tuple[ContentKey, SealingScope, int]] = OrderedDict()
        self._by_scope: dict[SealingScope, UUID] = {}
        self._subjects: OrderedDict[UUID, tuple[KnownSubject, int]] = OrderedDict()
        self.epoch = 0
        """How often something was forgotten: a key read from the database before that is not kept after it."""

    def put(self, key: ContentKey, scope: SealingScope, epoch: int) -> None:
        """Keep a key that was read in `epoch`, and let go of the oldest one when there are too many."""
        if epoch != self.epoch:
            return
        self._drop(key.key_id)
        self._by_id[key.key_id] = (key, scope, self._clock.monotonic_ms() + AGE_MS_MAX)
        self._by_scope[scope] = key.key_id
        while len(self._by_id) > KEYS_MAX:
            self._drop(next(iter(self._by_id)))

    def by_id(self, key_id: UUID) -> ContentKey | None:
        """The key, if it is here and fresh."""
        found = self._by_id.get(key_id)
        if found is None:
            return None
        key, _, fresh_until = found
        if fresh_until < self._clock.monotonic_ms():
            self._drop(key_id)
            return None
        return key

    def by_scope(self, scope: SealingScope) -> ContentKey | None:
        """The live key of a scope, if it is here and fresh."""
        key_id = self._by_scope.get(scope)
        return None if key_id is None else self.by_id(key_id)

    def put_subject(self, subject_id: UUID, known: KnownSubject, epoch: int) -> None:
        """Keep a subject's key that was read in `epoch`."""
        if epoch != self.epoch:
            return
        self._subjects[subject_id] = known, self._clock.monotonic_ms() + AGE_MS_MAX
        while len(self._subjects) > KEYS_MAX:
            self._subjects.popitem(last=False)

    def subject(self, subject_id: UUID) -> KnownSubject | None:
        """The subject's key, if it is here and fresh."""
        known, fresh_until = self._subjects.get(subject_id, (None, 0))
        return known if fresh_until >= self._clock.monotonic_ms() else None

    def forget(self, *, subject_id: UUID | None = None, key_id: UUID | None = None) -> None:
        """Let go of a key, or of all keys of a subject, at once."""
        self.epoch += 1
        if subject_id is not None:
            self._subjects.pop(subject_id, None)
        gone = [k for k, (_, scope, _) in self._by_id.items() if k == key_id or scope.subject_id == subject_id]
        for each in gone:
            self._drop(each)

    def _drop(self, key_id: UUID) -> None:
        found = self._by_id.pop(key_id, None)
        if found is not None and self._by_scope.get(found[1]) == key_id:
            del self._by_scope[found[1]]
