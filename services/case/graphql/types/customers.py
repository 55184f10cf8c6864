"""Customers: who they are, by what they are known, what happened between them and us."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry import field

from contracts.vocabulary import Channel, HandleAssurance, HandleKind
from services.case.domain.satisfaction import SatisfactionMetric
from services.case.graphql.context import Info
from services.case.graphql.enums import CustomerKind, SubjectState, TimelineKind
from services.case.graphql.inputs import CaseOrder, CaseWhere
from services.case.graphql.pages import After, Before, First, Last
from services.case.graphql.refs import (
    AgentRef,
    CaseConnectionRef,
    CustomerRef,
    MergeProposalRef,
    MergeRef,
    NoteRef,
    RestrictionRef,
)
from services.case.graphql.scalars import Instant, Json, LanguageTag, TimeZone, Url
from services.case.graphql.types.interfaces import Actor, Node, PageInfo, TimelineEntry
from services.case.queries.rows import CustomerRow


@strawberry.type
class Handle(Node):
    """An address by which a customer is known."""

    kind: HandleKind = field(description="What kind of address.")
    value: str | None = field(description="As it was written; null where it may not be shown.")
    masked: str = field(description="Recognisable without giving it away.")
    verified: bool = field(description="Whether it is more than somebody's word.")
    assurance: HandleAssurance = field(description="How sure we are that it is this customer's.")
    opted_out: bool = field(description="Whether nothing may be sent there.")


@strawberry.type
class Duo:
    """The two agents who know a customer."""

    row: strawberry.Private[CustomerRow]

    @strawberry.field
    async def owner(self, info: Info) -> AgentRef | None:
        """Who has the customer's cases by default; null until somebody answered."""
        return await info.context.make.agent_by_id(self.row.owner_id)

    @strawberry.field
    async def partner(self, info: Info) -> AgentRef | None:
        """Who stands in for the owner."""
        return await info.context.make.agent_by_id(self.row.partner_id)


@strawberry.type
class Satisfaction:
    """What a customer says of how we did: when asked, in a review, or by a rating that came along."""

    metric: SatisfactionMetric = field(
        description="How it was asked the latest time; answers to another one count not."
    )
    score: float | None = field(description="The mean of the answers, to hundredths; null without any.")
    responses: int = field(description="How many answers.")
    min: float = field(description="The worst possible answer.")
    max: float = field(description="The best possible answer.")
    latest_at: Instant | None = field(description="When the latest answer came.")


@strawberry.type
class ExternalId:
    """What another system calls a customer."""

    system: str = field(description="The system's name.")
    value: str = field(description="The id there.")
    url: Url | None = field(description="Where it shows the customer; null where that is not known.")


@strawberry.input
class TimelineWhere:
    """Which entries of a timeline."""

    kinds: list[TimelineKind] | None = field(
        default=None, description="Of one of these kinds. `SURVEY_ANSWER`: contacts whose `rating` says how we did."
    )
    channels: list[Channel] | None = field(default=None, description="On one of these channels.")
    case_id: strawberry.ID | None = field(default=None, description="Of this case.")
    since: Instant | None = field(default=None, description="Not before this moment.")


@strawberry.type
class TimelineEdge:
    """An entry in a timeline."""

    cursor: str = field(description="Pass it as `after` or `before` to go on from this one.")
    node: TimelineEntry = field(description="The entry.")


@strawberry.type
class TimelineConnection:
    """A page of a timeline."""

    nodes: list[TimelineEntry] = field(description="The entries of this page.")
    edges: list[TimelineEdge] = field(description="The same with their cursors.")
    page_info: PageInfo = field(description="Where this page stands.")


