"""Keys of payloads that are yet to come, made ahead: what comes need not wait until its key is on disk."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from typing import TYPE_CHECKING

from contracts.stored import SealingScope
from infra.clock import SystemIds
from infra.logs import log

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from infra.sealing import ContentKey, KeyRing

AT_ONCE = 64
"""So many are made in one commit, whenever no more than that are left."""
HANDED_MAX = 2_048
"""Ids given to payloads that were not kept yet."""
RETRY_SECONDS = 1.0

logger = log("raw_keys")


class RawKeys:
    """Implements `ports.Ids` for payloads: a new id has its key already, as long as some were made ahead.

    None are made before somebody asks for an id: who only imports needs none. Where none is left, the key is made when
    it is wanted. A process that ends leaves up to 2 x AT_ONCE keys behind, under which nothing was ever sealed.
    """

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys
        self._ids = SystemIds()
        self._ahead: deque[tuple[UUID, ContentKey]] = deque()
        self._handed: OrderedDict[UUID, ContentKey] = OrderedDict()
        self._few = asyncio.Event()

    def new(self) -> UUID:
        """An id for a payload that came just now."""
        if len(self._ahead) <= AT_ONCE:
            self._few.set()
        if not self._ahead:
            return self._ids.new()
        raw_id, key = self._ahead.popleft()
        self._handed[raw_id] = key
        if len(self._handed) > HANDED_MAX:
            self._handed.popitem(last=False)
        return raw_id

    async def keys_of(self, raw_ids: Sequence[UUID]) -> list[ContentKey]:
        """The keys of payloads, in order; whoever made their ids. They are on disk. Once for each payload.

        Raises:
            SubjectDestroyed, KekError: as `KeyRing.content_keys`.
        """
        keys = {raw_id: self._handed.pop(raw_id) for raw_id in raw_ids if raw_id in self._handed}
        for raw_id, key in keys.items():
            self._keys.remember(_scope(raw_id), key)
        missing = [raw_id for raw_id in raw_ids if raw_id not in keys]
        keys.update(zip(missing, await self._made(missing), strict=True))
        return [keys[raw_id] for raw_id in raw_ids]

    async def run(self) -> None:
        """Make some whenever few are left, for ever."""
        while True:
            await self._few.wait()
            self._few.clear()
            ids = [self._ids.new() for _ in range(AT_ONCE)]
            try:
                self._ahead.extend(zip(ids, await self._made(ids), strict=True))
            except Exception as error:  # noqa: BLE001  (who wants a key makes it then, and hears of what is wrong)
                logger.warning("keys could not be made ahead", error_class=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
            if len(self._ahead) <= AT_ONCE:
                self._few.set()

    async def _made(self, raw_ids: Sequence[UUID]) -> list[ContentKey]:
        return await self._keys.content_keys([_scope(raw_id) for raw_id in raw_ids], appear=True)


def _scope(raw_id: UUID) -> SealingScope:
    return SealingScope(raw_id, raw_id)
