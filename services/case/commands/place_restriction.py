"""Somebody says that a customer's data is not to be used, or not to be erased."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_customer
from services.case.domain.erasure_words import RestrictionKind
from services.case.domain.permissions import Permission, require
from services.case.domain.texts import NOTE_LENGTH_MAX, checked_text


class PlaceRestriction(msgspec.Struct, frozen=True):
    """The restriction `restriction_id`. `until` None: until it is lifted."""

    restriction_id: UUID
    customer_id: UUID
    kind: RestrictionKind
    reason: str
    until: datetime | None = None


async def place_restriction(command: PlaceRestriction, context: CommandContext, *, record: Record) -> Committed:
    """Put the restriction on the customer. Outcome: `restriction_id`, `customer_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, CUSTOMER_ERASED, INVALID_INPUT (reason empty, until not ahead), TEXT_TOO_LONG.
    """
    require(context.actor, Permission.RESTRICT_CUSTOMER)
    reason = checked_text(command.reason, "reason", length_max=NOTE_LENGTH_MAX)

    async def decide() -> Work:
        customer = await find_customer(record, command.customer_id, "customerId")
        customer.place_restriction(
            restriction_id=command.restriction_id,
            kind=command.kind,
            until=command.until,
            reason=reason,
            at=context.at,
        )
        outcome = {"restriction_id": str(command.restriction_id), "customer_id": str(customer.id)}
        return Work(streams=(customer,), outcome=outcome)

    return await record.transact(context, decide)
