"""Sets up or changes an agent as a lead asks; grants change in the running period at once."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Work
from contracts.vocabulary import Refusal, RefusalCode
from services.routing.commands.change_grants import changed_accounts
from services.routing.domain.agent import Agent, AgentChange, agent_id
from services.routing.domain.calendar import Calendar
from services.routing.domain.grant import Grant
from services.routing.ports import Record


class UpsertAgent(msgspec.Struct, frozen=True):
    """The agent of that ref is to be so. `requested_by`: the asking person's subject."""

    request_id: UUID
    ref: str
    requested_by: str
    change: AgentChange


async def upsert_agent(
    command: UpsertAgent, context: CommandContext, *, record: Record, calendar: Calendar
) -> Committed:
    """Make or change the agent; the fact answers the request even where nothing changes.

    Raises:
        Refusal: SELF_GRANT where somebody sets an own budget; INVALID_INPUT naming the field.
    """

    async def decide() -> Work:
        if command.change.grants is not None and command.requested_by == command.ref:
            raise Refusal(RefusalCode.SELF_GRANT, "nobody changes an own budget", "budgets")
        agent = await record.load(Agent, agent_id(command.ref))
        before = () if agent is None else agent.card.grants
        change = _filled_up(command.change, before)
        if agent is None:
            agent = Agent.enrol(ref=command.ref, change=change, at=context.at, request_id=command.request_id)
        else:
            agent.revise(change=change, at=context.at, request_id=command.request_id)
        accounts = await changed_accounts(
            agent.owner, before, agent.card.grants, context, record=record, calendar=calendar
        )
        # The accounts first: whoever waits for the agent's fact then has the budgets too.
        return Work(streams=(*accounts, agent))

    return await record.transact(context, decide, serialise_on=(agent_id(command.ref),))


def _filled_up(change: AgentChange, before: tuple[Grant, ...]) -> AgentChange:
    """The change, with what a lead cannot say of a budget (what may be carried over) as it was for that period."""
    if change.grants is None:
        return change
    most = {(grant.currency, grant.period): grant.carry_over_max_minor for grant in before}
    grants = (
        msgspec.structs.replace(grant, carry_over_max_minor=most.get((grant.currency, grant.period), 0))
        for grant in change.grants
    )
    return msgspec.structs.replace(change, grants=tuple(grants))
