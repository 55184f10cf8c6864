"""A case as it was known at a point of the past, and whom and what it was about then."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry import field

from contracts.vocabulary import (
    CaseStatus,
    Channel,
    ContentState,
    Direction,
    GestureKind,
    GestureStatus,
    HandleKind,
    Visibility,
)
from services.case.domain.permissions import Permission
from services.case.graphql.context import Info
from services.case.graphql.pages import First, bad_input, checked_size
from services.case.graphql.scalars import Instant
from services.case.graphql.types.money import Money

CONTACTS_DEFAULT = 100


@strawberry.input(one_of=True)
class AsOf:
    """A point of the past: exactly one of these."""

    version: int | None = field(default=strawberry.UNSET, description="Just after this fact of the case.")
    position: str | None = field(default=strawberry.UNSET, description="When this was the log's last position.")
    recorded_at: Instant | None = field(
        default=strawberry.UNSET, description="After all that was on record by then, this millisecond included."
    )


@strawberry.type
class AgentState:
    """An agent as known then."""

    id: strawberry.ID = field(description="The agent's id, then as now.")
    display_name: str = field(description="What colleagues called the agent then.")


@strawberry.type
class HandleState:
    """An address as known then."""

    kind: HandleKind = field(description="What kind of address.")
    masked: str = field(description="Recognisable without giving it away.")
    value: str | None = field(description="As it was written; null where it may not be shown, or is forgotten.")


@strawberry.type
class CustomerState:
    """A customer as known then."""

    id: strawberry.ID = field(description="The customer's id, then as now.")
    display_name: str = field(description="What the customer was called then.")
    handles: list[HandleState] = field(description="By what the customer was known then.")


@strawberry.type
class ContactState:
    """A contact as known then."""

    id: strawberry.ID = field(description="The contact's id, then as now.")
    direction: Direction = field(description="To us or from us.")
    channel: Channel = field(description="On which channel.")
    visibility: Visibility = field(description="Who could read along.")
    text: str | None = field(description="What it said then; null explained by `textState`.")
    text_state: ContentState = field(description="What became of the text.")
    occurred_at: Instant = field(description="When it took place.")
    recorded_at: Instant = field(description="When it was put on record.")


@strawberry.type
class GestureState:
    """A gesture as known then."""

    id: strawberry.ID = field(description="The gesture's id, then as now.")
    kind: GestureKind = field(description="What is given.")
    status: GestureStatus = field(description="How far it was then.")
    amount: Money = field(description="What it was about then.")


@strawberry.type
class BudgetState:
    """A budget as known then: available = granted - reserved - spent."""

    granted: Money = field(description="What could be spent in the period.")
    reserved: Money = field(description="What was held for gestures under way.")
    spent: Money = field(description="What was spent.")
    available: Money = field(description="What was left.")


@strawberry.type
class CaseState:
    """A case as it was known at a point of the log: nothing that came later, everything up to there."""

    version: int = field(description="How many facts the case had.")
    position: str = field(description="The last position of the case log that is taken into account.")
    at: Instant = field(description="The moment it shows: when that position was recorded, or the one asked for.")
    status: CaseStatus = field(description="Whether we were to move, somebody else was, or the matter was settled.")
    subject: str | None = field(description="What it was about, where that may be shown.")
    assignee: AgentState | None = field(description="Who had it; null: nobody yet.")
    customer: CustomerState = field(description="Whose matter it was.")
    gestures: list[GestureState] = field(description="What was given or asked for, oldest first.")
    assignee_ref: strawberry.Private[str | None]
    every_contact: strawberry.Private[list[ContactState]]
    every_budget: strawberry.Private[list[BudgetState]]

    @strawberry.field
    def contacts(
        self,
        first: First = CONTACTS_DEFAULT,
        after: Annotated[str | None, strawberry.argument(description="The id of the contact to go on behind.")] = None,
    ) -> list[ContactState]:
        """Its contacts, oldest first."""
        size, found = checked_size(first, CONTACTS_DEFAULT), self.every_contact
        if after is None:
            return found[:size]
        place = next((place for place, contact in enumerate(found, start=1) if contact.id == after), None)
        if place is None:
            raise bad_input("after is the id of a contact of this list")
        return found[place : place + size]

    @strawberry.field
    def assignee_budgets(self, info: Info) -> list[BudgetState]:
        """What the assignee could spend then; for the assignee, leads and auditors."""
        if self.assignee_ref != info.context.principal.subject:
            info.context.principal.require(Permission.READ_APPROVALS)
        return self.every_budget
