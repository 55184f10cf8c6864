"""By what a kept payload is found again when somebody in it is to be forgotten: hashes, no address among them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from contracts.content import HandleContent
from contracts.vocabulary import Channel, id_of
from services.channels.domain.contact import alias_id_of
from services.channels.domain.inbound import ContactArrived, HandleAliased, Ignored, Inbound
from services.channels.domain.raw import RawInbound, account_id_of, contact_id_of


class Trace(msgspec.Struct, frozen=True):
    """A payload tells of a message, or of a handle. `subject_id`: under whose key an alias is sealed."""

    trace: UUID
    raw_id: UUID
    subject_id: UUID | None = None


def traces_of(item: Inbound, raw: RawInbound, beside: Sequence[str] = ()) -> tuple[Trace, ...]:
    """Where an item leads: to its message, or, where a platform joins two addresses, to both of them.

    A mail's id may be another one's, and the mail a contact of another account of ours (`beside`): to all it may be of.
    """
    match item:
        case Ignored():
            return ()
        case HandleAliased(content=content):
            alias_id = alias_id_of(raw.channel, raw.account, item)
            handles = (content.old, content.new)
            return tuple(
                Trace(handle_trace(raw.channel, raw.account, handle), raw.raw_id, alias_id) for handle in handles
            )
        case ContactArrived(otherwise=str() as otherwise):
            ids = [contact_id_of(raw.channel, account, item.external_id) for account in (raw.account, *beside)]
            return tuple(Trace(each, raw.raw_id) for each in (*ids, contact_id_of(raw.channel, raw.account, otherwise)))
        case other:
            return (Trace(contact_id_of(raw.channel, raw.account, other.external_id), raw.raw_id),)


def handle_trace(channel: Channel, account: str, handle: HandleContent) -> UUID:
    """What stands for a handle on an account."""
    return id_of("handle-trace", str(account_id_of(channel, account)), handle.kind, handle.value)
