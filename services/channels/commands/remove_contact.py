"""Take note that a sender took a contact back."""

from __future__ import annotations

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Channel
from services.channels.commands.parking import lane_of, park
from services.channels.domain.contact import Contact
from services.channels.domain.inbound import ContactRemoved
from services.channels.domain.raw import account_id_of, contact_id_of
from services.channels.ports import Directory


class RemoveContact(msgspec.Struct, frozen=True):
    """The removal as its channel told of it."""

    item: ContactRemoved
    channel: Channel
    account: str


async def remove_contact(
    command: RemoveContact, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Record the removal, or park it until its contact comes.

    A reply of ours that was deleted in the channel's own app stays on record as it was sent.
    """
    item = command.item
    account_id = account_id_of(command.channel, command.account)

    async def decide() -> Work:
        contact = await record.load(Contact, contact_id_of(command.channel, command.account, item.external_id))
        if contact is not None:
            contact.remove(item, at=context.at)
            return Work(streams=(contact,))
        if await directory.delivery_of(account_id, item.external_id) is not None:
            return Work()
        return Work(rows=(park(command.channel, command.account, item, context.at),))

    return await record.transact(context, decide, serialise_on=(lane_of(account_id, item.external_id),))
