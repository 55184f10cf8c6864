"""Who works here, in which team, with what money; the brands and accounts they speak for."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import strawberry
from strawberry import field

from contracts.vocabulary import AccountMode, AgentKind, BudgetPeriod, Channel, Presence, Role
from services.case.graphql.context import Info
from services.case.graphql.enums import ViewerKind
from services.case.graphql.refs import AgentRef, BrandRef, OfferRef, RosterRef, TeamRef
from services.case.graphql.scalars import Instant, LanguageTag, TimeZone
from services.case.graphql.types.accounts import AccountHealth, AccountState, MessageTemplate
from services.case.graphql.types.interfaces import Actor, Node, PageInfo
from services.case.graphql.types.money import Money
from services.case.queries.rows import AccountRow, AgentRow, BudgetRow


@strawberry.type
class Brand(Node):
    """A name under which we meet customers."""

    ref: str = field(description="The stable reference of the configuration.")
    name: str = field(description="What customers call it.")


@strawberry.type
class Team(Node):
    """Agents who work together. Its budgets pay for what a lead approves."""

    ref: str = field(description="The stable reference of the configuration.")
    name: str = field(description="What people call it.")


BudgetOwner: TypeAlias = Annotated[
    AgentRef | TeamRef, strawberry.union("BudgetOwner", description="Whose budget it is.")
]


@strawberry.type
class Budget(Node):
    """A resolution budget in one period: available = granted - reserved - spent."""

    period: BudgetPeriod = field(description="The calendar period it is granted for.")
    granted: Money = field(description="What may be spent in the period.")
    reserved: Money = field(description="Held for gestures that are not given yet.")
    spent: Money = field(description="Given.")
    available: Money = field(description="What is left.")
    item_limit: Money = field(description="The most that one gesture may cost without an approval.")
    runs_low: bool = field(description="Whether 80 % of it or more is spent or held: time to say so.")
    period_start: Instant = field(description="The first moment of the period.")
    period_end: Instant = field(description="The first moment after the period.")
    row: strawberry.Private[BudgetRow]

    @strawberry.field
    async def owner(self, info: Info) -> BudgetOwner:
        """Whose it is."""
        return await info.context.make.budget_owner(self.row)


@strawberry.type
class Agent(Actor):
    """Somebody, or a bot, who handles cases."""

    ref: str = field(description="The stable reference; the subject of the agent's token.")
    kind: AgentKind = field(description="A person or a bot.")
    presence: Presence = field(description="Whether the agent takes new cases now.")
    active: bool = field(description="False once the agent has left.")
    email: str | None = field(description="Where colleagues reach the agent.")
    languages: list[LanguageTag] = field(description="In which the agent answers.")
    skills: list[str] = field(description="What the agent can do that not everybody can.")
    capacity_units: int = field(description="How much at a time, in units of the configuration.")
    on_duty_until: Instant | None = field(description="While on duty: until when, by the roster.")
    next_duty_at: Instant | None = field(description="While not on duty: from when again, by the roster.")
    row: strawberry.Private[AgentRow]

    @strawberry.field
    def roster(self, info: Info) -> RosterRef | None:
        """When the agent works, for leads, auditors and the agent; null: no roster, or not the viewer's to see."""
        return info.context.make.roster_of(self.row)

    @strawberry.field
    async def open_cases(self, info: Info) -> int:
        """How many unresolved cases the agent has."""
        return await info.context.loaders.open_cases.load(self.row.agent_id) or 0

    @strawberry.field
    async def load_units(self, info: Info) -> int:
        """How much of the capacity is taken by cases where we are to move, those that are offered included."""
        units_of = info.context.deps.units_of
        loads = await info.context.loaders.loads.load(self.row.agent_id) or []
        return sum(units_of(channel) * cases for channel, cases in loads)

    @strawberry.field
    async def budgets(self, info: Info) -> list[Budget]:
        """Of the current periods, as long as they are granted. Agents see their own; leads and auditors everybody's."""
        return await info.context.make.budgets_of_agent(self.row)

    @strawberry.field
    async def teams(self, info: Info) -> list[Team]:
        """The teams the agent is in."""
        team = await info.context.make.team_by_ref(self.row.team_ref)
        return [] if team is None else [team]


@strawberry.type
class StaffMember(Actor):
    """Somebody who works here without being an agent: a lead, an auditor."""

    ref: str = field(description="The subject of the person's token.")
    roles: list[Role] = field(description="The roles the person's tokens had.")


@strawberry.type
class Integration(Actor):
    """A machine that acts through this API."""

    ref: str = field(description="The subject of its token.")


@strawberry.type
class System(Actor):
    """The system itself."""

    name: str = field(description="Which part of it.")


@strawberry.type
class Viewer(Node):
    """Who is asking."""

    kind: ViewerKind = field(description="A person or a service.")
    display_name: str = field(description="How to greet them.")
    roles: list[Role] = field(description="What the token lets its subject do.")
    time_zone: TimeZone = field(description="In which periods and opening hours are counted.")
    language: LanguageTag = field(description="In which to show the desk.")
    permissions: list[str] = field(description="What the viewer may do, as codes; may grow.")
    subject: strawberry.Private[str]

    @strawberry.field
    async def agent(self, info: Info) -> AgentRef | None:
        """The agent whose reference is the token's subject, if there is one."""
        return await info.context.make.agent_by_ref(self.subject)

    @strawberry.field
    async def offers(self, info: Info) -> list[OfferRef]:
        """What the viewer is asked to take now, the oldest first."""
        return await info.context.make.offers_of_viewer()


@strawberry.type
class ChannelAccount(Node):
    """An address of ours on a channel: where contacts come in and replies go out."""

    channel: Channel = field(description="The channel.")
    ref: str = field(description="The account as in the path of its webhooks.")
    name: str = field(description="What people call it.")
    row: strawberry.Private[AccountRow]

    @strawberry.field
    async def state(self, info: Info) -> AccountState:
        """Whether it is used. PAUSED: what comes in is kept and read, nothing leaves. CLOSED: no longer configured."""
        return info.context.make.state_of(self.row)

    @strawberry.field
    async def mode(self, info: Info) -> AccountMode:
        """What may leave by it: nothing, answers only, or also what nobody asked for."""
        return info.context.make.mode_of(self.row)

    @strawberry.field
    async def templates(self, info: Info) -> list[MessageTemplate]:
        """The texts that are ready to be sent by it."""
        return info.context.make.templates_of(self.row)

    @strawberry.field
    async def health(self, info: Info) -> AccountHealth | None:
        """How it does; null: nothing was told yet."""
        return await info.context.make.health_of(self.row)

    @strawberry.field
    async def brand(self, info: Info) -> BrandRef | None:
        """The brand that speaks through it."""
        return await info.context.make.brand_by_ref(self.row.brand)


@strawberry.type
class AgentEdge:
    """An agent in a list."""

    cursor: str = field(description="Pass it as `after` to go on behind this one.")
    node: Agent = field(description="The agent.")


@strawberry.type
class AgentConnection:
    """A page of a list of agents."""

    nodes: list[Agent] = field(description="The agents of this page.")
    edges: list[AgentEdge] = field(description="The same with their cursors.")
    page_info: PageInfo = field(description="Where this page stands.")
    total_count: int | None = field(description="How many there are in all; null where it was not asked for.")
