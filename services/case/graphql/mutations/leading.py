"""What leads set: when people work. And who is kept from whom, which every agent may say for a customer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from contracts.rosters import Leave, Shift
from contracts.vocabulary import ExclusionReason, Refusal, RefusalCode
from services.case.commands.exclude_agent import ExcludeAgent, exclude_agent
from services.case.commands.request_roster import RequestRoster, request_roster
from services.case.domain.permissions import Permission, require
from services.case.domain.rosters import RosterWish
from services.case.graphql.context import RequestContext
from services.case.graphql.ids import IdType
from services.case.graphql.mutations.desk import until_answered
from services.case.graphql.mutations.running import carry_out, named, position_of
from services.case.graphql.types.leading import (
    AgentRosterSetInput,
    AgentRosterSetPayload,
    CustomerAgentExcludeInput,
    CustomerAgentExcludePayload,
    ShiftInput,
)


async def set_roster(context: RequestContext, asked: AgentRosterSetInput) -> AgentRosterSetPayload:
    """Say when an agent works.

    Raises:
        Refusal: what the command or routing refuses.
    """
    require(context.principal.actor, Permission.SET_ROSTER)
    deps, agent_id = context.deps, named(IdType.AGENT, asked.agent_id, "agentId")
    wish = RosterWish(
        shifts=tuple(_written(_shift(shift), Shift, "shifts", str(place)) for place, shift in enumerate(asked.shifts)),
        leave=tuple(
            _written({"first": each.first, "last": each.last}, Leave, "leave", str(place))
            for place, each in enumerate(asked.leave or ())
        ),
        zone=asked.time_zone or deps.time_zone,
        holidays=asked.holidays,
    )
    command = RequestRoster(deps.ids.new(), agent_id, wish)
    done = await carry_out(
        context, "agentRosterSet", asked, lambda how: request_roster(command, how, record=deps.record)
    )
    request_id = UUID(done.outcome["request_id"])
    answered = await until_answered(context, request_id)
    return AgentRosterSetPayload(
        agent=await context.shown.agent_by_id(agent_id),
        position=await position_of(context, request_id, done.versions.get(request_id)) if answered else None,
    )


async def exclude(context: RequestContext, asked: CustomerAgentExcludeInput) -> CustomerAgentExcludePayload:
    """Keep an agent from handling a customer, or take that back."""
    require(context.principal.actor, Permission.EXCLUDE_AGENT)
    command = ExcludeAgent(
        customer_id=named(IdType.CUSTOMER, asked.customer_id, "customerId"),
        agent_id=named(IdType.AGENT, asked.agent_id, "agentId"),
        reason=asked.reason or ExclusionReason.CUSTOMER_REFUSES,
        excluded=asked.excluded is not False,
    )
    done = await carry_out(
        context, "customerAgentExclude", asked, lambda how: exclude_agent(command, how, record=context.deps.record)
    )
    customer_id = UUID(done.outcome["customer_id"])
    version = done.versions.get(customer_id)
    return CustomerAgentExcludePayload(
        customer=await context.make.known_customer(customer_id),
        version=version,
        position=await position_of(context, customer_id, version),
    )


def _shift(shift: ShiftInput) -> dict[str, Any]:
    return {
        "days": [day.value for day in shift.days],
        "from": shift.start,
        "until": shift.until,
        "breaks": [{"from": each.start, "until": each.until} for each in shift.breaks or ()],
    }


def _written(plain: dict[str, Any], kind: Any, *path: str) -> Any:
    """The same as the configuration file would have it.

    Raises:
        Refusal: INVALID_INPUT at `path`.
    """
    try:
        return msgspec.convert(plain, kind)
    except msgspec.ValidationError as error:
        raise Refusal(RefusalCode.INVALID_INPUT, str(error), *path) from None
