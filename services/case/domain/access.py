"""Who saw what: the entries of the access log, and the chain that they form. Ids only: nothing in them is ever erased.

How to recompute the chain, in any language. An entry's hash is SHA-256 over the UTF-8 bytes of a JSON array without
spaces, in this order: the text `eender.access.v1`; the hash before it in lower-case hex (the empty text for the first
entry of all); the day as `YYYY-MM-DD`; its number in that day, from 1; its id; when it occurred, in whole microseconds
since 1970-01-01T00:00:00Z; actor kind; actor; role; kind and reference of whom it was done for; action; purpose;
ticket; customer id; the list of case ids; the list of relations; what was asked, in lower-case hex; client. What is
absent is `null`. What was asked is the SHA-256 over such an array of the text `eender.asked.v1`, the operation and the
list of fields, which `access.asked` holds once. The first entry of a day follows on the last one of the last day before
it that has any.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

import msgspec

from contracts.vocabulary import Actor, ActorKind

LABEL = "eender.access.v1"
ASKED_LABEL = "eender.asked.v1"
ASKED_KEPT_MAX = 1_024
NOBODY = Actor(kind=ActorKind.SYSTEM, ref="unauthenticated")
"""The actor of an attempt whose token was refused or missing: whatever it claimed is not believed."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class AccessAction(StrEnum):
    """What somebody did to see something."""

    READ = "READ"
    SEARCH = "SEARCH"
    LIST = "LIST"
    EXPORT = "EXPORT"
    SUBSCRIBE = "SUBSCRIBE"
    PROOF = "PROOF"
    DENIED = "DENIED"


class AccessRelation(StrEnum):
    """How near the actor stood to the case, or to an open case of the customer, the nearest first."""

    ASSIGNEE = "ASSIGNEE"
    DUO = "DUO"
    TEAM = "TEAM"
    OFFERED = "OFFERED"
    NONE = "NONE"


class AccessEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What one request saw of one customer, or one attempt to see.

    `case_ids`: what of the customer was shown, None for the customer as such. `relations`: as many, of who looked or of
    whom it was for; looked up when it is written, as is the customer of a case. `purpose`: the configured code that was
    given, `ticket`: its reference. `fields`: those the request asked for, as `Type.field`. `client`: a program's name.
    """

    entry_id: UUID
    occurred_at: datetime
    actor: Actor
    action: AccessAction
    on_behalf_of: Actor | None = None
    purpose: str | None = None
    ticket: str | None = None
    customer_id: UUID | None = None
    case_ids: tuple[UUID | None, ...] = (None,)
    relations: tuple[AccessRelation, ...] = (AccessRelation.NONE,)
    operation: str | None = None
    client: str | None = None
    fields: tuple[str, ...] = ()


class AccessSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One subject of an entry: a case, or the customer as such. `number`: its place among them, from 1."""

    entry: AccessEntry
    number: int
    case_id: UUID | None
    relation: AccessRelation


@lru_cache(maxsize=ASKED_KEPT_MAX)
def asked_digest(operation: str | None, fields: tuple[str, ...]) -> bytes:
    """The 32 bytes that stand for what a document asks for: it is the same each time that document comes."""
    return sha256(msgspec.json.encode((ASKED_LABEL, operation, fields))).digest()


def access_hash(previous: bytes, day: date, number: int, entry: AccessEntry) -> bytes:
    """The 32 bytes that an entry adds to the chain. `previous`: empty for the first entry of all."""
    actor, behind = entry.actor, entry.on_behalf_of
    parts = (
        LABEL,
        previous.hex(),
        day.isoformat(),
        number,
        entry.entry_id,
        (entry.occurred_at - _EPOCH) // _MICROSECOND,
        actor.kind,
        actor.ref,
        actor.role,
        None if behind is None else behind.kind,
        None if behind is None else behind.ref,
        entry.action,
        entry.purpose,
        entry.ticket,
        entry.customer_id,
        entry.case_ids,
        entry.relations,
        asked_digest(entry.operation, entry.fields).hex(),
        entry.client,
    )
    return sha256(msgspec.json.encode(parts)).digest()
