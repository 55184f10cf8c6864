"""Record a contact that came in, once, with everything that was said of it before."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Channel, id_of
from services.channels.commands.parking import join_contact, lane_of, unpark
from services.channels.domain.contact import Contact
from services.channels.domain.delivery import Delivery
from services.channels.domain.inbound import ContactArrived, ReachMeasured
from services.channels.domain.raw import RawInbound, account_id_of, contact_id_of
from services.channels.ports import Directory


class ReceiveContact(msgspec.Struct, frozen=True):
    """`raw`: the payload it was read from. `brand`: of the account it came to.

    `beside`: our other accounts to which the same mail may come.
    """

    item: ContactArrived
    raw: RawInbound
    brand: str | None = None
    beside: tuple[str, ...] = ()


async def receive_contact(
    command: ReceiveContact, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Begin the contact's stream. One that is on record, or the echo of a reply of ours, changes nothing.

    Told of again, something public may have been met more often since. Another mail under an id that is taken is
    recorded under one of its own.
    """
    raw = command.raw
    account_id = raw.account_id

    async def decide() -> Work:
        item = command.item
        contact_id = contact_id_of(raw.channel, raw.account, item.external_id)
        known = await directory.arriving(account_id, item.external_id, contact_id)
        is_taken = known.begun or known.delivery_id is not None
        if is_taken and item.otherwise is not None and not await _is_known(contact_id, command, record):
            references = (*(each for each in item.content.references if each != item.otherwise), item.external_id)
            content = msgspec.structs.replace(item.content, references=references)
            item = msgspec.structs.replace(item, external_id=item.otherwise, otherwise=None, content=content)
            contact_id = contact_id_of(raw.channel, raw.account, item.external_id)
            known = await directory.arriving(account_id, item.external_id, contact_id)
        if known.begun or known.delivery_id is not None:
            return await _measured_again(contact_id, command, context, record)
        if item.otherwise is not None and await _came_before(item, command, record, directory):
            return Work()
        answered = await _answered(command, record, directory)
        contact = Contact.receive(item, raw, brand=command.brand, in_reply_to=answered, at=context.at)
        parked = await directory.parked(account_id, item.external_id) if known.has_parked else ()
        reactions = await join_contact(contact, parked, record, context.at)
        return Work(
            streams=(contact, *reactions),
            rows=(unpark(account_id, item.external_id),) if parked else (),
            outcome={"contact_id": str(contact.id)},
        )

    lanes = [lane_of(account_id, command.item.external_id)]
    if command.beside:
        lanes.append(id_of("mail", command.item.external_id))
    return await record.transact(context, decide, serialise_on=lanes)


async def _named(external_id: str, channel: Channel, account: str, record: Record, directory: Directory) -> UUID | None:
    """What an account of ours knows by that id, or as before something that named it."""
    known = await directory.delivery_of(account_id_of(channel, account), external_id)
    if known is not None:
        return known
    message_id = contact_id_of(channel, account, external_id)
    if await record.load(Contact, message_id) is not None:
        return message_id
    return await directory.named_by(message_id)


async def _is_known(contact_id: UUID, command: ReceiveContact, record: Record) -> bool:
    """Whether the contact of that id is the very mail that came. Mail of our own is told by other signs than its id."""
    contact = await record.load(Contact, contact_id)
    return contact is not None and contact.is_told_by(command.item, command.raw)


async def _came_before(item: ContactArrived, command: ReceiveContact, record: Record, directory: Directory) -> bool:
    """Whether it is a contact under another id, or by another account: a mail to two of our addresses is one."""
    if item.otherwise in item.content.references:
        known_by = contact_id_of(command.raw.channel, command.raw.account, item.otherwise or "")
        if await directory.named_by(known_by) is not None:
            return True
    for account in command.beside:
        contact = await record.load(Contact, contact_id_of(command.raw.channel, account, command.item.external_id))
        if contact is not None and contact.is_told_by(command.item, command.raw):
            return True
    return False


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
    before = [each for each in reversed(item.content.references) if each not in {named, item.otherwise}]
    for external_id in (*([named] if named is not None else []), *before):
        for account in (raw.account, *command.beside):
            known = await _named(external_id, raw.channel, account, record, directory)
            if known is not None:
                return known
    marked = await directory.delivery_marked(raw.account_id, item.case_mark) if item.case_mark is not None else None
    return marked or (contact_id_of(raw.channel, raw.account, named) if named is not None else None)
