"""Routing decided who takes a case: put it on record, with everybody who was looked at."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.envelope import Message
from contracts.routing import CaseRouted
from contracts.stored import CommandContext, Record
from services.case.commands.assign_case import AssignCase, assign_case
from services.case.domain.assignments import RoutedDecision
from services.case.domain.case_facts import Candidate


async def assign_case_on_case_routed(message: Message, context: CommandContext, *, record: Record) -> None:
    """Record the decision."""
    fact = msgspec.json.decode(message.data, type=CaseRouted)
    decision = RoutedDecision(
        decision_id=fact.decision_id,
        reason=fact.reason,
        policy_version=fact.policy_version,
        decided_at=fact.decided_at,
        agent_id=fact.agent_id,
        tier=fact.tier,
        candidates=tuple(
            Candidate(agent_id=view.agent_id, tier=view.tier, eta=view.eta, rejected=view.rejected)
            for view in fact.candidates
        ),
        rejections=fact.rejections,
        held_until=fact.held_until,
        offered_to=fact.offered_to,
        offered_until=fact.offered_until,
    )
    await assign_case(AssignCase(fact.case_id, decision), context, record=record)


def decisions_before(message: Message) -> tuple[UUID, ...]:
    """The stream whose decisions must be on record before this one is: its own, which is of one case."""
    return () if message.stream_id is None else (message.stream_id,)