@strawberry.type
class Customer(Actor):
    """Somebody who was in touch with us, on however many channels."""

    version: int = field(description="Grows with every change of the customer's own record.")
    state: SubjectState = field(description="What became of the record.")
    kind: CustomerKind = field(description="What sort of customer.")
    name: str | None = field(description="The name, where one is known and may be shown.")
    language: LanguageTag | None = field(description="In which to answer.")
    preferred_channel: Channel | None = field(description="By which the customer would rather hear from us.")
    time_zone: TimeZone | None = field(description="In which the customer lives.")
    attributes: Json = field(
        description="What else colleagues wrote down, an object of names and values; empty where it may not be shown."
    )
    created_at: Instant = field(description="When the first contact came in.")
    duo: Duo = field(description="The agents who know the customer.")
    row: strawberry.Private[CustomerRow]

    @strawberry.field
    async def last_contact_at(self, info: Info) -> Instant | None:
        """When the latest contact took place."""
        return await info.context.make.last_contact_of(self.row)

    @strawberry.field
    async def satisfaction(self, info: Info) -> Satisfaction | None:
        """How the customer says we did; null until they did, and where it may not be shown."""
        return await info.context.make.satisfaction_of(self.row)

    @strawberry.field
    async def merged_into(self, info: Info) -> CustomerRef | None:
        """The customer whom this one turned out to be."""
        return await info.context.make.customer_by_id(self.row.merged_into)

    @strawberry.field
    async def organisation(self, info: Info) -> CustomerRef | None:
        """The organisation that the customer belongs to; null: none is known."""
        return await info.context.make.whole_customer(self.row.organisation_id)

    @strawberry.field
    async def external_ids(self, info: Info) -> list[ExternalId]:
        """What other systems call the customer, in the order it was learnt; none where that may not be shown."""
        return await info.context.make.external_ids_of(self.row)

    @strawberry.field
    async def notes(self, info: Info, first: First = 20) -> list[NoteRef]:
        """What colleagues need to know whatever the matter: pinned notes first, then the latest."""
        return await info.context.make.notes_of(self.row, first)

    @strawberry.field
    async def merge_proposals(self, info: Info) -> list[MergeProposalRef]:
        """Who may be the same, the likeliest first, and why. A person decides: see `customerMerge`."""
        return await info.context.make.merge_proposals_of(self.row)

    @strawberry.field
    async def merges(self, info: Info) -> list[MergeRef]:
        """Whom it turned out to be, and who turned out to be it, the latest first; those that were undone too."""
        return await info.context.make.merges_of(self.row)

    @strawberry.field
    async def excluded_agents(self, info: Info) -> list[AgentRef]:
        """Who is not to handle the customer: a wish of the customer's, or a conflict of interest."""
        return await info.context.make.excluded_of(self.row)

    @strawberry.field
    async def handles(self, info: Info) -> list[Handle]:
        """By what the customer is known, in the order it was learnt."""
        return await info.context.make.handles_of(self.row)

    @strawberry.field
    async def restrictions(self, info: Info) -> list[RestrictionRef]:
        """What keeps the data from being used, or from being erased, now."""
        return await info.context.make.restrictions_of(self.row)

    @strawberry.field
    async def cases(
        self,
        info: Info,
        *,
        where: Annotated[CaseWhere | None, strawberry.argument(description="Which of them.")] = None,
        order_by: Annotated[CaseOrder | None, strawberry.argument(description="Latest contact first.")] = None,
        first: First = 25,
        after: After = None,
    ) -> CaseConnectionRef:
        """The customer's cases."""
        return await info.context.make.cases_of_customer(
            info, self.row, where=where, order_by=order_by, first=first, after=after
        )

    @strawberry.field
    async def timeline(
        self,
        info: Info,
        *,
        where: Annotated[TimelineWhere | None, strawberry.argument(description="Which entries.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> TimelineConnection:
        """Everything that happened, newest first, across channels and cases."""
        return await info.context.make.timeline_of(
            self.row, where=where, first=first, after=after, last=last, before=before
        )


@strawberry.type
class CustomerEdge:
    """A customer in a list."""

    cursor: str = field(description="Pass it as `after` to go on behind this one.")
    node: Customer = field(description="The customer.")


@strawberry.type
class CustomerConnection:
    """A page of customers."""

    nodes: list[Customer] = field(description="The customers of this page.")
    edges: list[CustomerEdge] = field(description="The same with their cursors.")
    page_info: PageInfo = field(description="Where this page stands.")
    total_count: int | None = field(description="How many there are in all, up to 1,000.")
