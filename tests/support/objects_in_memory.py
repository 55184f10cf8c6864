"""An object store in memory, for tests that look at what lies there. `away`: it cannot be reached."""

from __future__ import annotations

from uuid import UUID

from infra.objects import ObjectsUnavailable


class ObjectsInMemory:
    """Implements `infra.objects.Objects`."""

    def __init__(self) -> None:
        self.stored: dict[UUID, bytes] = {}
        self.away = False

    async def put(self, object_id: UUID, sealed: bytes) -> None:
        self._check()
        self.stored[object_id] = sealed

    async def get(self, object_id: UUID) -> bytes | None:
        self._check()
        return self.stored.get(object_id)

    async def delete(self, object_id: UUID) -> None:
        self._check()
        self.stored.pop(object_id, None)

    def _check(self) -> None:
        if self.away:
            raise ObjectsUnavailable("away")
