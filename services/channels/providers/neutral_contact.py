"""Contacts in our own words: what other systems may say of one, and what became of it (`docs/channels/webhook.md`)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec

from contracts.content import (
    AttachmentContent,
    ContactContent,
    ExternalIdContent,
    HandleContent,
    RatingContent,
    ReachContent,
)
from contracts.vocabulary import ContactKind, DeliveryStatus, Direction, HandleAssurance, HandleKind, Visibility
from services.channels.domain.inbound import (
    LANGUAGE_LENGTH_MAX,
    ContactArrived,
    ContactEdited,
    ContactRemoved,
    Ignored,
    Inbound,
    ReachMeasured,
    ReactionChanged,
    StatusReported,
)
from services.channels.domain.normal_form import NotUnderstood
from services.channels.domain.raw import RawInbound
from services.channels.providers.json_values import (
    COUNT_MAX,
    EARLIEST,
    EXTERNAL_ID_LENGTH_MAX,
    SKEW_MAX,
    derived_id,
    web_address,
)
from services.channels.providers.platform_answers import told_reason
from services.channels.providers.typed_handles import mail_address, phone_number

HANDLES_MAX = 16
EXTERNAL_IDS_MAX = 16
ATTACHMENTS_MAX = 32
EMOJI_LENGTH_MAX = 64
"""One may be a family of many code points; what is longer is no emoji, and would stand on record in the clear."""

Count = Annotated[int, msgspec.Meta(ge=0, le=COUNT_MAX)]
Language = Annotated[str, msgspec.Meta(max_length=LANGUAGE_LENGTH_MAX)]
Emoji = Annotated[str, msgspec.Meta(max_length=EMOJI_LENGTH_MAX)]
SystemName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$")]
ExternalName = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Said = TypeVar("Said", bound=msgspec.Struct)


class Handle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An address of the sender."""

    kind: HandleKind
    value: str


