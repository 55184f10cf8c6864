"""Gestures that a second person reads or has read, and the signs they have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.vocabulary import ActorKind
from services.case.domain.control_signs import GestureSign, ReviewOutcome
from services.case.queries.database import Database


class ReviewRow(msgspec.Struct, frozen=True):
    """What was seen of one gesture. `outcome` None: no second person has read it."""

    gesture_id: UUID
    case_id: UUID
    agent_ref: str
    approver_refs: tuple[str, ...]
    given_at: datetime
    looked_at: datetime
    sampled: bool
    signs: tuple[GestureSign, ...]
    outcome: ReviewOutcome | None
    reason: str | None
    reviewed_by_kind: ActorKind | None
    reviewed_by_ref: str | None
    reviewed_at: datetime | None


class ReviewScope(msgspec.Struct, frozen=True):
    """Which of them somebody may see.

    `signs`: those that have only signs, too. `never_of`: not those that this person gave or approved. `only_of`: only
    those that this agent gave and somebody has read.
    """

    signs: bool = False
    never_of: str | None = None
    only_of: str | None = None

    def sees(self, row: ReviewRow) -> bool:
        """Whether a row is among them."""
        if not (row.sampled or (self.signs and row.signs)):
            return False
        if self.never_of is not None and self.never_of in (row.agent_ref, *row.approver_refs):
            return False
        return self.only_of is None or (row.agent_ref == self.only_of and row.outcome is not None)


class ReviewFilter(msgspec.Struct, frozen=True):
    """Which of those are asked for; None: any. `read`: somebody has. `flagged`: they have signs."""

    read: bool | None = None
    flagged: bool | None = None


async def reviews_page(
    database: Database,
    scope: ReviewScope,
    asked: ReviewFilter,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[ReviewRow]:
    """A page of them, the first given first."""
    at, gesture_id = after or (None, None)
    seen = (scope.signs, scope.never_of, scope.only_of, asked.read, asked.flagged)
    return await database.all(ReviewRow, "gesture_reviews_page", *seen, at, gesture_id, limit)


async def reviews_count(database: Database, scope: ReviewScope, asked: ReviewFilter) -> int:
    """How many there are in all."""
    seen = (scope.signs, scope.never_of, scope.only_of, asked.read, asked.flagged)
    return int(await database.value("gesture_reviews_count", *seen))


async def reviews_by_id(database: Database, ids: Sequence[UUID]) -> dict[UUID, ReviewRow]:
    """What was seen of those gestures, where somebody is to read them or saw a sign."""
    return {row.gesture_id: row for row in await database.all(ReviewRow, "gesture_reviews_by_id", list(ids))}
