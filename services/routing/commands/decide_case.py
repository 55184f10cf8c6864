"""Decides a case again: nobody has it, who was asked did not answer, or who has it is gone."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Stream, Work
from contracts.vocabulary import AssignmentReason, Presence
from services.routing.commands.decision import ROUTER, decide_on, left_us
from services.routing.commands.lateness import comes_too_late
from services.routing.domain.agent import Agent
from services.routing.domain.assignment import Assignment, assignment_id
from services.routing.domain.offer import Offer
from services.routing.ports import Floor, Record


class DecideCase(msgspec.Struct, frozen=True):
    """Who takes this case?"""

    case_id: UUID


async def decide_case(command: DecideCase, context: CommandContext, *, record: Record, floor: Floor) -> Committed:
    """Decide it, where we are to move and nobody is at it any longer; else nothing."""

    async def decide() -> Work:
        assignment = await record.load(Assignment, assignment_id(command.case_id))
        if assignment is None or not assignment.weighs:
            return Work()
        missed: list[Stream] = []
        if assignment.offer is not None:
            missed = await _end_offer(assignment, assignment.offer, context, record=record, floor=floor)
        elif assignment.needs_somebody(inactive=(gone := await left_us(record, assignment))):
            because = AssignmentReason.DUTY_ENDED if gone else None
            await decide_on(assignment, context, floor=floor, anew=gone, because=because)
        elif await comes_too_late(assignment, context.at, floor=floor):
            await decide_on(assignment, context, floor=floor, anew=True, because=AssignmentReason.DUTY_ENDED)
        return Work(streams=(assignment, *missed) if assignment.pending_events else ())

    return await record.transact(context, decide, serialise_on=(ROUTER,))


async def _end_offer(
    assignment: Assignment, offer: Offer, context: CommandContext, *, record: Record, floor: Floor
) -> list[Stream]:
    """End an offer whose time is up, or whose agent went away, and decide anew; else nothing."""
    agent = await record.load(Agent, offer.agent_id)
    team_ref = None if agent is None else agent.card.team_ref
    offering, silent = floor.rules.offering_of(assignment.channel, team_ref), context.at >= offer.until
    if not silent and agent is not None and agent.card.active and agent.card.presence is Presence.ONLINE:
        return []
    silent_until = None
    if silent and offering is not None:
        silent_until = context.at + timedelta(minutes=offering.declined_min)
    assignment.lapse(offer=offer, silent_until=silent_until, at=context.at)
    if agent is not None and silent_until is not None and offering is not None:
        agent.miss_offer(missed_max=offering.silent_offers_max, at=context.at)
    await decide_on(assignment, context, floor=floor, because=AssignmentReason.DECLINED_BY_PREVIOUS)
    return [] if agent is None or not agent.pending_events else [agent]
