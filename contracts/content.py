"""The sealed part of what services tell each other: personal data, always inside an envelope, never in a clear field.

A fact that is published carries at most one sealed field, named `content`, of one of these types. The envelope's plain
text is the JSON object `{"content": …}`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contracts.vocabulary import HandleKind, SpanKind


class HandleContent(msgspec.Struct, frozen=True, omit_defaults=True):
    """An address as its channel gave it. The first handle of a contact is its sender's; the others are aliases."""

    kind: HandleKind
    value: str
    display: str | None = None


class AttachmentContent(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file that came along: where it can be fetched and what the sender said it is."""

    external_id: str
    media_type: str
    name: str | None = None
    sha256: str | None = None
    size_bytes: int | None = None


class TextSpan(msgspec.Struct, frozen=True, omit_defaults=True):
    """A part of a text that its writer did not say anew, from character `start` up to `end`, which it does not hold."""

    kind: SpanKind
    start: int
    end: int


class RatingContent(msgspec.Struct, frozen=True):
    """How its writer judged us, on the scale of the place where that was said."""

    value: float
    min: float
    max: float


class ReachContent(msgspec.Struct, frozen=True, omit_defaults=True):
    """How many it reaches, as its channel tells. `followers`: of its writer. `views`: of an outlet, its readers too."""

    measured_at: datetime
    followers: int | None = None
    views: int | None = None
    shares: int | None = None
    likes: int | None = None


class ExternalIdContent(msgspec.Struct, frozen=True, omit_defaults=True):
    """What another system calls a customer. `system`: its name, in small letters. `url`: where it shows them."""

    system: str
    value: str
    url: str | None = None


class ContactContent(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who wrote, and what: the personal part of a contact.

    `external_id`: the platform's own id of it. It is personal, too: a WhatsApp message id spells its sender's number.
    `html`: sanitised, where it came so; `text` says the same. `spans`: quotes and signatures in `text`, in order; what
    lies outside is the visible text. `references`: external ids of the messages before it in its thread, oldest first.
    `url`: where it stands in public. `external_ids`: what systems call its sender that vouch for that.
    """

    handles: tuple[HandleContent, ...] = ()
    sender_name: str | None = None
    subject: str | None = None
    text: str | None = None
    fields: dict[str, Any] = {}
    attachments: tuple[AttachmentContent, ...] = ()
    external_id: str | None = None
    html: str | None = None
    spans: tuple[TextSpan, ...] = ()
    references: tuple[str, ...] = ()
    url: str | None = None
    rating: RatingContent | None = None
    reach: ReachContent | None = None
    external_ids: tuple[ExternalIdContent, ...] = ()


class EditContent(msgspec.Struct, frozen=True, omit_defaults=True):
    """The text after an edit by its sender."""

    text: str | None = None


class AliasContent(msgspec.Struct, frozen=True, omit_defaults=True):
    """One person's two addresses on a channel, the old one first: a changed number, for instance."""

    old: HandleContent
    new: HandleContent


class TemplateContent(msgspec.Struct, frozen=True, omit_defaults=True):
    """A text that a platform approved beforehand, and what stands in its places: in `{{1}}` the first of them."""

    name: str
    language: str
    parameters: tuple[str, ...] = ()


class ReplyFileContent(msgspec.Struct, frozen=True):
    """A file that goes along, as it was brought to the front door. `media_type`: by its content."""

    attachment_id: UUID
    name: str
    media_type: str
    size_bytes: int


class PublicationContent(msgspec.Struct, frozen=True):
    """What is to be said to everybody."""

    text: str


class ReplyContent(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is to be sent, and to whom. `template`: as which `text` leaves where the channel asks for one.

    `subject`: of what begins a matter; an answer has that of what it answers. `html`: sanitised, where the channel
    takes it; `text` says the same. `files`: in their order.
    """

    to: HandleContent
    text: str
    subject: str | None = None
    template: TemplateContent | None = None
    html: str | None = None
    files: tuple[ReplyFileContent, ...] = ()