class ExternalId(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a system calls somebody. `url`: where it shows them."""

    system: SystemName
    value: ExternalName
    url: str | None = None


class Sender(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who was in touch. `verified`: the sending system vouches for the handles; else they are the sender's own word.

    `external_ids`: what it, and other systems it knows, call them; only those that it vouches for count.
    """

    handles: tuple[Handle, ...] = ()
    name: str | None = None
    verified: bool = False
    external_ids: tuple[ExternalId, ...] = ()


class Attachment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file, and where it can be fetched."""

    url: str
    media_type: str = "application/octet-stream"
    name: str | None = None
    sha256: str | None = None


class Reach(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many it reaches. `followers`: of who wrote it."""

    followers: Count | None = None
    views: Count | None = None
    shares: Count | None = None
    likes: Count | None = None


class Contact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody was in touch, or we were (`direction`). `url`: where it stands in public."""

    id: str
    occurred_at: datetime | None = None
    kind: ContactKind = ContactKind.MESSAGE
    direction: Direction = Direction.INBOUND
    visibility: Visibility = Visibility.PRIVATE
    sender: Sender = Sender()
    subject: str | None = None
    text: str | None = None
    language: Language | None = None
    in_reply_to: str | None = None
    fields: dict[str, Any] = {}
    attachments: tuple[Attachment, ...] = ()
    url: str | None = None
    rating: RatingContent | None = None
    reach: Reach | None = None


class Edit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sender changed the text of contact `id`."""

    id: str
    text: str | None = None
    occurred_at: datetime | None = None


class Removal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sender took contact `id` back."""

    id: str
    occurred_at: datetime | None = None


class Reaction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An emoji on message `id` of either side; none: taken off."""

    id: str
    emoji: Emoji | None = None
    occurred_at: datetime | None = None


class Measure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often contact `id` has been met by now."""

    id: str
    reach: Reach
    occurred_at: datetime | None = None


class Status(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far the reply has come that was taken under `id`. `contact_id`: as we named it."""

    id: str
    status: DeliveryStatus
    contact_id: UUID | None = None
    occurred_at: datetime | None = None
    reason: str | None = None


def read_item(  # noqa: PLR0911  (one for each type)
    kind: Any, said: dict[str, Any], raw: RawInbound, *, region: str
) -> Inbound:
    """One item. `kind`: contact, edit, removal, reaction, reach or status; what else systems tell asks nothing of us.

    Raises:
        NotUnderstood: a field is missing, unknown, or of another kind.
    """
    match kind:
        case "contact":
            return _contact(_read(Contact, said), raw, region)
        case "edit":
            edit = _read(Edit, said)
            return ContactEdited(edit.id, derived_id(said), _moment(edit.occurred_at, raw)[0], edit.text)
        case "removal":
            removal = _read(Removal, said)
            return ContactRemoved(removal.id, _moment(removal.occurred_at, raw)[0])
        case "reaction":
            reaction = _read(Reaction, said)
            return ReactionChanged(
                reaction.id, derived_id(said), _moment(reaction.occurred_at, raw)[0], reaction.emoji or None
            )
        case "reach":
            measure = _read(Measure, said)
            at, met = _moment(measure.occurred_at, raw)[0], measure.reach
            return ReachMeasured(measure.id, at, views=met.views, shares=met.shares, likes=met.likes)
        case "status":
            status = _read(Status, said)
            at, reason = _moment(status.occurred_at, raw)[0], told_reason(status.reason or "") or None
            return StatusReported(status.id, status.status, at, contact_id=status.contact_id, reason=reason)
        case _:
            return Ignored("unknown-type")


def _contact(contact: Contact, raw: RawInbound, region: str) -> ContactArrived:
    occurred_at, trusted = _moment(contact.occurred_at, raw)
    handles, flags = [], [] if trusted else ["clock-suspect"]
    fields = dict(contact.fields)
    for handle in contact.sender.handles:
        value = _in_normal_form(handle, region)
        if value is None:
            flags.append(f"{handle.kind.lower()}-invalid")
            fields.setdefault(handle.kind.lower(), handle.value)
        else:
            handles.append(HandleContent(kind=handle.kind, value=value, display=contact.sender.name))
    inbound = contact.direction is Direction.INBOUND
    return ContactArrived(
        external_id=contact.id,
        kind=contact.kind,
        occurred_at=occurred_at,
        assurance=HandleAssurance.PLATFORM if contact.sender.verified else HandleAssurance.SELF_ASSERTED,
        direction=contact.direction,
        visibility=contact.visibility,
        in_reply_to=contact.in_reply_to or None,
        language=contact.language or None,
        flags=tuple(dict.fromkeys(flags)),
        content=ContactContent(
            handles=tuple(handles),
            sender_name=contact.sender.name or None if inbound else None,
            subject=contact.subject or None,
            text=contact.text or None,
            fields=fields,
            attachments=tuple(
                AttachmentContent(each.url, each.media_type, name=each.name, sha256=each.sha256)
                for each in contact.attachments
            ),
            url=web_address({"url": contact.url}, "url"),
            rating=contact.rating,
            reach=None if contact.reach is None else _reach(contact.reach, raw.received_at),
            external_ids=_external_ids(contact.sender) if inbound else (),
        ),
    )


def _external_ids(sender: Sender) -> tuple[ExternalIdContent, ...]:
    if not sender.verified:
        return ()
    return tuple(
        ExternalIdContent(each.system, each.value, web_address({"url": each.url}, "url"))
        for each in sender.external_ids
    )


def _reach(reach: Reach, measured_at: datetime) -> ReachContent:
    return ReachContent(
        measured_at, followers=reach.followers, views=reach.views, shares=reach.shares, likes=reach.likes
    )


def _in_normal_form(handle: Handle, region: str) -> str | None:
    match handle.kind:
        case HandleKind.EMAIL:
            return mail_address(handle.value)
        case HandleKind.PHONE | HandleKind.WHATSAPP:
            return phone_number(handle.value, region)
        case _:
            return handle.value if 0 < len(handle.value) <= EXTERNAL_ID_LENGTH_MAX else None


def _read(kind: type[Said], said: dict[str, Any]) -> Said:
    try:
        read = msgspec.convert(said, kind)
    except msgspec.ValidationError as problem:
        complaint, _, place = str(problem).partition(" - at `$")
        raise NotUnderstood("invalid-field", complaint[:200], place.strip(".`")[:64] or _quoted(complaint)) from None
    if not 0 < len(getattr(read, "id", "")) <= EXTERNAL_ID_LENGTH_MAX:
        raise NotUnderstood("invalid-field", f"must have 1 to {EXTERNAL_ID_LENGTH_MAX} characters", "id")
    if isinstance(read, Contact):
        for name, count, count_max in (
            ("sender.handles", len(read.sender.handles), HANDLES_MAX),
            ("sender.external_ids", len(read.sender.external_ids), EXTERNAL_IDS_MAX),
            ("attachments", len(read.attachments), ATTACHMENTS_MAX),
        ):
            if count > count_max:
                raise NotUnderstood("invalid-field", f"at most {count_max} are taken", name)
        if len(read.in_reply_to or "") > EXTERNAL_ID_LENGTH_MAX:
            raise NotUnderstood("invalid-field", f"at most {EXTERNAL_ID_LENGTH_MAX} characters", "in_reply_to")
    return read


def _quoted(complaint: str) -> str | None:
    """The field that a complaint about the whole names: `Object missing required field `id``."""
    parts = complaint.split("`")
    return parts[1][:64] if len(parts) > 1 else None


def _moment(told: datetime | None, raw: RawInbound) -> tuple[datetime, bool]:
    """When it happened, never in the future, and whether to trust it: without a zone it is UTC."""
    if told is None:
        return raw.received_at, True
    try:
        occurred_at = told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
    except OverflowError:
        return raw.received_at, False
    if not EARLIEST <= occurred_at <= raw.received_at + SKEW_MAX:
        return raw.received_at, False
    return min(occurred_at, raw.received_at), True
