"""Any other system, the way out: a reply posted to it by Standard Webhooks, signed as its own webhooks are."""

from __future__ import annotations

import msgspec

from contracts.reply_capabilities import REPLY_CAPABILITIES
from contracts.standard_webhooks import sign_standard
from contracts.text_length import fits
from contracts.vocabulary import Channel, Refusal, RefusalCode
from services.channels.domain.outbound import (
    CallResult,
    HttpCall,
    Reply,
    ReplyFile,
    SendOutcome,
    SendTarget,
    TakenOver,
)
from services.channels.providers.json_values import external_id
from services.channels.providers.platform_answers import answer_of, is_success, refused_or_later

LIMIT = REPLY_CAPABILITIES[Channel.WEBHOOK].text


def render(reply: Reply, target: SendTarget) -> HttpCall:
    """The call that tells the account's address of a reply; its `webhook-id` is the reply's, however often it is made.

    Raises:
        Refusal: the text is too long, or there is nothing to sign it with.
    """
    if not fits(reply.text, LIMIT):
        raise Refusal(RefusalCode.TEXT_TOO_LONG, f"a webhook takes {LIMIT.length_max} characters", "text")
    said = {
        "type": "reply",
        "contact_id": str(reply.contact_id),
        "to": {"kind": reply.to.kind, "value": reply.to.value},
        "text": reply.text,
        "visibility": reply.visibility,
        **({"files": [_file(each) for each in reply.files]} if reply.files else {}),
        **({"in_reply_to": reply.in_reply_to} if reply.in_reply_to else {}),
    }
    body, webhook_id, timestamp = msgspec.json.encode(said), str(reply.contact_id), str(int(target.at.timestamp()))
    secret = target.secrets.get("signing_secret")
    if not secret:
        raise Refusal(RefusalCode.CHANNEL_CANNOT_REPLY, "the account has no signing secret")
    try:
        signature = sign_standard(webhook_id, timestamp, body, secret)
    except ValueError as problem:
        raise Refusal(RefusalCode.CHANNEL_CANNOT_REPLY, "the account's signing secret is no base64") from problem
    headers = {"webhook-id": webhook_id, "webhook-timestamp": timestamp, "webhook-signature": signature}
    return HttpCall(target.api_base, said, headers={**headers, "content-type": "application/json"}, signed=body)


def _file(file: ReplyFile) -> dict[str, str | int | None]:
    return {"name": file.name, "media_type": file.media_type, "size_bytes": file.size_bytes, "url": file.url}


def interpret(result: CallResult) -> SendOutcome:
    """What the other system's answer means; it may name the reply by an id of its own."""
    if not is_success(result):
        return refused_or_later(result)
    return TakenOver(external_id(answer_of(result), "id"))
