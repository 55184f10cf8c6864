"""Telegram Bot API, the way out: `sendMessage`, and what Telegram says to it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec

from contracts.reply_capabilities import REPLY_CAPABILITIES
from contracts.text_length import fits
from contracts.vocabulary import Channel, Refusal, RefusalCode, Visibility
from services.channels.domain.outbound import (
    CallResult,
    FormFile,
    HttpCall,
    OutcomeLost,
    Reply,
    ReplyFile,
    SendOutcome,
    SendTarget,
    TakenOver,
)
from services.channels.providers.json_values import at, mapping, text
from services.channels.providers.platform_answers import answer_of, is_success, refused_or_later
from services.channels.providers.telegram import place_of

LIMIT = REPLY_CAPABILITIES[Channel.TELEGRAM].text
PHOTOS = frozenset({"image/jpeg", "image/png"})
_LOGIN_REFUSED = frozenset({401, 404})
"""A token that was revoked, or never was one; 403 is a word about the reader."""


def render(reply: Reply, target: SendTarget) -> HttpCall:
    """The call that sends a text: to its reader, or into the group where the question was asked.

    Raises:
        Refusal: the text is longer than Telegram takes, or the account has no token.
    """
    if not fits(reply.text, LIMIT):
        raise Refusal(RefusalCode.TEXT_TOO_LONG, f"Telegram takes {LIMIT.length_max} UTF-16 units", "text")
    token = target.secrets.get("bot_token")
    if not token:
        raise Refusal(RefusalCode.CHANNEL_CANNOT_REPLY, "this account has no bot_token")
    chat, _, number = (reply.in_reply_to or "").partition(":")
    in_chat = chat.removeprefix("-").isdecimal() and number.isdecimal()
    if reply.visibility is Visibility.PRIVATE and chat != reply.to.value:
        # What is for one reader is never said in a group, whatever it answers.
        in_chat = False
    if reply.visibility is not Visibility.PRIVATE and not in_chat:
        raise Refusal(RefusalCode.CHANNEL_CANNOT_REPLY, "nobody knows in which group it was asked")
    body: dict[str, Any] = {"chat_id": chat if in_chat else reply.to.value, "text": reply.text}
    if in_chat:
        body["reply_parameters"] = {"message_id": int(number), "allow_sending_without_reply": True}
    bot = f"{target.api_base.rstrip('/')}/bot{quote(token, safe=':')}"
    if not reply.files:
        return HttpCall(url=f"{bot}/sendMessage", body=body)
    return _with_file(bot, body, reply.files[0])


def _with_file(bot: str, body: dict[str, Any], file: ReplyFile) -> HttpCall:
    """A picture as such, all else as a document; the text stands below it. In a form what is nested is JSON."""
    form = {name: value if isinstance(value, str) else _json(value) for name, value in body.items()}
    form["caption"] = form.pop("text")
    kind = "photo" if file.media_type in PHOTOS else "document"
    return HttpCall(url=f"{bot}/send{kind.title()}", body=form, form=True, files=(FormFile(kind, file),))


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def interpret(result: CallResult) -> SendOutcome:
    """What Telegram's answer means. A customer who blocked the bot, or never wrote to it, cannot be reached: 403."""
    answer = answer_of(result)
    if is_success(result):
        place = place_of(mapping(answer, "result"))
        return TakenOver(place) if place else OutcomeLost("taken without an id")
    wait = at(answer, "parameters", "retry_after")
    return refused_or_later(
        result,
        code=text(answer, "error_code"),
        said=text(answer, "description"),
        login=result.status in _LOGIN_REFUSED,
        wait_s=float(wait) if isinstance(wait, int) and 0 <= wait <= 86_400 else None,  # noqa: PLR2004  (a day)
    )
