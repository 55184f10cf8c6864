"""A payer was asked to pay and nothing is settled by it: when it is asked again, or that it is not."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_case
from services.case.commands.placing import with_facts
from services.case.domain import payouts
from services.case.domain.payout import Unsettled


class RecordPayoutAttempt(msgspec.Struct, frozen=True):
    """`again_at` None: it is not posted again."""

    case_id: UUID
    gesture_id: UUID
    outcome: Unsettled
    again_at: datetime | None


async def record_payout_attempt(command: RecordPayoutAttempt, context: CommandContext, *, record: Record) -> Committed:
    """Record it, while the payout is open. Outcome: empty.

    Raises:
        Refusal: NOT_FOUND, where this record does not know the case.
    """

    async def decide() -> Work:
        case = await find_case(record, command.case_id)
        payouts.tried(
            case, gesture_id=command.gesture_id, outcome=command.outcome, again_at=command.again_at, at=context.at
        )
        return Work(streams=with_facts(case))

    return await record.transact(context, decide, serialise_on=(command.case_id,))
