"""An agent is not to handle a customer: open cases go to others at once, and no rule gives the agent another one."""

from __future__ import annotations

from uuid import UUID

import msgspec
from msgspec.structs import replace

from contracts.stored import CommandContext, Committed, Stream, Work
from contracts.vocabulary import AssignmentReason, ExclusionReason, id_of
from services.routing.commands.decision import ROUTER, decide_on
from services.routing.domain.assignment import Assignment, assignment_id
from services.routing.domain.duo import Duo, duo_id
from services.routing.ports import Floor, Record


class ExcludeAgent(msgspec.Struct, frozen=True):
    """The agent is not to handle the customer, or (`excluded` False) may again."""

    customer_id: UUID
    agent_id: UUID
    excluded: bool
    reason: ExclusionReason


async def exclude_agent(command: ExcludeAgent, context: CommandContext, *, record: Record, floor: Floor) -> Committed:
    """Note it, and decide the customer's unsettled cases anew that the agent has, or is asked to take.

    Readmitted, the agent gets nothing back at once: cases stay with whoever has them by then.
    """

    async def decide() -> Work:
        duo = await record.load(Duo, duo_id(command.customer_id))
        duo = duo or Duo.meet(customer_id=command.customer_id, at=context.at)
        moved: list[Stream] = []
        if not command.excluded:
            duo.readmit(agent_id=command.agent_id, at=context.at)
        elif command.agent_id not in duo.excluded:
            duo.exclude(agent_id=command.agent_id, reason=command.reason, at=context.at)
            for case_id in await floor.cases_with(command.customer_id, command.agent_id):
                moved += await _taken_away(case_id, command.agent_id, context, record=record, floor=floor)
        return Work(streams=tuple(each for each in (duo, *moved) if each.pending_events))

    return await record.transact(context, decide, serialise_on=(ROUTER,))


async def _taken_away(
    case_id: UUID, agent_id: UUID, context: CommandContext, *, record: Record, floor: Floor
) -> list[Stream]:
    assignment = await record.load(Assignment, assignment_id(case_id))
    if assignment is None:
        return []
    offer, barred = assignment.offer, frozenset({agent_id})
    # Each case's decision has an id of its own, which follows from the command's.
    own = replace(context, command_id=decision_key(context, case_id))
    if offer is not None and offer.agent_id == agent_id:
        assignment.lapse(offer=offer, silent_until=None, at=context.at)
        await decide_on(assignment, own, floor=floor, because=AssignmentReason.DECLINED_BY_PREVIOUS, barred=barred)
    elif assignment.agent_id == agent_id:
        await decide_on(assignment, own, floor=floor, because=AssignmentReason.TRANSFERRED, anew=True, barred=barred)
    return [assignment]


def decision_key(context: CommandContext, case_id: UUID) -> UUID:
    """The key under which a command decides one of several cases."""
    return id_of("decision-of", str(context.command_id), str(case_id))
