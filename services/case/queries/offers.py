"""What is offered to whom, and what the facts of the log mean to one person at the desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from services.case.domain.viewing import ViewerNews
from services.case.queries.database import Database

OFFERS_OF_AGENT_MAX = 100


class OfferRow(msgspec.Struct, frozen=True):
    """An offer. `open`: neither answered nor decided otherwise yet."""

    offer_id: UUID
    case_id: UUID
    agent_id: UUID
    offered_at: datetime
    expires_at: datetime
    open: bool


class NewsRow(msgspec.Struct, frozen=True):
    """What one fact means to one of its audiences. `thing_id`: the offer, gesture, budget, promise or request."""

    audience: UUID
    news: ViewerNews
    thing_id: UUID


async def offers_by_id(database: Database, ids: Sequence[UUID]) -> dict[UUID, OfferRow]:
    """Those of the offers that were ever made."""
    return {row.offer_id: row for row in await database.all(OfferRow, "offers_by_id", list(ids))}


async def open_offers_of(database: Database, agent_id: UUID) -> list[OfferRow]:
    """What the agent is asked to take now, the oldest first."""
    return await database.all(OfferRow, "open_offers_of", agent_id, OFFERS_OF_AGENT_MAX)


async def news_of(database: Database, stream_id: UUID, version: int) -> list[NewsRow]:
    """Whom one fact concerns, and how."""
    return await database.all(NewsRow, "news_of", stream_id, version)
