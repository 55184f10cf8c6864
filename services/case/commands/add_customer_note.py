"""Somebody writes down what colleagues need to know of a customer, whatever the matter."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import check_customer_usable, find_customer
from services.case.domain.permissions import Permission, require
from services.case.domain.texts import checked_text


class AddCustomerNote(msgspec.Struct, frozen=True):
    """The note `note_id`. `pinned`: to be read before the others."""

    customer_id: UUID
    note_id: UUID
    text: str
    pinned: bool = False


async def add_customer_note(command: AddCustomerNote, context: CommandContext, *, record: Record) -> Committed:
    """Put the note on the customer's record. Outcome: `customer_id`, `note_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, CUSTOMER_ERASED, CUSTOMER_RESTRICTED, INVALID_INPUT (text empty), TEXT_TOO_LONG.
    """
    require(context.actor, Permission.ADD_NOTE)
    text = checked_text(command.text, "text")

    async def decide() -> Work:
        customer = await find_customer(record, command.customer_id, "customerId")
        await check_customer_usable(record, customer, "customerId", at=context.at)
        customer.note(note_id=command.note_id, text=text, pinned=command.pinned, at=context.at)
        return Work(streams=(customer,), outcome={"customer_id": str(customer.id), "note_id": str(command.note_id)})

    return await record.transact(context, decide, serialise_on=(command.customer_id,))
