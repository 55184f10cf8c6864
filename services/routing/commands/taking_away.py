"""Cases that an agent has, or is asked to take, go to others, since the agent is not to handle the customer."""

from __future__ import annotations

from uuid import UUID

from msgspec.structs import replace

from contracts.stored import CommandContext, Stream
from contracts.vocabulary import AssignmentReason, id_of
from services.routing.commands.decision import decide_on
from services.routing.domain.assignment import Assignment, assignment_id
from services.routing.ports import Floor, Record


async def taken_away(
    customer_id: UUID,
    agent_id: UUID,
    context: CommandContext,
    *,
    barred: frozenset[UUID],
    record: Record,
    floor: Floor,
) -> list[Stream]:
    """The customer's unsettled cases with the agent, decided anew. `barred`: all who are not to get them."""
    found: list[Stream] = []
    for case_id in await floor.cases_with(customer_id, agent_id):
        assignment = await record.load(Assignment, assignment_id(case_id))
        if assignment is None:
            continue
        offer = assignment.offer
        # Each case's decision has an id of its own, which follows from the command's.
        own = replace(context, command_id=decision_key(context, case_id))
        if offer is not None and offer.agent_id == agent_id:
            assignment.lapse(offer=offer, silent_until=None, at=context.at)
            await decide_on(assignment, own, floor=floor, because=AssignmentReason.DECLINED_BY_PREVIOUS, barred=barred)
        elif assignment.agent_id == agent_id:
            await decide_on(
                assignment, own, floor=floor, because=AssignmentReason.TRANSFERRED, anew=True, barred=barred
            )
        found.append(assignment)
    return found


def decision_key(context: CommandContext, case_id: UUID) -> UUID:
    """The key under which a command decides one of several cases."""
    return id_of("decision-of", str(context.command_id), str(case_id))
