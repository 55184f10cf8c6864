"""What contacts have beside their texts, and by which of them a customer came in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.content import HandleContent, RatingContent, ReachContent
from contracts.vocabulary import (
    Channel,
    ContactKind,
    ContentState,
    Direction,
    HandleAssurance,
    HandleKind,
    Visibility,
)
from services.case.domain.case_contact import CaseContact, first_delivery_status
from services.case.domain.contact_fields import ContactField
from services.case.queries.database import Database

NOTHING_FILLED_IN = "[]"


class ContentRow(msgspec.Struct, frozen=True):
    """What a contact has beside its text. `visible_text` None: its text, if it has one. The last three are JSON.

    `fields` None: they may not be shown.
    """

    entry_id: UUID
    html: str | None = None
    visible_text: str | None = None
    url: str | None = None
    rating: str | None = None
    reach: str | None = None
    fields: str | None = None

    def rating_content(self) -> RatingContent | None:
        """How its writer judged us."""
        return msgspec.json.decode(self.rating, type=RatingContent) if self.rating else None

    def reach_content(self) -> ReachContent | None:
        """How many it reaches."""
        return msgspec.json.decode(self.reach, type=ReachContent) if self.reach else None

    def filled(self) -> list[ContactField] | None:
        """What was filled in beside the text."""
        return None if self.fields is None else msgspec.json.decode(self.fields, type=list[ContactField])


async def contents_by_id(database: Database, ids: Sequence[UUID]) -> dict[UUID, ContentRow]:
    """Of those contacts that have any of it."""
    return {row.entry_id: row for row in await database.all(ContentRow, "contents_by_id", list(ids))}


class _Inbound(msgspec.Struct, frozen=True):
    case_id: UUID
    entry_id: UUID
    channel: Channel
    contact_kind: ContactKind
    visibility: Visibility
    assurance: HandleAssurance
    occurred_at: datetime
    recorded_at: datetime
    account: str
    handle_id: UUID
    handle_kind: HandleKind
    handle_value: str
    private_answer: UUID | None


async def inbound_of_cases(database: Database, ids: Sequence[UUID]) -> dict[UUID, list[CaseContact]]:
    """What rules about answers look at: the contacts by which a case's customer last came in, without their words."""
    found: dict[UUID, list[CaseContact]] = {}
    for row in await database.all(_Inbound, "inbound_of_cases", list(ids)):
        found.setdefault(row.case_id, []).append(_contact(row))
    return found


def _contact(row: _Inbound) -> CaseContact:
    return CaseContact(
        contact_id=row.entry_id,
        channel=row.channel,
        kind=row.contact_kind,
        direction=Direction.INBOUND,
        visibility=row.visibility,
        assurance=row.assurance,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        delivery_status=first_delivery_status(Direction.INBOUND),
        account=row.account,
        handle_id=row.handle_id,
        to=HandleContent(kind=row.handle_kind, value=row.handle_value),
        text=None,
        text_state=ContentState.NONE,
        private_answer=row.private_answer,
    )
