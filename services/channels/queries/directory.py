"""Look-ups beside the streams, on Postgres."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.vocabulary import HandleKind
from infra.batcher import Batcher
from infra.postgres import Pool
from infra.sql import statements
from services.channels.domain.inbound import Inbound
from services.channels.ports import Arriving

PARKED_MAX = 256
LOOK_UPS_AT_ONCE = 1
IN_A_LOOK_UP_MAX = 256
"""Contacts that arrive while one look-up is under way are looked up together in the next one."""

_SQL = statements("services.channels.queries")
_items: msgspec.json.Decoder[Inbound] = msgspec.json.Decoder(Inbound)


class PostgresDirectory:
    """Implements `ports.Directory` over the read tables of channels."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._arriving: Batcher[tuple[UUID, str, UUID], Arriving] = Batcher(
            self._many_arriving, lanes=LOOK_UPS_AT_ONCE, batch_max=IN_A_LOOK_UP_MAX
        )

    async def delivery_of(self, account_id: UUID, external_id: str) -> UUID | None:
        """The reply that the platform knows by this id, or None."""
        found: UUID | None = await self._pool.fetchval(_SQL["delivery_of"], account_id, external_id)
        return found

    async def arriving(self, account_id: UUID, external_id: str, contact_id: UUID) -> Arriving:
        """What is known of a contact before it is recorded."""
        return await self._arriving.submit((account_id, external_id, contact_id))

    async def _many_arriving(self, asked: Sequence[tuple[UUID, str, UUID]]) -> list[Arriving]:
        columns = ([each[column] for each in asked] for column in range(3))
        rows = await self._pool.fetch(_SQL["arriving"], *columns)
        return [
            Arriving(begun=row["begun"], delivery_id=row["delivery_id"], has_parked=row["has_parked"]) for row in rows
        ]

    async def named_by(self, message_id: UUID) -> UUID | None:
        """The first contact that named this message as one before it in its thread, or None."""
        found: UUID | None = await self._pool.fetchval(_SQL["named_by"], message_id)
        return found

    async def delivery_marked(self, account_id: UUID, case_mark: str) -> UUID | None:
        """The latest reply in the case of this mark, or None."""
        found: UUID | None = await self._pool.fetchval(_SQL["delivery_marked"], account_id, case_mark)
        return found

    async def parked(self, account_id: UUID, external_id: str) -> Sequence[Inbound]:
        """The items that came before the message they are about, oldest first."""
        rows = await self._pool.fetch(_SQL["parked_items"], account_id, external_id, PARKED_MAX)
        return [_items.decode(row["item"]) for row in rows]

    async def last_inbound_at(self, account_id: UUID, kind: HandleKind, value: str) -> datetime | None:
        """When the owner of a handle last wrote to this account."""
        found: datetime | None = await self._pool.fetchval(_SQL["last_inbound_at"], account_id, kind.value, value)
        return found

    async def only_listens(self, account_id: UUID) -> bool:
        """Whether nothing may leave by an account."""
        found: bool = await self._pool.fetchval(_SQL["only_listens"], account_id)
        return found

    async def sender_of(self, account_id: UUID) -> str | None:
        """By which id the platform knows our side of an account, as its last payload said."""
        found: str | None = await self._pool.fetchval(_SQL["sender_of"], account_id)
        return found
