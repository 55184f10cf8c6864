"""Somebody asks to erase a customer's personal data."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_customer
from services.case.domain.erasure import Erasure
from services.case.domain.erasure_words import ErasureGround
from services.case.domain.permissions import Permission, require
from services.case.domain.texts import checked_note


class RequestErasure(msgspec.Struct, frozen=True):
    """The request `request_id`. `note`: for the person who decides; it is forgotten with the rest."""

    request_id: UUID
    customer_id: UUID
    ground: ErasureGround
    note: str | None = None


async def request_erasure(command: RequestErasure, context: CommandContext, *, record: Record) -> Committed:
    """Put the request on record, for another person to approve. Outcome: `request_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, CUSTOMER_ERASED, TEXT_TOO_LONG.
    """
    require(context.actor, Permission.ERASE_CUSTOMER)
    note = checked_note(command.note, "note")

    async def decide() -> Work:
        customer = await find_customer(record, command.customer_id, "customerId")
        customer.check_not_erased("customerId")
        erasure = Erasure.request(
            request_id=command.request_id,
            customer_id=customer.id,
            ground=command.ground,
            requester=context.actor,
            note=note,
            at=context.at,
        )
        return Work(streams=(erasure,), outcome={"request_id": str(command.request_id)})

    return await record.transact(context, decide)
