"""Private messages of Messenger and Instagram: Meta tells of both in the same words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import msgspec

from contracts.content import AttachmentContent, ContactContent, HandleContent
from contracts.vocabulary import ContactKind, DeliveryStatus, Direction, HandleAssurance, HandleKind
from services.channels.domain.inbound import (
    ContactArrived,
    ContactEdited,
    ContactRemoved,
    Ignored,
    Inbound,
    ReactionChanged,
    StatusReported,
)
from services.channels.domain.raw import RawInbound
from services.channels.providers.json_values import at, derived_id, external_id, items, mapping, moment, text

_FILES = frozenset({"image", "video", "audio", "file"})
_NOT_FOR_US = frozenset(
    {"account_linking", "app_roles", "game_play", "messaging_feedback", "optin", "order", "pass_thread_control"}
    | {"payment", "policy_enforcement", "pre_checkout", "referral", "request_thread_control", "take_thread_control"}
    | {"checkout_update", "customer_information", "prior_message", "policy-enforcement"}
)


class Event(msgspec.Struct, frozen=True):
    """One event of a conversation, and whose address it has: a page-scoped or an Instagram-scoped id."""

    raw: RawInbound
    item: dict[str, Any]
    kind: HandleKind
    standby: bool = False

    def handle(self, side: str) -> HandleContent | None:
        """Who is at this side of it."""
        value = external_id(self.item, side, "id")
        return HandleContent(kind=self.kind, value=value) if value else None


def conversation(raw: RawInbound, entry: Any, kind: HandleKind) -> Iterator[Inbound]:
    """What an entry tells of conversations. `standby` is what another app of the page answers, or nobody."""
    for name in ("messaging", "standby"):
        for item in items(entry, name):
            if isinstance(item, dict):
                yield from _read(Event(raw, item, kind, standby=name == "standby"))
            else:
                yield Ignored("malformed-item")


def _read(event: Event) -> Iterator[Inbound]:
    for name, reader in _READERS.items():
        if isinstance(event.item.get(name), dict):
            yield from reader(event)
            return
    known = sorted(_NOT_FOR_US & event.item.keys())
    yield Ignored(known[0].replace("_", "-") if known else "unknown-event")


def _message(event: Event) -> Iterator[Inbound]:
    message, (occurred_at, trusted) = mapping(event.item, "message"), _moment(event)
    found = external_id(message, "mid")
    if message.get("is_deleted") is True:
        yield ContactRemoved(found, occurred_at) if found else Ignored("no-target")
        return
    echo = message.get("is_echo") is True
    if found and echo and (ours := _our_id(text(message, "metadata"))) is not None:
        yield StatusReported(found, DeliveryStatus.SENT, occurred_at, contact_id=ours)
        return
    handle = event.handle("recipient" if echo else "sender")
    if handle is None:
        yield Ignored("no-sender")
        return
    said, fields, attachments = _said(message)
    flags = {
        "clock-suspect": not trusted,
        "from-channel-app": echo,
        "standby": event.standby,
        "unsupported": not (said or fields or attachments),
    }
    yield ContactArrived(
        external_id=found or derived_id(event.item),
        kind=ContactKind.MESSAGE,
        occurred_at=occurred_at,
        assurance=HandleAssurance.PLATFORM,
        direction=Direction.OUTBOUND if echo else Direction.INBOUND,
        in_reply_to=external_id(message, "reply_to", "mid"),
        flags=tuple(flag for flag, holds in flags.items() if holds),
        content=ContactContent(handles=(handle,), text=said, fields=fields, attachments=attachments),
    )


def _said(message: dict[str, Any]) -> tuple[str | None, dict[str, Any], tuple[AttachmentContent, ...]]:
    """Text, structured parts and files of a message."""
    lines = [said] if (said := text(message, "text")) else []
    fields: dict[str, Any] = {
        name: found
        for name, found in (
            ("payload", text(message, "quick_reply", "payload")),
            ("referral", mapping(message, "referral")),
            ("story", mapping(message, "reply_to", "story")),
        )
        if found
    }
    files: list[AttachmentContent] = []
    shared: list[dict[str, str]] = []
    for part in items(message, "attachments"):
        kind, url = text(part, "type") or "", text(part, "payload", "url") or text(part, "url")
        if kind in _FILES and url:
            files.append(AttachmentContent(external_id=url, media_type=f"{kind}/*"))
        elif kind == "location":
            fields["location"] = mapping(part, "payload", "coordinates")
        elif kind:
            title = text(part, "title") or text(part, "payload", "title")
            lines += [each for each in (title, url) if each and not said]
            shared.append({"type": kind} | ({"url": url} if url else {}) | ({"title": title} if title else {}))
    if shared:
        fields["shared"] = shared
    return "\n".join(lines) or None, fields, tuple(files)


def _postback(event: Event) -> Iterator[Inbound]:
    """A button was pressed: what it says is what the customer says."""
    handle, (occurred_at, trusted) = event.handle("sender"), _moment(event)
    if handle is None:
        yield Ignored("no-sender")
        return
    fields = {name: found for name in ("payload", "referral") if (found := at(event.item, "postback", name))}
    yield ContactArrived(
        external_id=external_id(event.item, "postback", "mid") or derived_id(event.item),
        kind=ContactKind.MESSAGE,
        occurred_at=occurred_at,
        assurance=HandleAssurance.PLATFORM,
        flags=(*(() if trusted else ("clock-suspect",)), *(("standby",) if event.standby else ())),
        content=ContactContent(handles=(handle,), text=text(event.item, "postback", "title"), fields=fields),
    )


def _edit(event: Event) -> Iterator[Inbound]:
    found, edit = external_id(event.item, "message_edit", "mid"), mapping(event.item, "message_edit")
    if found is None:
        yield Ignored("no-target")
    else:
        yield ContactEdited(found, derived_id(event.item), _moment(event)[0], text(edit, "text"))


def _reaction(event: Event) -> Iterator[Inbound]:
    found, reaction = external_id(event.item, "reaction", "mid"), mapping(event.item, "reaction")
    if found is None:
        yield Ignored("no-target")
        return
    emoji = text(reaction, "emoji") or text(reaction, "reaction")
    put_on = text(reaction, "action") != "unreact"
    yield ReactionChanged(found, derived_id(event.item), _moment(event)[0], emoji if put_on else None)


def _delivery(event: Event) -> Iterator[Inbound]:
    """Which messages came; where only a watermark is given it names none."""
    found = [mid for mid in items(event.item, "delivery", "mids") if isinstance(mid, str) and external_id(mid)]
    watermark, _ = moment(text(event.item, "delivery", "watermark"), event.raw.received_at)
    for mid in found:
        yield StatusReported(mid, DeliveryStatus.DELIVERED, watermark)
    if not found:
        yield Ignored("delivery-watermark")


def _read_receipt(event: Event) -> Iterator[Inbound]:
    """Instagram names the message; Messenger gives a watermark, which names none."""
    found = external_id(event.item, "read", "mid")
    yield StatusReported(found, DeliveryStatus.READ, _moment(event)[0]) if found else Ignored("read-watermark")


def _moment(event: Event) -> Any:
    return moment(text(event.item, "timestamp"), event.raw.received_at)


def _our_id(metadata: str | None) -> UUID | None:
    try:
        return UUID(metadata or "")
    except ValueError:
        return None


_READERS: dict[str, Callable[[Event], Iterator[Inbound]]] = {
    "message": _message,
    "message_edit": _edit,
    "reaction": _reaction,
    "postback": _postback,
    "delivery": _delivery,
    "read": _read_receipt,
}
