"""A contact as its case knows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from contracts.content import ContactContent, HandleContent
from contracts.vocabulary import (
    AttachmentState,
    Channel,
    ContactKind,
    ContentState,
    DeliveryStatus,
    Direction,
    HandleAssurance,
    TriageClass,
    Visibility,
)
from services.case.domain.texts import PREVIEW_LENGTH_MAX, SUBJECT_LENGTH_MAX, excerpt
from services.case.domain.triage import Triage

WHOLE_SECOND = timedelta(seconds=1)
LIVE_WITHIN = timedelta(seconds=2)
"""A contact that arrives this soon after it was sent is live: its place among what we do ourselves matters."""
YEAR_MIN, YEAR_MAX = 1900, 9900
"""Nothing happened outside them, and a database keeps the ends of Python's calendar as no moments at all."""
READABLE = frozenset({ContentState.PRESENT, ContentState.NONE})
"""Words that are not gone: not taken back, not redacted, not expired."""


class AttachmentNews(msgspec.Struct, frozen=True):
    """How far a file is, as the front door says. `number`: its place among its contact's, from 0."""

    attachment_id: UUID
    contact_id: UUID
    number: int
    state: AttachmentState
    media_type: str | None = None
    size_bytes: int | None = None
    reason: str | None = None


class ContactToAttach(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a contact when it gets its place. `account` None: no channel brought it, an agent did.

    `due_from`: from when on we are to move, where that is not when it happened. `moved_from`: the case it leaves.
    `summoned`: False where its platform lets nobody answer in public who is neither named nor quoted nor answered.
    """

    contact_id: UUID
    customer_id: UUID
    channel: Channel
    kind: ContactKind
    direction: Direction
    visibility: Visibility
    assurance: HandleAssurance
    occurred_at: datetime
    account: str | None = None
    handle_id: UUID | None = None
    in_reply_to: UUID | None = None
    brand: str | None = None
    language: str | None = None
    agent_ref: str | None = None
    content_key_id: UUID | None = None
    content: ContactContent | None = None
    triage: Triage | None = None
    due_from: datetime | None = None
    moved_from: UUID | None = None
    summoned: bool = True


class CaseContact(msgspec.Struct, kw_only=True):
    """A contact on a case, as folded from the facts. `to`: the address on the customer's side.

    `agent_ref`: who was in touch, where an agent was. `acknowledges`: it only says that we heard. `class_`: what it
    is, where triage said so.

    `personal`: what else it tells of the customer, such as the address in a form.

    `attachments`: how far its files are, those of which something was said. `due_from`: from when on we are to move,
    where that is not when it happened. `edited_at`: when its sender last changed it.
    `reaction`: the emoji on it; `reacted_at`: when that was put on, or the last one taken off.
    `in_reply_to`: of an answer, what it answers. `private_answer`: to something public, the answer for its author alone
    that is under way or arrived. `summoned`: as it was attached.
    """

    contact_id: UUID
    channel: Channel
    kind: ContactKind
    direction: Direction
    visibility: Visibility
    assurance: HandleAssurance
    occurred_at: datetime
    recorded_at: datetime
    delivery_status: DeliveryStatus
    account: str | None
    handle_id: UUID | None
    to: HandleContent | None
    text: str | None
    text_state: ContentState
    personal: tuple[str, ...] = ()
    attachments: dict[UUID, AttachmentNews] = {}
    agent_ref: str | None = None
    acknowledges: bool = False
    class_: TriageClass | None = None
    due_from: datetime | None = None
    edited_at: datetime | None = None
    reaction: str | None = None
    reacted_at: datetime | None = None
    in_reply_to: UUID | None = None
    private_answer: UUID | None = None
    summoned: bool = True


def moment_of(occurred_at: datetime, received_at: datetime) -> datetime:
    """When a contact happened, as exactly as it can be known.

    Platforms that tell whole seconds put a message before what happened earlier in its second, such as the call it
    follows. It came after that second's beginning and before we had it; for live contacts the latest such moment it is.
    What is said to be of no year that anybody can mean happened when we had it.
    """
    if not YEAR_MIN <= occurred_at.year <= YEAR_MAX:
        return received_at
    if occurred_at.microsecond or not occurred_at <= received_at < occurred_at + LIVE_WITHIN:
        return occurred_at
    return min(received_at, occurred_at + WHOLE_SECOND - timedelta(milliseconds=1))


def first_delivery_status(direction: Direction) -> DeliveryStatus:
    """Of a contact that is over when it is attached: it came in, or somebody sent it elsewhere."""
    return DeliveryStatus.RECEIVED if direction is Direction.INBOUND else DeliveryStatus.SENT


def text_state(content: object | None, text: str | None) -> ContentState:
    """What became of a text, given what could still be opened."""
    if content is None:
        return ContentState.ERASED
    return ContentState.PRESENT if text else ContentState.NONE


_PERSONAL_FIELDS = (
    *(
        "address",
        "adres",
        "birth",
        "city",
        "client",
        "contract",
        "customer",
        "geboorte",
        "huisnummer",
        "iban",
        "invoice",
    ),
    *(
        "klant",
        "kvk",
        "order",
        "bestel",
        "factuur",
        "plaats",
        "policy",
        "polis",
        "postal",
        "postcode",
        "street",
        "straat",
    ),
    *("voucher", "woonplaats", "zip"),
)
"""How the names of those fields of a form begin whose answers tell who somebody is."""
_PERSONAL_FIELDS_MAX = 50


def personal_of(content: ContactContent | None) -> tuple[str, ...]:
    """What the fields of a form tell of a customer beside its text."""
    return () if content is None else personal_values(content.fields)


def personal_values(fields: Mapping[str, Any]) -> tuple[str, ...]:
    """Those of named values that tell who somebody is, by their names: an address, a date of birth, a number."""
    named = (str(value) for name, value in fields.items() if name.casefold().startswith(_PERSONAL_FIELDS))
    return tuple(value for value in named if value.strip())[:_PERSONAL_FIELDS_MAX]


def subject_of(content: ContactContent | None) -> str | None:
    """What a case is called that begins with this contact: its subject, else how its text begins."""
    if content is None:
        return None
    return excerpt(content.subject, PREVIEW_LENGTH_MAX) or excerpt(content.text, SUBJECT_LENGTH_MAX)
