"""Forgetting a customer: who asked, what stands in the way, and the receipt."""

from __future__ import annotations

import strawberry
from strawberry import field

from services.case.domain.erasure_words import ErasureGround, ErasureStatus, RestrictionKind
from services.case.graphql.context import Info
from services.case.graphql.enums import ErrorCode
from services.case.graphql.refs import CustomerRef
from services.case.graphql.scalars import Instant
from services.case.graphql.types.errors import UserError
from services.case.graphql.types.interfaces import Actor, Approvable, Node
from services.case.queries.erasures import ErasureRow, RestrictionRow

KEY = "The client's own key: the same request sent again under it changes nothing."
POSITION = "The place in the case log of the last fact; null until sequenced. Pass it as `minPosition`."
ERRORS = "Why it was refused; empty when it was done."


@strawberry.type
class Retained:
    """Data that stays, or stays for now."""

    what: str = field(description="What it is, in English.")
    why: ErrorCode = field(description="Why it stays.")
    until: Instant | None = field(description="When it goes; null: not known.")


@strawberry.type
class ErasureReceipt:
    """What an erasure did, and what it left."""

    id: strawberry.ID = field(description="Opaque.")
    erased_at: Instant = field(description="When it was complete.")
    events: int = field(description="Facts whose content nobody can read any more.")
    keys_destroyed: int = field(description="Keys that are gone, of the customer and of single contacts.")
    stores_purged: list[str] = field(description="Tables that were purged and rewritten.")
    retained: list[Retained] = field(description="What stays, and why.")
    key_backups_expire_at: Instant = field(
        description="When the last backup that may hold a destroyed key must be gone."
    )
    position: str = field(description="The place of the receipt in the case log.")
    checkpoint: str = field(description="A signed checkpoint of the log that covers it; empty until there is one.")


@strawberry.type
class ErasureRequest(Approvable):
    """A request to erase a customer's personal data."""

    ground: ErasureGround = field(description="On what ground.")
    row: strawberry.Private[ErasureRow]

    @strawberry.field
    async def customer(self, info: Info) -> CustomerRef:
        """Whose data."""
        return await info.context.make.known_customer(self.row.customer_id)

    @strawberry.field
    async def status(self, info: Info) -> ErasureStatus:
        """How far it has come."""
        return await info.context.make.erasure_status(self.row)

    @strawberry.field
    async def blocked_by(self, info: Info) -> list[Retained]:
        """What stands in the way now."""
        return await info.context.make.erasure_blocks(self.row)

    @strawberry.field
    async def receipt(self, info: Info) -> ErasureReceipt | None:
        """What was done; null until it is complete."""
        return await info.context.make.erasure_receipt(self.row)


@strawberry.type
class Restriction(Node):
    """What keeps a customer's data from being used, or from being erased."""

    kind: RestrictionKind = field(description="Which of them.")
    since: Instant = field(description="When it was placed.")
    until: Instant | None = field(description="When it ends by itself; null: when it is lifted.")
    reason: str = field(description="Why, in words; empty where it may not be shown, or the customer is erased.")
    row: strawberry.Private[RestrictionRow]

    @strawberry.field
    async def customer(self, info: Info) -> CustomerRef:
        """Whose data."""
        return await info.context.make.known_customer(self.row.customer_id)

    @strawberry.field
    async def placed_by(self, info: Info) -> Actor:
        """Who placed it."""
        return await info.context.make.actor(self.row.placed_by_kind, self.row.placed_by_ref)


@strawberry.input
class CustomerErasureRequestInput:
    """Erase a customer's personal data; another person is to approve."""

    customer_id: strawberry.ID = field(description="The customer.")
    ground: ErasureGround = field(description="On what ground.")
    note: str | None = field(default=None, description="For the person who decides; it is forgotten with the rest.")
    idempotency_key: str = field(description=KEY)


@strawberry.input
class CustomerErasureApproveInput:
    """Yes to somebody else's request."""

    request_id: strawberry.ID = field(description="The request.")
    idempotency_key: str = field(description=KEY)


@strawberry.input
class RestrictionPlaceInput:
    """Keep a customer's data from being used, or from being erased."""

    customer_id: strawberry.ID = field(description="The customer.")
    kind: RestrictionKind = field(description="Which of them.")
    reason: str = field(description="Why, in words.")
    until: Instant | None = field(default=None, description="When it ends by itself; null: when it is lifted.")
    idempotency_key: str = field(description=KEY)


@strawberry.input
class RestrictionLiftInput:
    """End a restriction."""

    restriction_id: strawberry.ID = field(description="The restriction.")
    reason: str = field(description="Why, in words.")
    idempotency_key: str = field(description=KEY)


@strawberry.type
class CustomerErasureRequestPayload:
    """The answer to `customerErasureRequest`."""

    request: ErasureRequest | None = field(default=None, description="The request.")
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class CustomerErasureApprovePayload:
    """The answer to `customerErasureApprove`: with the receipt where the erasure is complete within the wait."""

    request: ErasureRequest | None = field(default=None, description="The request, as far as it has come.")
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class RestrictionPlacePayload:
    """The answer to `restrictionPlace`."""

    restriction: Restriction | None = field(default=None, description="The restriction.")
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class RestrictionLiftPayload:
    """The answer to `restrictionLift`."""

    restriction: Restriction | None = field(default=None, description="The restriction, as it was.")
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)
