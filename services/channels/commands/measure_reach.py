"""Take note of how often a contact that was said in public has been met since."""

from __future__ import annotations

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Channel
from services.channels.commands.parking import lane_of, park
from services.channels.domain.contact import Contact
from services.channels.domain.inbound import ReachMeasured
from services.channels.domain.raw import account_id_of, contact_id_of
from services.channels.ports import Directory


class MeasureReach(msgspec.Struct, frozen=True):
    """The measure as its channel told of it."""

    item: ReachMeasured
    channel: Channel
    account: str


async def measure_reach(
    command: MeasureReach, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Record the newest measure, or park it until its contact comes. How a reply of ours is met is nothing to us."""
    item = command.item
    account_id = account_id_of(command.channel, command.account)

    async def decide() -> Work:
        contact = await record.load(Contact, contact_id_of(command.channel, command.account, item.external_id))
        if contact is not None:
            contact.measure(item, at=context.at)
            return Work(streams=(contact,))
        if await directory.delivery_of(account_id, item.external_id) is not None:
            return Work()
        return Work(rows=(park(command.channel, command.account, item, context.at),))

    return await record.transact(context, decide, serialise_on=(lane_of(account_id, item.external_id),))
