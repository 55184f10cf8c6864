"""Cases: one matter of one customer each, across channels."""

from __future__ import annotations

import strawberry
from strawberry import field

from contracts.vocabulary import CaseStatus, Channel, DetailKind, Priority, ResolutionOutcome, WaitingFor
from services.case.graphql.context import Info
from services.case.graphql.pages import After, Before, First, Last
from services.case.graphql.refs import AgentRef, BrandRef, CaseEventConnectionRef, CustomerRef, IncidentRef, TeamRef
from services.case.graphql.scalars import Instant, LanguageTag
from services.case.graphql.types.clocks import Clock
from services.case.graphql.types.entries import Assignment, Commitment, ContactConnection, Gesture
from services.case.graphql.types.interfaces import Actor, Node, PageInfo
from services.case.graphql.types.playbooks import Playbook
from services.case.graphql.types.replying import ReplyOption
from services.case.queries.rows import CaseRow


@strawberry.type
class Resolution:
    """How a matter ended."""

    outcome: ResolutionOutcome = field(description="How.")
    cause: str | None = field(description="What caused the matter: a code of the configuration.")
    resolved_at: Instant = field(description="When.")
    row: strawberry.Private[CaseRow]

    @strawberry.field
    async def resolved_by(self, info: Info) -> Actor:
        """Who said so."""
        return await info.context.make.resolver_of(self.row)


@strawberry.type
class Case(Node):
    """One matter of one customer, from its first contact to its resolution; it may span every channel."""

    number: str = field(description="What people call it by.")
    version: int = field(description="Grows by one with every fact; send it as `expectedVersion`.")
    subject: str | None = field(description="What it is about, where that may be shown.")
    preview: str | None = field(description="The beginning of the latest text, where that may be shown.")
    status: CaseStatus = field(description="Whether we are to move, somebody else is, or the matter is settled.")
    waiting_for: WaitingFor | None = field(description="Whom or what a WAITING case waits for.")
    waiting_until: Instant | None = field(description="Until when it waits, where that is known.")
    resolution: Resolution | None = field(description="How it ended; null unless RESOLVED.")
    priority: Priority = field(description="How soon, by the matter.")
    tags: list[str] = field(description="The words it is filed under, sorted.")
    language: LanguageTag | None = field(description="In which the customer wrote.")
    channels: list[Channel] = field(description="On which it was discussed so far.")
    opened_at: Instant = field(description="When its first contact came in.")
    last_contact_at: Instant = field(description="When its latest contact took place.")
    held_until: Instant | None = field(description="Until when it is held for `heldFor`.")
    due_at: Instant | None = field(description="By when we are to move: what is due first; null: we are not.")
    awaiting_us: bool = field(description="Whether we are to move.")
    unread: bool = field(description="Whether something in it is new to its assignee.")
    row: strawberry.Private[CaseRow]

    @strawberry.field
    async def customer(self, info: Info) -> CustomerRef:
        """Whose matter it is."""
        return await info.context.make.customer_of(self.row)

    @strawberry.field
    async def assignee(self, info: Info) -> AgentRef | None:
        """Who has it; null: nobody yet."""
        return await info.context.make.agent_by_id(self.row.assignee_id)

    @strawberry.field
    async def held_for(self, info: Info) -> AgentRef | None:
        """Who is to have it as soon as they can, since the customer knows them; null once somebody has it."""
        return await info.context.make.agent_by_id(self.row.held_for_id)

    @strawberry.field
    async def brand(self, info: Info) -> BrandRef | None:
        """Under which name we were approached."""
        return await info.context.make.brand_by_ref(self.row.brand)

    @strawberry.field
    async def team(self, info: Info) -> TeamRef | None:
        """Whose work it is."""
        return await info.context.make.team_by_ref(self.row.team_ref)

    @strawberry.field
    async def contacts(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> ContactConnection:
        """Its contacts, oldest first; 50 where no number is given."""
        return await info.context.make.contacts_of(self.row, first=first, after=after, last=last, before=before)

    @strawberry.field
    async def reply_options(self, info: Info) -> list[ReplyOption]:
        """Every way by which the customer can be answered, and every one by which they came in but cannot: see why."""
        return await info.context.make.reply_options_of(self.row)

    @strawberry.field
    async def gestures(self, info: Info, first: First = 100) -> list[Gesture]:
        """What was given or asked for, oldest first."""
        return await info.context.make.gestures_of(self.row, first)

    @strawberry.field
    async def commitments(self, info: Info, first: First = 100) -> list[Commitment]:
        """What was promised, oldest first."""
        return await info.context.make.commitments_of(self.row, first)

    @strawberry.field
    async def clocks(self, info: Info) -> list[Clock]:
        """How soon it is to be answered and resolved, and what was promised when; the latest, oldest first."""
        return await info.context.make.clocks_of(self.row)

    @strawberry.field
    async def incident(self, info: Info) -> IncidentRef | None:
        """The cause that it has in common with many others, and the answer that was approved for them."""
        return await info.context.make.incident_of_case(self.row.case_id)

    @strawberry.field
    async def playbooks(self, info: Info) -> list[Playbook]:
        """What the house wants in a situation like this: those that fit now, as configured, the first 5."""
        return await info.context.make.playbooks_of(self.row)

    @strawberry.field
    async def missing(self, info: Info) -> list[DetailKind] | None:
        """What its playbooks need and nobody told yet; null where its words may not be shown."""
        return await info.context.make.missing_of(self.row)

    @strawberry.field
    async def viewing(self, info: Info) -> list[AgentRef]:
        """Who looks at it now, so that no two write the same answer."""
        return await info.context.make.viewers_of(self.row.case_id)

    @strawberry.field
    async def assignments(self, info: Info, first: First = 100) -> list[Assignment]:
        """Who took it and why, oldest first."""
        return await info.context.make.assignments_of(self.row, first)

    @strawberry.field
    async def history(self, info: Info, first: First = 100, after: After = None) -> CaseEventConnectionRef:
        """Every fact of it, oldest first, each bound to the one before by a hash."""
        return await info.context.make.history_of(self.row, first=first, after=after)


@strawberry.type
class CaseEdge:
    """A case in a list."""

    cursor: str = field(description="Pass it as `after` to go on behind this one.")
    node: Case = field(description="The case.")


@strawberry.type
class CaseConnection:
    """A page of a list of cases."""

    nodes: list[Case] = field(description="The cases of this page.")
    edges: list[CaseEdge] = field(description="The same with their cursors.")
    page_info: PageInfo = field(description="Where this page stands.")
    total_count: int | None = field(description="How many there are in all; null where it was not asked for.")
