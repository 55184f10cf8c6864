"""The agent who was asked to take a case takes it, or says no: then somebody else is asked at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Work
from contracts.vocabulary import AssignmentReason, OfferDeclineReason, Refusal, RefusalCode
from services.routing.commands.decision import ROUTER, decide_on
from services.routing.domain.agent import Agent
from services.routing.domain.assignment import Assignment, assignment_id
from services.routing.domain.targets import Offering
from services.routing.ports import Floor, Record


class AnswerOffer(msgspec.Struct, frozen=True):
    """The agent's answer `answer_id` to an offer. `reason` None: takes the case."""

    case_id: UUID
    offer_id: UUID
    answer_id: UUID
    agent_id: UUID
    answered_at: datetime
    reason: OfferDeclineReason | None = None


async def answer_offer(command: AnswerOffer, context: CommandContext, *, record: Record, floor: Floor) -> Committed:
    """Record it. A no that comes too late changes nothing; the case keeps its age, and its place in the queue.

    Raises:
        Refusal: of a yes that comes too late: CASE_RESOLVED, ALREADY_ASSIGNED, NOT_FOUND (the offer is over).
    """

    async def decide() -> Work:
        assignment = await record.load(Assignment, assignment_id(command.case_id))
        if assignment is None:
            raise Refusal(RefusalCode.NOT_FOUND, "no such case", "offerId")
        agent = await record.load(Agent, command.agent_id)
        team_ref = None if agent is None else agent.card.team_ref
        offering = floor.rules.offering_of(assignment.channel, team_ref) or Offering()
        if command.reason is None:
            assignment.accept(
                offer_id=command.offer_id,
                agent_id=command.agent_id,
                answer_id=command.answer_id,
                answered_at=command.answered_at,
                at=context.at,
            )
        elif assignment.decline(
            offer_id=command.offer_id,
            agent_id=command.agent_id,
            reason=command.reason,
            until=_until(command.reason, offering, context.at),
            at=context.at,
        ):
            await decide_on(assignment, context, floor=floor, because=AssignmentReason.DECLINED_BY_PREVIOUS)
        if not assignment.pending_events:
            return Work()
        if agent is None:
            return Work(streams=(assignment,))
        agent.answer_offer(at=context.at)
        return Work(streams=(assignment, agent) if agent.pending_events else (assignment,))

    return await record.transact(context, decide, serialise_on=(ROUTER,))


def _until(reason: OfferDeclineReason, offering: Offering, at: datetime) -> datetime | None:
    """How long who said no is not asked again about the case; None: ever."""
    if reason is OfferDeclineReason.CONFLICT_OF_INTEREST:
        return None
    return at + timedelta(minutes=offering.declined_min)
