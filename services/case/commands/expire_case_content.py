"""What was said in a case that was resolved long ago was kept long enough."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Row, Work
from contracts.vocabulary import id_of
from services.case.commands.finding import find_case, find_customer
from services.case.domain.redacting import expire
from services.case.domain.redaction import Redaction


class ExpireCaseContent(msgspec.Struct, frozen=True):
    """The case, should it have been resolved before `cutoff`."""

    case_id: UUID
    cutoff: datetime


async def expire_case_content(command: ExpireCaseContent, context: CommandContext, *, record: Record) -> Committed:
    """Withhold what was said, once: nothing is added to the case any more, and it is not opened again.

    A case that was opened again, or whose customer's data may not be destroyed, stays. Outcome: `expired`.
    """

    async def decide() -> Work:
        case = await find_case(record, command.case_id)
        customer = await find_customer(record, case.customer_id)
        if case.erased or case.resolved_at is None or case.resolved_at >= command.cutoff:
            return Work(outcome={"expired": False})
        if customer.erased or customer.blocked_by(context.at):
            return Work(outcome={"expired": False})
        redaction_id = id_of("expiry", str(case.id))
        withheld = expire(case, redaction_id=redaction_id, at=context.at)
        redaction = Redaction.begin(
            redaction_id=redaction_id,
            case_id=case.id,
            customer_id=case.customer_id,
            entry_id=case.id,
            at=context.at,
        )
        return Work(
            streams=(case, redaction),
            rows=(Row("withhold_envelopes", (case.id, list(withheld))),),
            outcome={"expired": True},
        )

    return await record.transact(context, decide, serialise_on=(command.case_id,))
