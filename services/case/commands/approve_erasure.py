"""Another person says yes to erasing a customer."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Refusal
from services.case.commands.finding import find_customer, find_erasure
from services.case.domain.permissions import Permission, require


class ApproveErasure(msgspec.Struct, frozen=True):
    """Yes to the request of that id."""

    request_id: UUID


async def approve_erasure(command: ApproveErasure, context: CommandContext, *, record: Record) -> Committed:
    """Record the approval: the erasure is carried out from then on. Outcome: `request_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, SELF_APPROVAL, NOT_AWAITING_APPROVAL, APPROVAL_EXPIRED, CUSTOMER_ERASED, and
            LEGAL_HOLD or CUSTOMER_RESTRICTED for what stands in the way.
    """
    require(context.actor, Permission.ERASE_CUSTOMER)

    async def decide() -> Work:
        erasure = await find_erasure(record, command.request_id, "requestId")
        customer = await find_customer(record, erasure.customer_id, "requestId")
        customer.check_not_erased("requestId")
        erasure.approve(approver=context.actor, at=context.at)
        for block in customer.blocked_by(context.at):
            raise Refusal(block.why, "the customer may not be erased now", "requestId")
        return Work(streams=(erasure,), outcome={"request_id": str(command.request_id)})

    return await record.transact(context, decide, serialise_on=(command.request_id,))
