"""An agent learns that an address is not a customer's, or not any more."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Refusal, RefusalCode
from services.case.commands.finding import check_customer_usable, find_customer
from services.case.domain.permissions import Permission, require
from services.case.domain.texts import NOTE_LENGTH_MAX, checked_text
from services.case.ports import Directory


class RemoveHandle(msgspec.Struct, frozen=True):
    """The handle, and why, in words."""

    handle_id: UUID
    reason: str


async def remove_handle(
    command: RemoveHandle, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Take it off the customer's record. From then on it is free: who writes from there is somebody new.

    What was said from there stays where it is, but nothing is answered to it any more. Outcome: `customer_id`,
    `handle_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND (no such handle, or not any more), CUSTOMER_ERASED, CUSTOMER_RESTRICTED,
            INVALID_INPUT (reason empty), TEXT_TOO_LONG.
    """
    require(context.actor, Permission.REMOVE_HANDLE)
    reason = checked_text(command.reason, "reason", length_max=NOTE_LENGTH_MAX)

    async def decide() -> Work:
        customer_id = await directory.customer_of_handle(command.handle_id)
        if customer_id is None:
            raise Refusal(RefusalCode.NOT_FOUND, "no such handle", "handleId")
        customer = await find_customer(record, customer_id, "handleId")
        await check_customer_usable(record, customer, "handleId", at=context.at)
        customer.remove_handle(handle_id=command.handle_id, reason=reason, at=context.at)
        return Work(streams=(customer,), outcome={"customer_id": str(customer.id), "handle_id": str(command.handle_id)})

    return await record.transact(context, decide, serialise_on=(command.handle_id,))
