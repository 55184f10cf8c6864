"""Redacting what stands in one entry of a timeline."""

from __future__ import annotations

import strawberry
from strawberry import field

from services.case.graphql.context import Info
from services.case.graphql.scalars import Instant
from services.case.graphql.types.erasure import ERRORS, KEY, POSITION
from services.case.graphql.types.errors import UserError
from services.case.graphql.types.interfaces import Actor
from services.case.queries.redactions import RedactionRow


@strawberry.type
class Redaction:
    """What stood in an entry is withheld for good; the entry itself stays, with `textState: REDACTED`."""

    id: strawberry.ID = field(description="Opaque.")
    requested_at: Instant = field(description="When; nobody could read it from then on.")
    completed_at: Instant | None = field(description="When no copy was left on any disk of ours; null: not yet.")
    reason: str = field(description="Why, in words; empty where it may not be shown, or the customer is erased.")
    row: strawberry.Private[RedactionRow]

    @strawberry.field
    async def requested_by(self, info: Info) -> Actor:
        """Who did it."""
        return await info.context.make.actor(self.row.requested_by_kind, self.row.requested_by_ref)


@strawberry.input
class TimelineEntryRedactInput:
    """Withhold for good what stands in an entry."""

    entry_id: strawberry.ID = field(
        description="A contact, a note (about a customer, too), a gesture, a commitment, or the reason of a transfer."
    )
    reason: str = field(description="Why, in words.")
    idempotency_key: str = field(description=KEY)


@strawberry.type
class TimelineEntryRedactPayload:
    """The answer to `timelineEntryRedact`: complete where no copy is left within the wait."""

    redaction: Redaction | None = field(default=None, description="The redaction, as far as it has come.")
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)
