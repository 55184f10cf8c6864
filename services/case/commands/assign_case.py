"""Routing decided who takes a case."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import AssignmentReason, RoutingTier
from services.case.commands.finding import find_case
from services.case.commands.placing import with_facts
from services.case.domain.case_facts import Candidate


class AssignCase(msgspec.Struct, frozen=True):
    """The decision, with everybody who was looked at. `agent_id` None: nobody can take it now."""

    case_id: UUID
    decision_id: UUID
    reason: AssignmentReason
    policy_version: str
    decided_at: datetime
    agent_id: UUID | None = None
    tier: RoutingTier | None = None
    candidates: tuple[Candidate, ...] = ()
    rejections: dict[str, int] = {}


async def assign_case(command: AssignCase, context: CommandContext, *, record: Record) -> Committed:
    """Record the decision on the case. Outcome: `case_id`.

    Raises:
        Refusal: NOT_FOUND, where this record does not know the case.
    """

    async def decide() -> Work:
        case = await find_case(record, command.case_id)
        case.assign(
            decision_id=command.decision_id,
            agent_id=command.agent_id,
            tier=command.tier,
            reason=command.reason,
            policy_version=command.policy_version,
            decided_at=command.decided_at,
            candidates=command.candidates,
            rejections=command.rejections,
            at=context.at,
        )
        return Work(streams=with_facts(case), outcome={"case_id": str(case.id)})

    return await record.transact(context, decide, serialise_on=(command.case_id,))
