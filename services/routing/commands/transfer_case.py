"""A person says who is to have a case: a colleague, a team, anybody but them, or they themselves."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Work
from contracts.vocabulary import AssignmentReason, RoutingTier
from services.routing.commands.decision import ROUTER, decide_on, is_with_us
from services.routing.domain.assignment import Assignment, assignment_id
from services.routing.ports import Floor, Record


class TransferCase(msgspec.Struct, frozen=True):
    """The transfer `transfer_id`, to an agent or to a team; neither: to whomever the rules find.

    `claimed`: the agent takes it, which only what nobody has can be.
    """

    case_id: UUID
    transfer_id: UUID
    agent_id: UUID | None = None
    team_ref: str | None = None
    claimed: bool = False


async def transfer_case(command: TransferCase, context: CommandContext, *, record: Record, floor: Floor) -> Committed:
    """Record a decision under the transfer's id, whatever comes out: whoever asked waits for it.

    A colleague who is named gets the case even away or above capacity; one who has left us does not, and the rules
    decide instead. Who owns the customer stays as it is. A claim that comes too late changes nothing.
    """

    async def decide() -> Work:
        assignment = await record.load(Assignment, assignment_id(command.case_id))
        if assignment is None:
            return Work()
        if command.agent_id is None or not await is_with_us(record, command.agent_id):
            assignment.give_back(team_ref=command.team_ref, at=context.at)
            await decide_on(assignment, context, floor=floor, transfer_id=command.transfer_id)
        else:
            await _hand_over(assignment, command, command.agent_id, context, floor)
        return Work(streams=(assignment,))

    return await record.transact(context, decide, serialise_on=(ROUTER,))


async def _hand_over(
    assignment: Assignment, command: TransferCase, agent_id: UUID, context: CommandContext, floor: Floor
) -> None:
    taker, tier, reason = agent_id, RoutingTier.MANUAL, AssignmentReason.TRANSFERRED
    if command.claimed:
        tier, reason = RoutingTier.CLAIMED, AssignmentReason.CLAIMED
    if command.claimed and assignment.agent_id not in {None, agent_id}:
        taker, tier, reason = assignment.agent_id, RoutingTier.CASE_ASSIGNEE, AssignmentReason.OPEN_CASE
    request = msgspec.structs.replace(assignment.request(), assignee_id=taker)
    situation = await floor.situation(request, context.at)
    assignment.hand_to(
        agent_id=taker,
        tier=tier,
        reason=reason,
        decision_id=command.transfer_id,
        turn=situation.turns.get(taker, 0) + 1,
        at=context.at,
    )
