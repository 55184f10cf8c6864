"""What happens between a customer and us: contacts, notes, gestures, assignments, promises, changes of status."""

from __future__ import annotations

import strawberry
from strawberry import field

from contracts.vocabulary import (
    AssignmentReason,
    CandidateRejection,
    CaseStatus,
    Channel,
    ContactKind,
    ContentState,
    DeliveryStatus,
    Direction,
    GestureKind,
    GestureStatus,
    RoutingTier,
    TriageClass,
    Visibility,
)
from services.case.domain.commitment import CommitmentStatus
from services.case.graphql.context import Info
from services.case.graphql.enums import ReferenceKind
from services.case.graphql.pages import First
from services.case.graphql.refs import AgentRef, ChannelAccountRef, HandleRef, TeamRef
from services.case.graphql.scalars import Instant, LanguageTag, Url
from services.case.graphql.types.attachments import Attachment
from services.case.graphql.types.contents import ContactField, Rating, Reach, fields_of, rating_of, reach_of
from services.case.graphql.types.interfaces import Actor, Approvable, PageInfo, TimelineEntry
from services.case.graphql.types.money import Money
from services.case.graphql.types.people import Budget
from services.case.graphql.types.playbooks import Detail
from services.case.queries.rows import CandidateRow, EntryRow


@strawberry.type
class DeliveryFailure:
    """Why a reply did not arrive."""

    code: str = field(description="A code: one of ErrorCode where one fits, else the channel's own.")
    message: str = field(description="In English, for developers.")
    retryable: bool = field(description="Whether sending it again may help.")
    at: Instant = field(description="When it failed.")


@strawberry.type
class Contact(TimelineEntry, Approvable):
    """One touch, in or out, on one channel."""

    direction: Direction = field(description="To us or from us.")
    channel: Channel = field(description="On which channel.")
    kind: ContactKind = field(description="What it is on its channel.")
    visibility: Visibility = field(description="Who can read along.")
    subject: str | None = field(description="Its subject line, where it has one and it may be shown.")
    text: str | None = field(description="What was said; null explained by `textState`.")
    text_state: ContentState = field(description="What became of the text.")
    language: LanguageTag | None = field(description="In which it is, where that is known.")
    class_: TriageClass | None = field(name="class", description="What triage saw in it; null: nobody judged it.")
    edited_at: Instant | None = field(description="When its sender last changed it.")
    delivery_status: DeliveryStatus = field(description="How far it has come.")
    delivery_failure: DeliveryFailure | None = field(description="Why it did not arrive.")
    row: strawberry.Private[EntryRow]

    @strawberry.field
    async def account(self, info: Info) -> ChannelAccountRef | None:
        """Our account on the channel; null for what no channel brought in."""
        return await info.context.make.account_of(self.row)

    @strawberry.field
    async def handle(self, info: Info) -> HandleRef | None:
        """The customer's address it came from or went to."""
        return await info.context.make.handle_by_id(self.row.handle_id)

    @strawberry.field
    async def html(self, info: Info) -> str | None:
        """The same as `text` with its markup, sanitised, where it came with any; null explained by `textState`."""
        return (await info.context.make.content_of(self.row)).html

    @strawberry.field
    async def visible_text(self, info: Info) -> str | None:
        """The text without quotes and signature; words quoted in between leave `[…]`. Null explained by `textState`."""
        return (await info.context.make.content_of(self.row)).visible_text

    @strawberry.field
    async def recognised(self, info: Info) -> list[Detail] | None:
        """What its own words and fields tell by their form, as order numbers do; null where they are not shown."""
        return await info.context.make.recognised_in(self.row)

    @strawberry.field
    async def url(self, info: Info) -> Url | None:
        """Where it stands in public."""
        found = (await info.context.make.content_of(self.row)).url
        return None if found is None else Url(found)

    @strawberry.field
    async def fields(self, info: Info) -> list[ContactField] | None:
        """What was filled in beside the text, in its order; null where it may not be shown."""
        return fields_of(await info.context.make.content_of(self.row))

    @strawberry.field
    async def rating(self, info: Info) -> Rating | None:
        """How its writer judged us, where they did."""
        return rating_of(await info.context.make.content_of(self.row))

    @strawberry.field
    async def reach(self, info: Info) -> Reach | None:
        """How many it reaches, of what was said in public."""
        return reach_of(await info.context.make.content_of(self.row))

    @strawberry.field
    async def attachments(self, info: Info) -> list[Attachment]:
        """The files that came along, in their order."""
        return await info.context.make.attachments_of(self.row)

    @strawberry.field
    async def in_reply_to(self, info: Info) -> Contact | None:
        """The contact it answers."""
        return await info.context.make.contact_by_id(self.row.in_reply_to)


@strawberry.type
class Note(TimelineEntry):
    """What an agent wrote down for colleagues. Customers never see it."""

    text: str | None = field(description="The note; null explained by `textState`.")
    text_state: ContentState = field(description="What became of the text.")


