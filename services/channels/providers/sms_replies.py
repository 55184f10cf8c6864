"""SMS by Twilio's Programmable Messaging, the way out: how a text leaves, and what Twilio says to it."""

from __future__ import annotations

import base64
from urllib.parse import quote

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
from services.channels.providers.json_values import external_id, text
from services.channels.providers.platform_answers import answer_of, is_success, refused_or_later

LIMIT = REPLY_CAPABILITIES[Channel.SMS].text
TRY_LATER = frozenset({"14107", "20429", "20500", "20503", "21611", "30001", "30003", "30008", "30017", "30022"})
"""Twilio's codes for "too fast", a full queue, a phone that is off, and a network that has trouble."""

_CODES = {"21617": RefusalCode.TEXT_TOO_LONG, "21610": RefusalCode.RECIPIENT_OPTED_OUT}


def render(reply: Reply, target: SendTarget) -> HttpCall:
    """The call that sends a text, from the number that the customer wrote to.

    Raises:
        Refusal: the text takes more short messages than may be sent, the customer said STOP, or the account cannot
            send.
    """
    if not fits(reply.text, LIMIT):
        raise Refusal(RefusalCode.TEXT_TOO_LONG, f"at most {LIMIT.length_max} short messages", "text")
    if "opt-out" in reply.answered_flags:
        raise Refusal(RefusalCode.RECIPIENT_OPTED_OUT, "the customer asked for no more messages here")
    sid, token = target.secrets.get("account_sid"), target.secrets.get("auth_token")
    if not sid or not token:
        raise Refusal(RefusalCode.CHANNEL_CANNOT_REPLY, "this account has no account_sid")
    body: dict[str, str | list[str]] = {"To": reply.to.value, "From": target.sender_id, "Body": reply.text}
    if reply.files:
        body["MediaUrl"] = [each.url for each in reply.files if each.url is not None]
    if public_url := target.secrets.get("public_url"):
        body["StatusCallback"] = public_url.rstrip("/") + target.path
    login = base64.b64encode(f"{sid}:{token}".encode()).decode("ascii")
    return HttpCall(
        url=f"{target.api_base.rstrip('/')}/2010-04-01/Accounts/{quote(sid, safe='')}/Messages.json",
        headers={"Authorization": f"Basic {login}"},
        body=body,
        form=True,
    )


def interpret(result: CallResult) -> SendOutcome:
    """What Twilio's answer means: its own codes say more than the HTTP status."""
    answer = answer_of(result)
    if is_success(result):
        found = external_id(answer, "sid")
        return TakenOver(found) if found else OutcomeLost("taken without an id")
    code = text(answer, "code")
    return refused_or_later(
        result, code=_CODES.get(code or "", code), said=text(answer, "message"), later=code in TRY_LATER
    )
