"""Requests for erasure with their receipts, and what stands in their way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contracts.vocabulary import ActorKind
from services.case.domain.erasure_words import ErasureGround, ErasureStatus, RestrictionKind
from services.case.domain.restriction import Retained
from services.case.queries.database import Database, as_rows

_RETAINED = msgspec.json.Decoder(tuple[Retained, ...])


class ErasureRow(msgspec.Struct, frozen=True):
    """A request for erasure. The receipt's fields are None until it was carried out."""

    request_id: UUID
    customer_id: UUID
    ground: ErasureGround
    status: ErasureStatus
    requested_by_kind: ActorKind
    requested_by_ref: str
    requested_at: datetime
    expires_at: datetime
    erased_at: datetime | None
    events: int | None
    keys_destroyed: int | None
    stores_purged: tuple[str, ...] | None
    retained: str | None
    key_backups_expire_at: datetime | None
    receipt_position: int | None

    @property
    def case_id(self) -> None:
        """None: it concerns all cases of the customer."""
        return

    @property
    def actor_kind(self) -> ActorKind:
        """Of who asked."""
        return self.requested_by_kind

    @property
    def actor_ref(self) -> str:
        """Of who asked."""
        return self.requested_by_ref

    def what_stays(self) -> tuple[Retained, ...]:
        """What the receipt says is retained."""
        return () if self.retained is None else _RETAINED.decode(self.retained)


class RestrictionRow(msgspec.Struct, frozen=True):
    """A restriction on a customer. `reason` None: the customer is erased."""

    restriction_id: UUID
    customer_id: UUID
    kind: RestrictionKind
    since: datetime
    until: datetime | None
    placed_by_kind: ActorKind
    placed_by_ref: str
    reason: str | None
    lifted_at: datetime | None


async def erasures_by_id(database: Database, ids: Sequence[UUID]) -> dict[UUID, ErasureRow]:
    """Those of the requests that exist."""
    return {row.request_id: row for row in await _erasures(database, "erasures_by_id", list(ids))}


async def erasures_to_approve(
    database: Database, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[ErasureRow]:
    """What waits for another person's decision, oldest first."""
    at, request_id = after or (None, None)
    return await _erasures(database, "erasures_to_approve", at, request_id, limit)


async def erasures_to_approve_count(database: Database) -> int:
    """How many requests wait for another person's decision."""
    return int(await database.value("erasures_to_approve_count"))


async def restrictions_of_customers(database: Database, ids: Sequence[UUID]) -> dict[UUID, list[RestrictionRow]]:
    """The restrictions of each that were not lifted, oldest first; customers without any are missing."""
    found: dict[UUID, list[RestrictionRow]] = {}
    for row in await database.all(RestrictionRow, "restrictions_of_customers", list(ids)):
        found.setdefault(row.customer_id, []).append(row)
    return found


async def restrictions_by_id(database: Database, ids: Sequence[UUID]) -> dict[UUID, RestrictionRow]:
    """Those of the restrictions that exist, lifted ones too."""
    return {row.restriction_id: row for row in await database.all(RestrictionRow, "restrictions_by_id", list(ids))}


async def _erasures(database: Database, name: str, *args: Any) -> list[ErasureRow]:
    text = f"{database.text('erasure_columns')} {database.text(name)}"
    return as_rows(ErasureRow, await database.records(name, text, *args))
