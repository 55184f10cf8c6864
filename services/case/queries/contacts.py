"""What contacts have beside their texts."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from contracts.content import RatingContent, ReachContent
from services.case.queries.database import Database


class ContentRow(msgspec.Struct, frozen=True):
    """What a contact has beside its text. `visible_text` None: its text, if it has one. The last two are JSON."""

    entry_id: UUID
    html: str | None = None
    visible_text: str | None = None
    url: str | None = None
    rating: str | None = None
    reach: str | None = None

    def rating_content(self) -> RatingContent | None:
        """How its writer judged us."""
        return msgspec.json.decode(self.rating, type=RatingContent) if self.rating else None

    def reach_content(self) -> ReachContent | None:
        """How many it reaches."""
        return msgspec.json.decode(self.reach, type=ReachContent) if self.reach else None


async def contents_by_id(database: Database, ids: Sequence[UUID]) -> dict[UUID, ContentRow]:
    """Of those contacts that have any of it."""
    return {row.entry_id: row for row in await database.all(ContentRow, "contents_by_id", list(ids))}
