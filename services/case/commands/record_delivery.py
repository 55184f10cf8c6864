"""What became of a reply."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import DeliveryStatus
from services.case.commands.finding import find_case
from services.case.commands.placing import with_facts
from services.case.domain import replies


class RecordDelivery(msgspec.Struct, frozen=True):
    """A delivery's news."""

    case_id: UUID
    contact_id: UUID
    status: DeliveryStatus
    status_at: datetime
    code: str | None = None
    reason: str | None = None
    retryable: bool = False


async def record_delivery(command: RecordDelivery, context: CommandContext, *, record: Record) -> Committed:
    """Move the reply forward, never back. A reply that failed makes its waiting case ours to move again.

    Outcome: `case_id`.

    Raises:
        Refusal: NOT_FOUND, where this record does not know the case.
    """

    async def decide() -> Work:
        case = await find_case(record, command.case_id)
        replies.update_delivery(
            case,
            contact_id=command.contact_id,
            status=command.status,
            status_at=command.status_at,
            code=command.code,
            reason=command.reason,
            retryable=command.retryable,
            at=context.at,
        )
        return Work(streams=with_facts(case), outcome={"case_id": str(case.id)})

    return await record.transact(context, decide, serialise_on=(command.case_id,))
