"""One WhatsApp message in our words, whichever of Meta's many kinds it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from contracts.content import AttachmentContent, ContactContent, HandleContent
from contracts.vocabulary import ContactKind, Direction, HandleAssurance, HandleKind, Visibility
from services.channels.domain.inbound import ContactArrived
from services.channels.domain.normal_form import NotUnderstood, read_json
from services.channels.domain.raw import RawInbound
from services.channels.providers.json_values import at, derived_id, external_id, items, mapping, moment, text


class Said(msgspec.Struct):
    """What one message says, by kind."""

    text: str | None = None
    fields: dict[str, Any] = {}
    attachments: tuple[AttachmentContent, ...] = ()
    flags: tuple[str, ...] = ()


def handle(number: str | None, user_id: str | None = None, display: str | None = None) -> HandleContent | None:
    """An address: `+` and the number where there is one, else the business-scoped user id that never changes."""
    if number:
        digits = number.removeprefix("+")
        value = f"+{digits}" if digits.isdecimal() else number
        return HandleContent(kind=HandleKind.WHATSAPP, value=value, display=display)
    return HandleContent(kind=HandleKind.WHATSAPP, value=user_id, display=display) if user_id else None


def contact(
    raw: RawInbound, value: dict[str, Any], item: dict[str, Any], direction: Direction
) -> ContactArrived | None:
    """The contact that a message is; None where nobody can be said to have sent or got it."""
    who = "from" if direction is Direction.INBOUND else "to"
    number, user_id = text(item, who), text(item, f"{who}_user_id")
    profile = _profile(value, number, user_id)
    name = text(profile, "profile", "name")
    username = text(profile, "profile", "username")
    user_id = user_id or text(profile, "user_id")
    primary = handle(number or text(profile, "wa_id"), user_id, name)
    if primary is None:
        return None
    alias = handle(None, user_id, username)
    occurred_at, trusted = moment(text(item, "timestamp"), raw.received_at)
    said = what(item)
    return ContactArrived(
        external_id=external_id(item, "id") or derived_id(item),
        kind=ContactKind.MESSAGE,
        occurred_at=occurred_at,
        assurance=HandleAssurance.PLATFORM,
        direction=direction,
        visibility=Visibility.LIMITED if text(item, "group_id") else Visibility.PRIVATE,
        in_reply_to=external_id(item, "context", "id"),
        flags=(*said.flags, *_flags(item, direction=direction, trusted=trusted)),
        content=ContactContent(
            handles=(primary, alias) if alias is not None and alias.value != primary.value else (primary,),
            sender_name=name if direction is Direction.INBOUND else None,
            text=said.text,
            fields=said.fields,
            attachments=said.attachments,
        ),
    )


def what(item: dict[str, Any]) -> Said:
    """What a message says. A kind we do not know is a contact all the same: somebody waits for an answer."""
    said = _KINDS.get(text(item, "type") or "", _unsupported)(item)
    if referral := mapping(item, "referral"):
        said.fields = {**said.fields, "referral": referral}
    return said


def _profile(value: dict[str, Any], number: str | None, user_id: str | None) -> dict[str, Any]:
    """The sender's entry in `contacts`. One that names somebody else says nothing about the sender."""
    profiles = [entry for entry in items(value, "contacts") if isinstance(entry, dict)]
    for entry in profiles:
        if number and text(entry, "wa_id") == number.removeprefix("+"):
            return entry
        if user_id and text(entry, "user_id") == user_id:
            return entry
    nameless = number is None and user_id is None
    return profiles[0] if nameless and len(profiles) == 1 else {}


def _flags(item: dict[str, Any], *, direction: Direction, trusted: bool) -> tuple[str, ...]:
    context = mapping(item, "context")
    flags = {
        "clock-suspect": not trusted,
        "forwarded": bool(context.get("forwarded") or context.get("frequently_forwarded")),
        "from-channel-app": direction is Direction.OUTBOUND,
    }
    return tuple(flag for flag, holds in flags.items() if holds)


def _text(item: dict[str, Any]) -> Said:
    return Said(text=text(item, "text", "body"))


def _media(item: dict[str, Any]) -> Said:
    media = mapping(item, text(item, "type") or "")
    found = external_id(media, "id")
    attachment = AttachmentContent(
        external_id=found or "",
        media_type=text(media, "mime_type") or "application/octet-stream",
        name=text(media, "filename"),
        sha256=text(media, "sha256"),
    )
    return Said(text=text(media, "caption"), attachments=(attachment,) if found else ())


def _button(item: dict[str, Any]) -> Said:
    return Said(text=text(item, "button", "text"), fields=_fields("payload", at(item, "button", "payload")))


def _interactive(item: dict[str, Any]) -> Said:
    interactive = mapping(item, "interactive")
    kind = text(interactive, "type") or ""
    reply = mapping(interactive, kind)
    if kind == "nfm_reply":
        return Said(text=text(reply, "body"), fields=_flow_answers(text(reply, "response_json")))
    if not text(reply, "title"):
        return _unsupported(item)
    said = [part for part in (text(reply, "title"), text(reply, "description")) if part]
    return Said(text="\n".join(said), fields=_fields("payload", reply.get("id")))


def _flow_answers(answers: str | None) -> dict[str, Any]:
    try:
        read = read_json((answers or "").encode())
    except NotUnderstood:
        return {}
    return {key: answer for key, answer in read.items() if key != "flow_token"} if isinstance(read, dict) else {}


def _location(item: dict[str, Any]) -> Said:
    place = mapping(item, "location")
    names = [part for part in (text(place, "name"), text(place, "address")) if part]
    point = [place.get("latitude"), place.get("longitude")]
    if not names and all(isinstance(part, int | float) for part in point):
        names = [str(part) for part in point]
    return Said(text=", ".join(names) or None, fields=_fields("location", place))


def _contacts(item: dict[str, Any]) -> Said:
    cards = items(item, "contacts")
    names = [name for card in cards if (name := text(card, "name", "formatted_name"))]
    return Said(text=", ".join(names) or None, fields=_fields("contacts", cards))


def _order(item: dict[str, Any]) -> Said:
    order = mapping(item, "order")
    lines = [
        f"{text(line, 'quantity') or '?'} x {product}"
        for line in items(order, "product_items")
        if (product := text(line, "product_retailer_id"))
    ]
    said = [text(order, "text"), *lines]
    return Said(text="\n".join(part for part in said if part) or None, fields=_fields("order", order))


def _unsupported(item: dict[str, Any]) -> Said:
    del item
    return Said(flags=("unsupported",))


def _fields(name: str, found: Any) -> dict[str, Any]:
    return {name: found} if found else {}


_KINDS: dict[str, Callable[[dict[str, Any]], Said]] = {
    "text": _text,
    "image": _media,
    "video": _media,
    "document": _media,
    "audio": _media,
    "voice": _media,
    "sticker": _media,
    "button": _button,
    "interactive": _interactive,
    "location": _location,
    "contacts": _contacts,
    "order": _order,
}
