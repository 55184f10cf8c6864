"""What stood in the way of using or erasing a customer's data does so no more."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Refusal, RefusalCode
from services.case.commands.finding import find_customer
from services.case.commands.placing import with_facts
from services.case.domain.permissions import Permission, require
from services.case.domain.texts import NOTE_LENGTH_MAX, checked_text
from services.case.ports import Directory


class LiftRestriction(msgspec.Struct, frozen=True):
    """The restriction, and why it ends."""

    restriction_id: UUID
    reason: str


async def lift_restriction(
    command: LiftRestriction, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """End the restriction; one that has ended is left as it is. Outcome: `restriction_id`, `customer_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, INVALID_INPUT (reason empty), TEXT_TOO_LONG.
    """
    require(context.actor, Permission.RESTRICT_CUSTOMER)
    reason = checked_text(command.reason, "reason", length_max=NOTE_LENGTH_MAX)

    async def decide() -> Work:
        customer_id = await directory.customer_of_restriction(command.restriction_id)
        if customer_id is None:
            raise Refusal(RefusalCode.NOT_FOUND, "no such restriction", "restrictionId")
        customer = await find_customer(record, customer_id, "restrictionId")
        customer.lift_restriction(restriction_id=command.restriction_id, reason=reason, at=context.at)
        outcome = {"restriction_id": str(command.restriction_id), "customer_id": str(customer.id)}
        return Work(streams=with_facts(customer), outcome=outcome)

    return await record.transact(context, decide)
