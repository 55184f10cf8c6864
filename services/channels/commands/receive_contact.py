"""Record a contact that came in, once, with everything that was said of it before."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.channels.commands.parking import join_contact, lane_of, unpark
from services.channels.domain.contact import Contact
from services.channels.domain.inbound import ContactArrived
from services.channels.domain.raw import RawInbound, contact_id_of
from services.channels.ports import Directory


class ReceiveContact(msgspec.Struct, frozen=True):
    """`raw`: the payload it was read from. `brand`: of the account it came to."""

    item: ContactArrived
    raw: RawInbound
    brand: str | None = None


async def receive_contact(
    command: ReceiveContact, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Begin the contact's stream. One that is on record, or the echo of a reply of ours, changes nothing."""
    item, raw = command.item, command.raw
    account_id = raw.account_id

    async def decide() -> Work:
        known = await record.load(Contact, contact_id_of(raw.channel, raw.account, item.external_id))
        if known is not None or await directory.delivery_of(account_id, item.external_id) is not None:
            return Work()
        answered = await _answered(command, directory)
        contact = Contact.receive(item, raw, brand=command.brand, in_reply_to=answered, at=context.at)
        parked = await directory.parked(account_id, item.external_id)
        reactions = await join_contact(contact, parked, record, context.at)
        return Work(
            streams=(contact, *reactions),
            rows=(unpark(account_id, item.external_id),) if parked else (),
            outcome={"contact_id": str(contact.id)},
        )

    return await record.transact(context, decide, serialise_on=(lane_of(account_id, item.external_id),))


async def _answered(command: ReceiveContact, directory: Directory) -> UUID | None:
    """The contact it answers: a reply of ours by the id its platform gave it, else one that came in."""
    external_id, raw = command.item.in_reply_to, command.raw
    if external_id is None:
        return None
    reply = await directory.delivery_of(raw.account_id, external_id)
    return reply or contact_id_of(raw.channel, raw.account, external_id)
