"""Record a contact that came in, once, with everything that was said of it before."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.channels.commands.parking import join_contact, lane_of, unpark
from services.channels.domain.contact import Contact
from services.channels.domain.delivery import Delivery
from services.channels.domain.inbound import ContactArrived, ReachMeasured
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
    """Begin the contact's stream. One that is on record, or the echo of a reply of ours, changes nothing.

    Told of again, something public may have been met more often since.
    """
    item, raw = command.item, command.raw
    account_id = raw.account_id

    async def decide() -> Work:
        contact_id = contact_id_of(raw.channel, raw.account, item.external_id)
        known = await directory.arriving(account_id, item.external_id, contact_id)
        if known.begun or known.delivery_id is not None:
            return await _measured_again(contact_id, command, context, record)
        answered = await _answered(command, record, directory)
        contact = Contact.receive(item, raw, brand=command.brand, in_reply_to=answered, at=context.at)
        parked = await directory.parked(account_id, item.external_id) if known.has_parked else ()
        reactions = await join_contact(contact, parked, record, context.at)
        return Work(
            streams=(contact, *reactions),
            rows=(unpark(account_id, item.external_id),) if parked else (),
            outcome={"contact_id": str(contact.id)},
        )

    return await record.transact(context, decide, serialise_on=(lane_of(account_id, item.external_id),))


async def _measured_again(contact_id: UUID, command: ReceiveContact, context: CommandContext, record: Record) -> Work:
    reach, item = command.item.content.reach, command.item
    contact = None if reach is None else await record.load(Contact, contact_id)
    if reach is None or contact is None:
        return Work()
    counts = {"views": reach.views, "shares": reach.shares, "likes": reach.likes}
    contact.measure(ReachMeasured(item.external_id, reach.measured_at, **counts), at=context.at)
    return Work(streams=(contact,) if contact.pending_events else ())


async def _answered(command: ReceiveContact, record: Record, directory: Directory) -> UUID | None:
    """The contact it answers, the surest sign first.

    The reply to whose signed address it came; what it names as answered, or as before it, newest first: a reply of
    ours by the id its platform gave it, else a contact that came in, else one that named the same; the case's mark.
    """
    item, raw = command.item, command.raw
    if item.answers is not None and await record.load(Delivery, item.answers) is not None:
        return item.answers
    named = item.in_reply_to
    before = [each for each in reversed(item.content.references) if each != named]
    for external_id in (*([named] if named is not None else []), *before):
        known = await directory.delivery_of(raw.account_id, external_id)
        if known is None:
            message_id = contact_id_of(raw.channel, raw.account, external_id)
            came_in = await record.load(Contact, message_id) is not None
            known = message_id if came_in else await directory.named_by(message_id)
        if known is not None:
            return known
    marked = await directory.delivery_marked(raw.account_id, item.case_mark) if item.case_mark is not None else None
    return marked or (contact_id_of(raw.channel, raw.account, named) if named is not None else None)
