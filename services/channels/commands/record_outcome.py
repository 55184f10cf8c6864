"""Record what became of a try to send a reply."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Row, Work
from contracts.vocabulary import Refusal, RefusalCode
from services.channels.commands.parking import join_delivery, lane_of, unpark
from services.channels.domain.delivery import Delivery
from services.channels.domain.outbound import SendOutcome, SendRefused, TakenOver
from services.channels.ports import Directory


class RecordOutcome(msgspec.Struct, frozen=True):
    """Which reply, on which account, and what became of it."""

    contact_id: UUID
    account_id: UUID
    outcome: SendOutcome


async def record_outcome(
    command: RecordOutcome, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Record the outcome, and in the same stroke what was reported of the message before we knew its id.

    How its account does shows since when our login is not taken.

    Raises:
        Refusal: NOT_FOUND.
    """
    account_id, outcome = command.account_id, command.outcome
    external_id = outcome.external_id if isinstance(outcome, TakenOver) else None

    async def decide() -> Work:
        delivery = await record.load(Delivery, command.contact_id)
        if delivery is None:
            raise Refusal(RefusalCode.NOT_FOUND, "there is no such reply")
        delivery.conclude(outcome, at=context.at)
        parked = await directory.parked(account_id, external_id) if external_id is not None else ()
        reactions = await join_delivery(delivery, parked, record, context.at)
        rows = [unpark(account_id, external_id)] if external_id is not None and parked else []
        if isinstance(outcome, SendRefused) and outcome.login:
            rows.append(Row("login_refused", (account_id, context.at)))
        return Work(streams=(delivery, *reactions), rows=tuple(rows), outcome={"status": delivery.status.value})

    lanes = [command.contact_id] if external_id is None else [command.contact_id, lane_of(account_id, external_id)]
    return await record.transact(context, decide, serialise_on=lanes)
