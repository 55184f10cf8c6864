"""Items that come before the message they are about wait in a table, and are joined with it when it comes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.stored import Record, Row
from contracts.vocabulary import Channel, id_of
from services.channels.domain.contact import Contact, Reaction, reaction_id_of
from services.channels.domain.delivery import Delivery
from services.channels.domain.inbound import (
    ContactEdited,
    ContactRemoved,
    Inbound,
    ReachMeasured,
    ReactionChanged,
    StatusReported,
)
from services.channels.domain.raw import account_id_of, contact_id_of

Parkable = ContactEdited | ContactRemoved | ReactionChanged | ReachMeasured | StatusReported


def lane_of(account_id: UUID, external_id: str) -> UUID:
    """What everything about one message of a platform queues up on, so that an item is never parked beside it."""
    return id_of("external", str(account_id), external_id)


def park(channel: Channel, account: str, item: Parkable, at: datetime) -> Row:
    """The row that keeps an item until its message comes; the same item is kept once."""
    account_id = account_id_of(channel, account)
    contact_id = contact_id_of(channel, account, item.external_id)
    return Row("park_item", (account_id, item.external_id, _key_of(item), msgspec.json.encode(item), contact_id, at))


def unpark(account_id: UUID, external_id: str) -> Row:
    """The row that lets go of what was joined."""
    return Row("unpark_items", (account_id, external_id))


async def join_contact(contact: Contact, parked: Iterable[Inbound], record: Record, at: datetime) -> list[Reaction]:
    """Let a contact catch up with what came before it; gives the reactions to store beside it."""
    reactions = []
    for item in parked:
        match item:
            case ContactEdited():
                contact.edit(item, at=at)
            case ContactRemoved():
                contact.remove(item, at=at)
            case ReachMeasured():
                contact.measure(item, at=at)
            case ReactionChanged():
                reactions += await _reaction_to(contact, item, record, at)
            case _:
                continue
    return reactions


async def join_delivery(delivery: Delivery, parked: Iterable[Inbound], record: Record, at: datetime) -> list[Reaction]:
    """Let a reply catch up with what was said of it before its id was known."""
    reactions = []
    for item in parked:
        match item:
            case StatusReported():
                delivery.report(item, at=at)
            case ReactionChanged():
                reactions += await _reaction_to(delivery, item, record, at)
            case _:
                continue
    return reactions


async def new_reaction(
    item: ReactionChanged, *, channel: Channel, account: str, contact_id: UUID, record: Record, at: datetime
) -> list[Reaction]:
    """The stream of a change of an emoji, or nothing where it is on record."""
    if await record.load(Reaction, reaction_id_of(channel, account, item)) is not None:
        return []
    return [Reaction.change(item, channel=channel, account=account, contact_id=contact_id, at=at)]


async def _reaction_to(
    target: Contact | Delivery, item: ReactionChanged, record: Record, at: datetime
) -> list[Reaction]:
    return await new_reaction(
        item, channel=target.channel, account=target.account, contact_id=target.id, record=record, at=at
    )


def _key_of(item: Parkable) -> str:
    match item:
        case ContactEdited():
            return f"edit:{item.edit_id}"
        case ContactRemoved():
            return "removed"
        case ReactionChanged():
            return f"reaction:{item.reaction_id}"
        case ReachMeasured():
            return f"reach:{item.measured_at.isoformat()}"
        case StatusReported():
            return f"status:{item.status}"
