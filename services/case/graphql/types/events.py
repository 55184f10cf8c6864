"""What subscribers are told."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import strawberry
from strawberry import field

from services.case.graphql.enums import GoneReason
from services.case.graphql.types.cases import Case
from services.case.graphql.types.customers import Customer
from services.case.graphql.types.interfaces import TimelineEntry

CURSOR = "Pass the last one as `after` to go on from here: nothing is missed, nothing comes twice."


@strawberry.type
class CaseChanged:
    """A fact of a case."""

    cursor: str = field(description=CURSOR)
    type: str = field(description="The fact's topic.")
    version: int = field(description="The version of the case after the fact.")
    entry: TimelineEntry | None = field(description="The timeline entry it made, if it made one.")
    case: Case = field(description="The case as it is when this is sent.")


@strawberry.type
class CaseGone:
    """A case left the subscriber's sight."""

    cursor: str = field(description=CURSOR)
    case_id: strawberry.ID = field(description="Which one.")
    reason: GoneReason = field(description="Why.")


@strawberry.type
class CustomerChanged:
    """A fact of a customer, or of one of the customer's cases."""

    cursor: str = field(description=CURSOR)
    version: int = field(description="The version of the customer's own record.")
    entry: TimelineEntry | None = field(description="The timeline entry it made, if it made one.")
    customer: Customer = field(description="The customer as known when this is sent.")


@strawberry.type
class Lagged:
    """The subscriber was too slow and this is the last it is told: subscribe again from here."""

    resume_from: str = field(description="Pass it as `after`.")


@strawberry.type
class Heartbeat:
    """Nothing happened for a while, or a subscription has just begun."""

    cursor: str = field(description=CURSOR)


CaseStreamItem: TypeAlias = Annotated[
    CaseChanged | CaseGone | Lagged | Heartbeat,
    strawberry.union("CaseStreamItem", description="What a subscriber of a case is told."),
]
InboxStreamItem: TypeAlias = Annotated[
    CaseChanged | CaseGone | Lagged | Heartbeat,
    strawberry.union("InboxStreamItem", description="What a subscriber of an inbox is told."),
]
CustomerStreamItem: TypeAlias = Annotated[
    CustomerChanged | Lagged | Heartbeat,
    strawberry.union("CustomerStreamItem", description="What a subscriber of a customer is told."),
]
