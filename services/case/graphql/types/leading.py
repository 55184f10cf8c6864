"""What leads look after: when people work, who is kept from whom, whether there is too much."""

from __future__ import annotations

import strawberry
from strawberry import field

from contracts.vocabulary import ExclusionReason
from services.case.graphql.enums import Weekday
from services.case.graphql.inputs import KEY
from services.case.graphql.scalars import Instant, TimeZone
from services.case.graphql.types.customers import Customer
from services.case.graphql.types.errors import UserError
from services.case.graphql.types.payloads import ERRORS, POSITION, VERSION
from services.case.graphql.types.people import Agent

CLOCK = "on the clock, such as 09:00; the end of a day is 24:00"


@strawberry.type
class CapacityAlarm:
    """The cases of an hour against those rostered in it. Above nine tenths there is too much, below eight not."""

    short: bool = field(description="Whether there is too much.")
    since: Instant | None = field(description="Since when; null: there is not.")
    offered_load: float = field(description="Which part of the rostered time the cases took, when that turned last.")
    cases: int = field(description="How many cases that were.")
    rostered_hours: float = field(description="How many hours were rostered, of all agents together.")


@strawberry.type
class Break:
    """A pause in a shift."""

    start: str = field(name="from", description=f"From when, {CLOCK}.")
    until: str = field(description=f"Until when, {CLOCK}.")


@strawberry.type
class Shift:
    """A period of work on some days of each week."""

    days: list[Weekday] = field(description="On which days it begins.")
    start: str = field(name="from", description=f"From when, {CLOCK}.")
    until: str = field(description=f"Until when, {CLOCK}; not behind the start: of the next day.")
    breaks: list[Break] = field(description="When not.")


@strawberry.type
class Leave:
    """Days off, both included."""

    first: str = field(description="The first day, such as 2026-12-24.")
    last: str = field(description="The last day.")


@strawberry.type
class Roster:
    """When an agent works."""

    time_zone: TimeZone = field(description="On whose clock.")
    holidays: str | None = field(description="Whose public holidays are off: a country such as NL, or a part of one.")
    shifts: list[Shift] = field(description="The shifts; where they overlap they count once.")
    leave: list[Leave] = field(description="The days off.")


@strawberry.input
class BreakInput:
    """A pause in a shift."""

    start: str = field(name="from", description=f"From when, {CLOCK}.")
    until: str = field(description=f"Until when, {CLOCK}.")


@strawberry.input
class ShiftInput:
    """A period of work on some days of each week."""

    days: list[Weekday] = field(description="On which days it begins.")
    start: str = field(name="from", description=f"From when, {CLOCK}.")
    until: str = field(description=f"Until when, {CLOCK}; not behind the start: of the next day.")
    breaks: list[BreakInput] | None = field(default=None, description="When not.")


@strawberry.input
class LeaveInput:
    """Days off, both included."""

    first: str = field(description="The first day, such as 2026-12-24.")
    last: str = field(description="The last day.")


@strawberry.input
class AgentRosterSetInput:
    """When an agent works from now on. All of it: what is left out is gone."""

    agent_id: strawberry.ID = field(description="Whose.")
    shifts: list[ShiftInput] = field(description="The shifts; none: no roster, presence alone tells.")
    leave: list[LeaveInput] | None = field(default=None, description="The days off.")
    time_zone: TimeZone | None = field(default=None, description="On whose clock; null: the installation's.")
    holidays: str | None = field(default=None, description="Whose public holidays are off; null: nobody's.")
    idempotency_key: str = field(description=KEY)


@strawberry.type
class AgentRosterSetPayload:
    """The answer to `agentRosterSet`."""

    agent: Agent | None = field(default=None, description="The agent as it is now.")
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.input
class CustomerAgentExcludeInput:
    """An agent is not to handle a customer, or may again."""

    customer_id: strawberry.ID = field(description="The customer.")
    agent_id: strawberry.ID = field(description="The agent.")
    reason: ExclusionReason | None = field(default=None, description="Why; null: CUSTOMER_REFUSES.")
    excluded: bool | None = field(default=None, description="False: the agent may again; null: may not.")
    idempotency_key: str = field(description=KEY)


@strawberry.type
class CustomerAgentExcludePayload:
    """The answer to `customerAgentExclude`."""

    customer: Customer | None = field(default=None, description="The customer as it is now.")
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)
