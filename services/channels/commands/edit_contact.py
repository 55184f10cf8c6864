"""Take over the text of a contact that its sender changed."""

from __future__ import annotations

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Channel
from services.channels.commands.parking import lane_of, park
from services.channels.domain.contact import Contact
from services.channels.domain.inbound import ContactEdited
from services.channels.domain.raw import account_id_of, contact_id_of
from services.channels.ports import Directory


class EditContact(msgspec.Struct, frozen=True):
    """The edit as its channel told of it."""

    item: ContactEdited
    channel: Channel
    account: str


async def edit_contact(
    command: EditContact, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Record the new text, or park the edit until its contact comes.

    A reply of ours that was edited in the channel's own app stays as the agent wrote it: nothing is recorded.
    """
    item = command.item
    account_id = account_id_of(command.channel, command.account)

    async def decide() -> Work:
        contact = await record.load(Contact, contact_id_of(command.channel, command.account, item.external_id))
        if contact is not None:
            contact.edit(item, at=context.at)
            return Work(streams=(contact,))
        if await directory.delivery_of(account_id, item.external_id) is not None:
            return Work()
        return Work(rows=(park(command.channel, command.account, item, context.at),))

    return await record.transact(context, decide, serialise_on=(lane_of(account_id, item.external_id),))
