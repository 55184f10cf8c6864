"""Offers: what routing asks an agent to take, and what the agent says to it."""

from __future__ import annotations

import strawberry
from strawberry import field

from contracts.vocabulary import OfferDeclineReason
from services.case.graphql.context import Info
from services.case.graphql.inputs import KEY
from services.case.graphql.refs import AssignmentRef, CaseRef
from services.case.graphql.scalars import Instant
from services.case.graphql.types.cases import Case
from services.case.graphql.types.errors import UserError
from services.case.graphql.types.interfaces import Node
from services.case.graphql.types.payloads import CASE, ERRORS, POSITION, VERSION
from services.case.queries.offers import OfferRow


@strawberry.type
class Offer(Node):
    """A case that an agent is asked to take. Nobody has it yet; left alone, it is offered to somebody else."""

    offered_at: Instant = field(description="When the agent was asked.")
    expires_at: Instant = field(description="When somebody else is asked instead.")
    row: strawberry.Private[OfferRow]

    @strawberry.field
    async def case(self, info: Info) -> CaseRef:
        """The case."""
        return await info.context.make.known_case(self.row.case_id)

    @strawberry.field
    async def assignment(self, info: Info) -> AssignmentRef:
        """The decision behind it: why this agent, and who else could have been asked."""
        return await info.context.make.known_assignment(self.row.offer_id)


@strawberry.input
class OfferAcceptInput:
    """The viewer takes the case that was offered."""

    offer_id: strawberry.ID = field(description="The offer.")
    idempotency_key: str = field(description=KEY)


@strawberry.input
class OfferDeclineInput:
    """The viewer does not take the case that was offered."""

    offer_id: strawberry.ID = field(description="The offer.")
    reason: OfferDeclineReason = field(description="Why not.")
    idempotency_key: str = field(description=KEY)


@strawberry.type
class OfferAcceptPayload:
    """The answer to `offerAccept`."""

    case: Case | None = field(default=None, description=CASE)
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class OfferDeclinePayload:
    """The answer to `offerDecline`."""

    offer: Offer | None = field(default=None, description="The offer that was declined.")
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)
