"""Record that an emoji was put on a message of either side, or taken off."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Channel
from services.channels.commands.parking import lane_of, new_reaction, park
from services.channels.domain.contact import Contact
from services.channels.domain.inbound import ReactionChanged
from services.channels.domain.raw import account_id_of, contact_id_of
from services.channels.ports import Directory


class ChangeReaction(msgspec.Struct, frozen=True):
    """The change as its channel told of it."""

    item: ReactionChanged
    channel: Channel
    account: str


async def change_reaction(
    command: ChangeReaction, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Record the change once, or park it until its message is known."""
    item = command.item
    account_id = account_id_of(command.channel, command.account)

    async def target() -> UUID | None:
        reply = await directory.delivery_of(account_id, item.external_id)
        if reply is not None:
            return reply
        contact = await record.load(Contact, contact_id_of(command.channel, command.account, item.external_id))
        return contact.id if contact is not None else None

    async def decide() -> Work:
        contact_id = await target()
        if contact_id is None:
            return Work(rows=(park(command.channel, command.account, item, context.at),))
        changed = await new_reaction(
            item,
            channel=command.channel,
            account=command.account,
            contact_id=contact_id,
            record=record,
            at=context.at,
        )
        return Work(streams=tuple(changed))

    return await record.transact(context, decide, serialise_on=(lane_of(account_id, item.external_id),))
