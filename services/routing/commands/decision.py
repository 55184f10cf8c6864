"""Makes and records the decision who takes a case; used by every command that may have to decide."""

from __future__ import annotations

from uuid import UUID

from contracts.stored import CommandContext
from contracts.vocabulary import id_of
from services.routing.domain.agent import Agent
from services.routing.domain.assignment import Assignment
from services.routing.domain.matching import route
from services.routing.ports import Floor, Record

ROUTER: UUID = id_of("router", "routing")
"""Decisions of one process queue up on this id, so that each sees the load the one before it made. Between processes
the turns of the chosen agent tell (see `CaseDecided.turn`)."""


async def decide_on(assignment: Assignment, context: CommandContext, *, floor: Floor) -> None:
    """Decide who takes the case and record it with its candidates.

    That nobody can take it is recorded once, until that changes. The decision's id follows from the command's.
    """
    request = assignment.request()
    situation = await floor.situation(request)
    decision = route(request, context.at, situation.agents, loads=situation.loads, ownership=situation.ownership)
    if assignment.decided and decision.agent_id is None and assignment.agent_id is None:
        return
    turn = None
    if decision.agent_id is not None and decision.agent_id != request.assignee_id:
        turn = situation.turns.get(decision.agent_id, 0) + 1
    assignment.decide(
        decision=decision, decision_id=id_of("decision", str(context.command_id)), turn=turn, at=context.at
    )


async def left_us(record: Record, assignment: Assignment) -> bool:
    """Whether whoever has the case is no longer with us."""
    if assignment.agent_id is None:
        return False
    agent = await record.load(Agent, assignment.agent_id)
    return agent is None or not agent.card.active
