"""Makes and records the decision who takes a case; used by every command that may have to decide."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext
from contracts.vocabulary import AssignmentReason, id_of
from services.routing.domain.agent import Agent
from services.routing.domain.assignment import Assignment
from services.routing.domain.matching import route
from services.routing.ports import Floor, Record

ROUTER: UUID = id_of("router", "routing")
"""Decisions of one process queue up on this id, so that each sees the load the one before it made. Between processes
the turns of the chosen agent tell (see `CaseDecided.turn`)."""


async def decide_on(
    assignment: Assignment, context: CommandContext, *, floor: Floor, transfer_id: UUID | None = None
) -> None:
    """Decide who takes the case and record it with its candidates.

    That nobody can take it, or whom it waits for, is recorded once, until that changes. The decision's id follows from
    the command's.
    `transfer_id`: a person asked for this decision and awaits one of this id, whatever comes out.
    """
    request = assignment.request(floor.rules)
    situation = await floor.situation(request, context.at)
    decision = route(request, context.at, situation.crew, ownership=situation.ownership, policy=floor.rules.policy)
    if transfer_id is not None:
        decision = msgspec.structs.replace(decision, reason=AssignmentReason.TRANSFERRED)
    elif decision.agent_id is None and not assignment.differs(decision):
        return
    turn = None
    if decision.agent_id is not None and decision.agent_id != request.assignee_id:
        turn = situation.turns.get(decision.agent_id, 0) + 1
    decision_id = transfer_id or id_of("decision", str(context.command_id))
    assignment.decide(decision=decision, decision_id=decision_id, turn=turn, at=context.at)


async def left_us(record: Record, assignment: Assignment) -> bool:
    """Whether whoever has the case is no longer with us."""
    if assignment.agent_id is None:
        return False
    agent = await record.load(Agent, assignment.agent_id)
    return agent is None or not agent.card.active
