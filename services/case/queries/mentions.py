"""Mentions: what was said and asks nothing of us."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contracts.vocabulary import Channel, ContentState, TriageOutcome
from services.case.domain.utterance import Reach
from services.case.queries.database import Database, as_rows


class MentionRow(msgspec.Struct, frozen=True):
    """A mention. `case_id`, `customer_id`: of the contact it became. `reach`: JSON."""

    mention_id: UUID
    channel: Channel
    account: str
    occurred_at: datetime
    noted_at: datetime
    expires_at: datetime
    outcome: TriageOutcome
    reason: str
    case_id: UUID | None
    customer_id: UUID | None
    author_masked: str | None
    text: str | None
    text_state: ContentState
    url: str | None
    reach: str | None

    def reach_told(self) -> Reach | None:
        """How far it went, where its channel told."""
        return None if self.reach is None else msgspec.json.decode(self.reach, type=Reach)


class MentionFilter(msgspec.Struct, frozen=True):
    """Which mentions: every part that is not None must hold."""

    outcome: TriageOutcome | None = None
    channel: Channel | None = None
    since: datetime | None = None

    def args(self) -> tuple[Any, ...]:
        """As the statements take it: $1 to $3."""
        return (self.outcome, self.channel, self.since)


async def mentions_by_id(database: Database, ids: Sequence[UUID]) -> dict[UUID, MentionRow]:
    """Those of the mentions that exist, expired ones too."""
    text = f"{database.text('mention_columns')} {database.text('mentions_by_id')}"
    found = as_rows(MentionRow, await database.records("mentions_by_id", text, list(ids)))
    return {row.mention_id: row for row in found}


async def mentions_page(
    database: Database, where: MentionFilter, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[MentionRow]:
    """The mentions that match, the latest first. `after`: moment and id to go on behind."""
    at, mention_id = after or (None, None)
    text = f"{database.text('mention_columns')} {database.text('mentions_page')}"
    return as_rows(MentionRow, await database.records("mentions_page", text, *where.args(), at, mention_id, limit))


async def mentions_count(database: Database, where: MentionFilter) -> int:
    """How many match."""
    return int(await database.value("mentions_count", *where.args()))
