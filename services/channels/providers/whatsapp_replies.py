"""WhatsApp Cloud API, the way out: how a text leaves, and what Meta says to it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from contracts.vocabulary import REPLY_CAPABILITIES, Channel, Refusal, RefusalCode
from services.channels.domain.normal_form import NotUnderstood, read_json
from services.channels.domain.outbound import (
    CallResult,
    HttpCall,
    OutcomeLost,
    Reply,
    SendOutcome,
    SendRefused,
    SendTarget,
    TakenOver,
    TryLater,
)
from services.channels.providers.json_values import external_id, items, mapping, text

API_VERSION = "v23.0"
TEXT_LENGTH_MAX = REPLY_CAPABILITIES[Channel.WHATSAPP].text_length_max
REASON_LENGTH_MAX = 200
CODE_LENGTH_MAX = 32

_CODES = {"131047": RefusalCode.CHANNEL_WINDOW_CLOSED}
TRY_LATER = frozenset({"1", "2", "4", "80007", "130429", "131000", "131016", "131048", "131056", "133004"})
"""Meta's codes for "too fast" and "not now"."""

_LONG_NUMBER = re.compile(r"\d{5,}")
_TOO_MANY_REQUESTS = 429


def render(reply: Reply, target: SendTarget) -> HttpCall:
    """The call that sends a text. `biz_opaque_callback_data` brings our id back with every status.

    Raises:
        Refusal: the text is longer than WhatsApp takes.
    """
    if len(reply.text) > TEXT_LENGTH_MAX:
        raise Refusal(RefusalCode.TEXT_TOO_LONG, f"WhatsApp takes {TEXT_LENGTH_MAX} characters", "text")
    number = reply.to.value.removeprefix("+")
    body: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **({"to": number} if number.isdecimal() else {"recipient": reply.to.value}),
        "type": "text",
        "text": {"body": reply.text},
        "biz_opaque_callback_data": str(reply.contact_id),
    }
    if reply.in_reply_to:
        body["context"] = {"message_id": reply.in_reply_to}
    sender = quote(target.sender_id, safe="")
    return HttpCall(
        url=f"{target.api_base.rstrip('/')}/{target.api_version or API_VERSION}/{sender}/messages",
        headers={"Authorization": f"Bearer {target.access_token}"} if target.access_token else {},
        body=body,
    )


def interpret(result: CallResult) -> SendOutcome:
    """What Meta's answer means: its error codes say more than the HTTP status."""
    try:
        answer = read_json(result.body)
    except NotUnderstood:
        answer = {}
    if 200 <= result.status < 300:  # noqa: PLR2004  (what HTTP calls a success)
        messages = items(answer, "messages")
        found = external_id(messages[0], "id") if messages else None
        return TakenOver(found) if found else OutcomeLost("taken without an id")
    error = mapping(answer, "error")
    code, reason = told(error) if error else (f"http-{result.status}", f"HTTP {result.status}")
    if result.status == _TOO_MANY_REQUESTS or result.status >= 500 or code in TRY_LATER:  # noqa: PLR2004  (server errors)
        wait = timedelta(seconds=result.retry_after_s) if result.retry_after_s is not None else None
        return TryLater(code=code, reason=reason, wait=wait)
    return SendRefused(code=code, reason=reason)


def told(error: Any) -> tuple[str, str]:
    """Meta's code and what it says about it, without the numbers it likes to quote."""
    code = text(error, "code") or "unknown"
    said = text(error, "message") or text(error, "title") or text(error, "error_data", "details") or "no reason given"
    return _CODES.get(code, code[:CODE_LENGTH_MAX]), _LONG_NUMBER.sub("…", said)[:REASON_LENGTH_MAX]