@strawberry.type
class Reference:
    """What a gesture refers to."""

    kind: ReferenceKind = field(description="What sort of thing.")
    value: str = field(description="Its number.")
    url: Url | None = field(description="Where to look at it.")


@strawberry.type
class Fulfilment:
    """What the payout of a gesture brought."""

    code: str | None = field(description="A voucher's code; whoever has it has the money.")
    url: Url | None = field(description="Where to look at it.")
    provider_ref: str | None = field(description="The payer's own reference.")
    at: Instant | None = field(description="When the payer said so.")


@strawberry.type
class Gesture(TimelineEntry, Approvable):
    """Something given to a customer out of a resolution budget."""

    kind: GestureKind = field(description="What is given.")
    status: GestureStatus = field(description="How far it has come.")
    amount: Money = field(description="What it costs.")
    reason: str = field(description="Why: a code of the configuration.")
    note: str | None = field(description="Why, in words, for colleagues.")
    reference: Reference | None = field(description="What it refers to.")
    fulfilment: Fulfilment | None = field(description="What its payout brought; null until then, and where none is.")
    decided_at: Instant | None = field(description="When another person decided.")
    decline_reason: str | None = field(description="Why not, in words of who declined it, or of the payer.")
    row: strawberry.Private[EntryRow]

    @strawberry.field
    async def charged_to(self, info: Info) -> Budget | None:
        """The budget that pays, as far as the viewer may see it."""
        return await info.context.make.charged_budget(self.row)

    @strawberry.field
    async def decided_by(self, info: Info) -> Actor | None:
        """The other person who approved or declined."""
        if self.row.decided_by_kind is None or self.row.decided_by_ref is None:
            return None
        return await info.context.make.actor(self.row.decided_by_kind, self.row.decided_by_ref)


@strawberry.type
class Candidate:
    """An agent who was looked at for a case. UNAVAILABLE never says why."""

    tier: RoutingTier | None = field(description="Why this agent was a candidate.")
    eta: Instant | None = field(description="When the agent could have begun.")
    rejected: CandidateRejection | None = field(description="Why not this one; null: the chosen one.")
    row: strawberry.Private[CandidateRow]

    @strawberry.field
    async def agent(self, info: Info) -> AgentRef:
        """The agent."""
        return await info.context.make.known_agent(self.row.agent_id)


@strawberry.type
class Assignment(TimelineEntry):
    """A decision who takes a case, and who else could have."""

    reason: AssignmentReason = field(description="Why it went where it went.")
    note: str | None = field(description="Why, in words, where a person decided.")
    held_until: Instant | None = field(description="How long it was held for its owner.")
    policy_version: str = field(description="Which rules decided; empty where a person did.")

    @strawberry.field
    async def agent(self, info: Info) -> AgentRef | None:
        """Who takes it; null: nobody could."""
        return await info.context.make.agent_by_id(self.row.agent_id)

    @strawberry.field
    async def team(self, info: Info) -> TeamRef | None:
        """The team it went to, where it went to a team."""
        return await info.context.make.team_by_ref(self.row.team_ref)

    @strawberry.field
    async def candidates(self, info: Info, first: First = 10) -> list[Candidate]:
        """Who was looked at. An agent sees the chosen one and the own row; leads and auditors see all."""
        return await info.context.make.candidates_of(self.row, first)


@strawberry.type
class Commitment(TimelineEntry):
    """A promise made to a customer."""

    text: str | None = field(description="What was promised; null explained by `textState`.")
    text_state: ContentState = field(description="What became of the text.")
    due_at: Instant = field(description="By when.")
    status: CommitmentStatus = field(description="What became of it.")

    @strawberry.field
    async def owner(self, info: Info) -> AgentRef:
        """Who promised."""
        return await info.context.make.known_agent(self.row.agent_id)


@strawberry.type
class StatusChange(TimelineEntry):
    """A case began to wait, was resolved, or was opened again."""

    status: CaseStatus = field(description="From then on.")


@strawberry.type
class ContactEdge:
    """A contact in a list."""

    cursor: str = field(description="Pass it as `after` or `before` to go on from this one.")
    node: Contact = field(description="The contact.")


@strawberry.type
class ContactConnection:
    """A page of a case's contacts."""

    nodes: list[Contact] = field(description="The contacts of this page.")
    edges: list[ContactEdge] = field(description="The same with their cursors.")
    page_info: PageInfo = field(description="Where this page stands.")


@strawberry.type
class ApprovalEdge:
    """Something in the list of what waits for a decision."""

    cursor: str = field(description="Pass it as `after` to go on behind this one.")
    node: Approvable = field(description="What waits.")


@strawberry.type
class ApprovalConnection:
    """A page of what waits for another person's decision."""

    nodes: list[Approvable] = field(description="What waits, of this page.")
    edges: list[ApprovalEdge] = field(description="The same with their cursors.")
    page_info: PageInfo = field(description="Where this page stands.")
    total_count: int | None = field(description="How much there is in all; null where it was not asked for.")
