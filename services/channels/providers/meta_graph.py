"""Meta's Graph API, the way out of all its channels: how it is called, and what its answers mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import msgspec

from contracts.reply_capabilities import REPLY_CAPABILITIES
from contracts.text_length import fits
from contracts.vocabulary import Channel, Refusal, RefusalCode
from services.channels.domain.outbound import (
    CallResult,
    HttpCall,
    OutcomeLost,
    Reply,
    SendOutcome,
    SendTarget,
    TakenOver,
)
from services.channels.providers.json_values import external_id, mapping, text
from services.channels.providers.platform_answers import (
    CODE_LENGTH_MAX,
    answer_of,
    is_success,
    refused_or_later,
    told_reason,
)

API_VERSION = "v23.0"
_UNAUTHORIZED = 401
_CODES: dict[str, str] = {
    "131047": RefusalCode.CHANNEL_WINDOW_CLOSED,
    "10/2018278": RefusalCode.CHANNEL_WINDOW_CLOSED,
    "10/2534022": RefusalCode.CHANNEL_WINDOW_CLOSED,
}
"""Meta's codes, with the subcode where it takes both: so long after the customer wrote only templates are carried."""

TRY_LATER = frozenset(
    {"1", "2", "4", "17", "32", "341", "613", "1200", "80001", "80002", "80006", "80007"}
    | {"130429", "131000", "131016", "131048", "131056", "133004"}
)
"""Meta's codes for "too fast" and "not now"."""

LOGIN_REFUSED = frozenset({"0", "3", "10", "102", "190", "200", "131005"})
"""Meta's codes for a token that has ended or was taken back, and for what it does not permit."""


def call(target: SendTarget, *path: str, body: dict[str, Any]) -> HttpCall:
    """The call to an edge of the graph; ids are quoted, whoever made them."""
    token = target.secrets.get("access_token")
    steps = (target.api_base.rstrip("/"), target.api_version or API_VERSION, *(quote(step, safe="") for step in path))
    return HttpCall(url="/".join(steps), headers={"Authorization": f"Bearer {token}"} if token else {}, body=body)


def check_length(reply: Reply, channel: Channel, name: str) -> None:
    """See that the text leaves whole.

    Raises:
        Refusal: TEXT_TOO_LONG.
    """
    limit = REPLY_CAPABILITIES[channel].limit(reply.visibility)
    if not fits(reply.text, limit):
        unit = limit.unit.value.lower()
        raise Refusal(RefusalCode.TEXT_TOO_LONG, f"{name} takes {limit.length_max} {unit}", "text")


def direct_message(reply: Reply, target: SendTarget, recipient: dict[str, str], *, metadata: bool) -> HttpCall:
    """A private message of Messenger or Instagram. `metadata`: whether it brings our id back with its echo.

    A message holds a text or a file: where there are both the text leaves first.
    """
    brought = {"metadata": str(reply.contact_id)} if metadata else {}

    def message(said: dict[str, Any]) -> HttpCall:
        body = {"recipient": recipient, "messaging_type": "RESPONSE", "message": said | brought}
        return call(target, target.sender_id, "messages", body=body)

    words = message({"text": reply.text})
    if not reply.files:
        return words
    file = reply.files[0]
    kind = file.media_type.partition("/")[0]
    shown = {"type": kind if kind in {"image", "video", "audio"} else "file", "payload": {"url": file.url}}

    def then(result: CallResult) -> HttpCall | SendOutcome:
        taken = outcome(result, id_of_message)
        return message({"attachment": shown}) if isinstance(taken, TakenOver) else taken

    return msgspec.structs.replace(words, then=then, id_of_part=lambda result: id_of_message(answer_of(result)))


def outcome(result: CallResult, id_of: Callable[[Any], str | None]) -> SendOutcome:
    """What an answer means: error codes say more than the HTTP status. `id_of`: reads the id of what was made."""
    answer = answer_of(result)
    if is_success(result):
        found = id_of(answer)
        return TakenOver(found) if found else OutcomeLost("taken without an id")
    error = mapping(answer, "error")
    if not error:
        return refused_or_later(result)
    code, reason = told(error)
    login = result.status == _UNAUTHORIZED or code in LOGIN_REFUSED
    return refused_or_later(result, code=code, said=reason, later=code in TRY_LATER, login=login)


def id_of_message(answer: Any) -> str | None:
    """The id of a message of Messenger or Instagram, or of a comment."""
    return external_id(answer, "message_id") or external_id(answer, "id")


def told(error: Any) -> tuple[str, str]:
    """Meta's code and what it says about it, without the numbers it likes to quote."""
    code = text(error, "code") or "unknown"
    said = text(error, "message") or text(error, "title") or text(error, "error_data", "details") or "no reason given"
    ours = _CODES.get(f"{code}/{text(error, 'error_subcode')}") or _CODES.get(code, code[:CODE_LENGTH_MAX])
    return ours, told_reason(said)
