"""Telegram Bot API, the way in: the updates of a bot. Tested against updates as its documents show them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from contracts.content import ContactContent, HandleContent
from contracts.reply_capabilities import REPLY_CAPABILITIES
from contracts.vocabulary import Channel, ContactKind, HandleAssurance, HandleKind, Visibility
from services.channels.domain.channel_spec import ChannelSpec, SecretToken
from services.channels.domain.inbound import (
    ContactArrived,
    ContactEdited,
    Ignored,
    Inbound,
    Parsed,
    ReactionChanged,
)
from services.channels.domain.normal_form import NotUnderstood, read_json
from services.channels.domain.raw import RawInbound
from services.channels.providers.json_values import derived_id, items, mapping, moment, text
from services.channels.providers.telegram_messages import is_service, said

spec = ChannelSpec(
    channel=Channel.TELEGRAM,
    verification=SecretToken(header="X-Telegram-Bot-Api-Secret-Token", secrets=("secret_token",)),
    answer_status=200,
    reply=REPLY_CAPABILITIES[Channel.TELEGRAM],
)

_NOTHING_ASKED = {
    "channel_post": "own-post",
    "edited_channel_post": "own-post",
    "message_reaction_count": "reaction-count",
    "my_chat_member": "membership",
    "chat_member": "membership",
    "chat_join_request": "membership",
    "inline_query": "inline",
    "chosen_inline_result": "inline",
}


def parse(raw: RawInbound, *, region: str) -> Parsed:
    """One update is one item. A bot sees posts only of channels that it administers: they are our own.

    Raises:
        NotUnderstood: the body is no JSON object.
    """
    del region
    update = read_json(raw.body)
    if not isinstance(update, dict):
        raise NotUnderstood("malformed-json", "the body must be a JSON object")
    for name, read in _KINDS.items():
        if isinstance(update.get(name), dict):
            return Parsed(items=(read(raw, update[name], text(update, "update_id") or derived_id(update)),))
    known = [reason for name, reason in _NOTHING_ASKED.items() if name in update]
    return Parsed(items=(Ignored(known[0] if known else "unknown-update"),))


def place_of(message: dict[str, Any]) -> str | None:
    """A message's id: it counts within its chat only."""
    chat, number = text(message, "chat", "id"), text(message, "message_id")
    return f"{chat}:{number}" if chat and number and len(chat) + len(number) <= 64 else None  # noqa: PLR2004  (two 64-bit numbers)


def _message(raw: RawInbound, message: dict[str, Any], update_id: str) -> Inbound:
    del update_id
    if is_service(message):
        return Ignored("service-message")
    spoken = (text(message, "text") or "").split(maxsplit=1)
    if spoken and spoken[0] == "/start":
        return Ignored("start")
    what = said(message)
    return _contact(raw, message, message, place_of(message), what)


def _callback(raw: RawInbound, query: dict[str, Any], update_id: str) -> Inbound:
    """A pressed button says what its label was to mean."""
    about, data = mapping(query, "message"), text(query, "data")
    what = ContactContent(text=data, fields={"payload": data} if data else {})
    place = f"callback:{text(query, 'id') or update_id}"[:64]
    return _contact(raw, query, about, place, what, answers=place_of(about))


def _contact(
    raw: RawInbound,
    by: dict[str, Any],
    message: dict[str, Any],
    place: str | None,
    what: ContactContent,
    *,
    answers: str | None = None,
) -> Inbound:
    sender = mapping(message, "sender_chat") if by is message and "sender_chat" in message else mapping(by, "from")
    user_id = text(sender, "id")
    if sender.get("is_bot") is True or message.get("is_automatic_forward") is True:
        return Ignored("bot")
    if user_id is None or place is None:
        return Ignored("no-sender")
    occurred_at, trusted = moment(text(by, "date"), raw.received_at)
    quoted = mapping(message, "reply_to_message")
    flags = {
        "clock-suspect": not trusted and by is message,
        "forwarded": "forward_origin" in message or "forward_date" in message,
        "unsupported": not (what.text or what.attachments),
    }
    return ContactArrived(
        external_id=place,
        kind=ContactKind.MESSAGE,
        occurred_at=occurred_at,
        assurance=HandleAssurance.PLATFORM,
        visibility=_visibility(mapping(message, "chat")),
        in_reply_to=answers or place_of({"chat": message.get("chat"), **quoted} if quoted else {}),
        language=text(sender, "language_code"),
        flags=tuple(flag for flag, holds in flags.items() if holds),
        content=_by(sender, user_id, what),
    )


def _by(sender: dict[str, Any], user_id: str, what: ContactContent) -> ContactContent:
    """What was said, with who said it. The id never changes; the name that is shown may."""
    names = [part for part in (text(sender, "first_name"), text(sender, "last_name"), text(sender, "title")) if part]
    username = text(sender, "username")
    display = f"@{username}" if username else None
    return msgspec.structs.replace(
        what,
        handles=(HandleContent(kind=HandleKind.TELEGRAM, value=user_id, display=display),),
        sender_name=" ".join(names) or None,
    )


def _visibility(chat: dict[str, Any]) -> Visibility:
    """A group with a name of its own can be read by anybody."""
    if text(chat, "type") in {"private", None}:
        return Visibility.PRIVATE
    return Visibility.PUBLIC if text(chat, "username") else Visibility.LIMITED


def _edit(raw: RawInbound, message: dict[str, Any], update_id: str) -> Inbound:
    place = place_of(message)
    if place is None:
        return Ignored("no-target")
    occurred_at, _ = moment(text(message, "edit_date"), raw.received_at)
    return ContactEdited(place, f"{place}:{update_id}", occurred_at, said(message).text)


def _reaction(raw: RawInbound, reaction: dict[str, Any], update_id: str) -> Inbound:
    place = place_of(reaction)
    if place is None:
        return Ignored("no-target")
    occurred_at, _ = moment(text(reaction, "date"), raw.received_at)
    emoji = [each for entry in items(reaction, "new_reaction") if (each := text(entry, "emoji"))]
    return ReactionChanged(place, f"{place}:{update_id}", occurred_at, emoji[-1] if emoji else None)


_KINDS: dict[str, Callable[[RawInbound, dict[str, Any], str], Inbound]] = {
    "message": _message,
    "edited_message": _edit,
    "callback_query": _callback,
    "message_reaction": _reaction,
}
