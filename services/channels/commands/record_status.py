"""Record how far a platform says a reply of ours has come."""

from __future__ import annotations

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Channel
from services.channels.commands.parking import join_delivery, lane_of, park, unpark
from services.channels.domain.delivery import Delivery
from services.channels.domain.inbound import StatusReported
from services.channels.domain.raw import account_id_of
from services.channels.ports import Directory


class RecordStatus(msgspec.Struct, frozen=True):
    """The report as its channel made it."""

    item: StatusReported
    channel: Channel
    account: str


async def record_status(
    command: RecordStatus, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Move the reply forward, never back; a report on a message that is not known yet is parked."""
    item = command.item
    account_id = account_id_of(command.channel, command.account)

    async def decide() -> Work:
        delivery = await _find(command, record, directory)
        if delivery is None:
            return Work(rows=(park(command.channel, command.account, item, context.at),))
        parked = await directory.parked(account_id, item.external_id) if delivery.external_id is None else ()
        delivery.report(item, at=context.at)
        reactions = await join_delivery(delivery, parked, record, context.at)
        rows = (unpark(account_id, item.external_id),) if parked else ()
        return Work(streams=(delivery, *reactions), rows=rows)

    return await record.transact(context, decide, serialise_on=(lane_of(account_id, item.external_id),))


async def _find(command: RecordStatus, record: Record, directory: Directory) -> Delivery | None:
    """The reply by the id we gave the platform to bring back, else by the platform's own."""
    account_id = account_id_of(command.channel, command.account)
    contact_id = await directory.delivery_of(account_id, command.item.external_id) or command.item.contact_id
    delivery = await record.load(Delivery, contact_id) if contact_id is not None else None
    if delivery is None or (delivery.channel, delivery.account) != (command.channel, command.account):
        return None
    return delivery
