"""Makes and records the decision who takes a case; used by every command that may have to decide."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Work
from contracts.vocabulary import AssignmentReason, id_of
from services.routing.domain.agent import Agent
from services.routing.domain.assignment import Assignment
from services.routing.domain.duo import duo_id
from services.routing.domain.matching import Decision, route
from services.routing.ports import Floor, Record, Situation

ROUTER: UUID = id_of("router", "routing")
"""Decisions of one process queue up on this id, so that each sees the load the one before it made; those that go side
by side count with each other's (`decided_beside_others`). Between processes the turns of the chosen agent tell (see
`CaseDecided.turn`)."""


async def decided_beside_others(
    assignment: tuple[UUID, UUID],
    context: CommandContext,
    decide: Callable[[], Awaitable[Work]],
    *,
    record: Record,
    floor: Floor,
    alone: bool = False,
) -> Committed:
    """Carry out a command that decides one case by what comes in, and stores it while others are decided.

    `assignment`: the case, and its customer, whose cases are decided one after the other. What `decide` decided it
    told `floor.count_with` before it awaited anything. `alone`: nothing else is decided meanwhile after all.
    """
    case_id, customer_id = assignment
    duo, stored = duo_id(customer_id), False

    async def decide_afresh() -> Work:
        floor.settle(case_id, stored=False)
        return await decide()

    try:
        committed = await record.transact(
            context,
            decide_afresh,
            serialise_on=(duo, ROUTER) if alone else (duo,),
            beside_others_on=() if alone else (ROUTER,),
        )
        stored = not committed.repeated
    finally:
        floor.settle(case_id, stored=stored)
    return committed


async def decide_on(
    assignment: Assignment,
    context: CommandContext,
    *,
    floor: Floor,
    transfer_id: UUID | None = None,
    because: AssignmentReason | None = None,
    anew: bool = False,
    barred: frozenset[UUID] = frozenset(),
) -> None:
    """Decide who takes the case and record it with its candidates.

    That nobody can take it, or whom it waits for, is recorded once, until that changes. The decision's id follows from
    the command's. `transfer_id`: a person asked for this decision and awaits one of this id, whatever comes out.
    `because`: why it is decided again, where somebody else takes it. `anew`: whoever has it does not keep it.
    `barred`: who is not to have it, beside those of whom that is on record.
    """
    decision, situation = await asked(assignment, context.at, floor=floor, anew=anew, barred=barred)
    if transfer_id is not None:
        decision = msgspec.structs.replace(decision, reason=AssignmentReason.TRANSFERRED)
    elif decision.agent_id is None and not assignment.differs(decision):
        return
    elif because is not None and decision.agent_id is not None:
        decision = msgspec.structs.replace(decision, reason=because)
    turn, offered_until = None, None
    if decision.agent_id is not None and (anew or decision.agent_id != assignment.agent_id):
        turn = situation.turns.get(decision.agent_id, 0) + 1
        seat = situation.crew.seat(decision.agent_id)
        offering = floor.rules.offering_of(assignment.channel, None if seat is None else seat.team_ref)
        offered_until = None if offering is None else context.at + timedelta(seconds=offering.offer_s)
    decision_id = transfer_id or id_of("decision", str(context.command_id))
    assignment.decide(decision=decision, decision_id=decision_id, turn=turn, offered_until=offered_until, at=context.at)


async def asked(
    assignment: Assignment, at: datetime, *, floor: Floor, anew: bool = False, barred: frozenset[UUID] = frozenset()
) -> tuple[Decision, Situation]:
    """What the rules say who takes the case now, and what they looked at. `anew`: whoever has it does not keep it.

    `barred`, and who is excluded for the customer, get it by no rule, nor keep it.
    """
    request = assignment.request(floor.rules, at)
    if anew:
        request = msgspec.structs.replace(request, assignee_id=None)
    situation = await floor.situation(request, at)
    if request.team_ref != assignment.home_team_ref and not situation.crew.has_team(request.team_ref):
        # A team that nobody is in any more: the case waits for nobody who does not come.
        request = msgspec.structs.replace(request, team_ref=assignment.home_team_ref)
    barred |= situation.excluded
    if barred:
        keeps = None if request.assignee_id in barred else request.assignee_id
        request = msgspec.structs.replace(request, assignee_id=keeps, excluded=request.excluded | barred)
    if request.deadline is not None and not situation.crew.rostered:
        request = msgspec.structs.replace(request, deadline=None)
    decided = route(request, at, situation.crew, ownership=situation.ownership, policy=floor.rules.policy)
    return decided, situation


async def left_us(record: Record, assignment: Assignment) -> bool:
    """Whether whoever has the case does not come back to it: is no longer with us, or handed all open cases over."""
    if assignment.agent_id is None:
        return False
    agent = await record.load(Agent, assignment.agent_id)
    return agent is None or not agent.card.active or agent.card.hands_over


async def is_with_us(record: Record, known_id: UUID) -> bool:
    """Whether that agent works here, present or not."""
    agent = await record.load(Agent, known_id)
    return agent is not None and agent.card.active
