"""Goes through all cases that nobody is at, oldest first, and decides those that somebody could take now."""

from __future__ import annotations

from services.routing.commands.decide_case import DecideCase, decide_case
from services.routing.commands.decision import asked
from services.routing.commands.lateness import comes_too_late
from services.routing.commands.own_initiative import own_context
from services.routing.domain.assignment import Assignment, assignment_id
from services.routing.ports import Clock, Floor, Ids, Record

PAGE_COUNT_MAX = 100


async def decide_again(*, record: Record, floor: Floor, clock: Clock, ids: Ids) -> int:
    """One pass; the number of cases that were decided.

    It needs no memory: what is left undone by a crash is found again by the next pass, and a case that another router
    decided meanwhile is left alone by the version of its stream. While nobody has room, it only looks at cases of
    agents who left us, and at offers that are over.
    """
    decided, after = 0, None
    while page := await floor.undecided(after, PAGE_COUNT_MAX, now=clock.now(), left_only=not await floor.has_room()):
        for _, case_id in page:
            assignment = await record.load(Assignment, assignment_id(case_id))
            if assignment is None or not await _changes(assignment, floor, clock):
                continue
            committed = await decide_case(DecideCase(case_id), own_context(clock, ids), record=record, floor=floor)
            decided += bool(committed.versions)
        after = page[-1]
    return decided


async def _changes(assignment: Assignment, floor: Floor, clock: Clock) -> bool:
    """Whether a decision now would come out differently, so that a pass over many cases writes nothing in vain."""
    if assignment.offer is not None:
        return True
    if assignment.agent_id is None:
        return assignment.differs((await asked(assignment, clock.now(), floor=floor))[0])
    decision, situation = await asked(assignment, clock.now(), floor=floor, anew=True)
    seat = situation.crew.seat(assignment.agent_id)
    if seat is None or not seat.agent.active or seat.agent.hands_over:
        return assignment.differs(decision)
    return await comes_too_late(assignment, clock.now(), floor=floor)
