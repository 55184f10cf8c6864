"""Routing decided who takes a case."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_case
from services.case.commands.placing import with_facts
from services.case.domain import assignments
from services.case.domain.assignments import RoutedDecision


class AssignCase(msgspec.Struct, frozen=True):
    """The decision on a case."""

    case_id: UUID
    decision: RoutedDecision


async def assign_case(command: AssignCase, context: CommandContext, *, record: Record) -> Committed:
    """Record the decision on the case. Outcome: `case_id`.

    Raises:
        Refusal: NOT_FOUND, where this record does not know the case.
    """

    async def decide() -> Work:
        case = await find_case(record, command.case_id)
        assignments.record(case, command.decision, at=context.at)
        return Work(streams=with_facts(case), outcome={"case_id": str(case.id)})

    return await record.transact(context, decide, serialise_on=(command.case_id,))
