"""Redactions of entries, and how far they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.vocabulary import ActorKind
from services.case.queries.database import Database


class RedactionRow(msgspec.Struct, frozen=True):
    """A redaction. `reason` None: the customer is erased since. `completed_at` None: copies are still to go."""

    redaction_id: UUID
    case_id: UUID | None
    requested_by_kind: ActorKind
    requested_by_ref: str
    requested_at: datetime
    reason: str | None
    completed_at: datetime | None


async def redactions_by_id(database: Database, ids: Sequence[UUID]) -> dict[UUID, RedactionRow]:
    """Those of the redactions that exist."""
    return {row.redaction_id: row for row in await database.all(RedactionRow, "redactions_by_id", list(ids))}
