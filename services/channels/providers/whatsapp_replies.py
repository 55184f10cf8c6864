"""WhatsApp Cloud API, the way out: how Meta is told to send, and what its answers mean."""

from __future__ import annotations

from typing import Any

import msgspec

from contracts.vocabulary import Channel
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
    TryLater,
)
from services.channels.providers import meta_graph
from services.channels.providers.json_values import external_id, items


def render(reply: Reply, target: SendTarget) -> HttpCall:
    """The call that sends a text or a template; a file is given to WhatsApp first, and the text stands below it.

    `biz_opaque_callback_data` brings our id back with every status.

    Raises:
        Refusal: the text is longer than WhatsApp takes.
    """
    meta_graph.check_length(reply, Channel.WHATSAPP, "WhatsApp")
    if not reply.files:
        return _message(reply, target, _said(reply))
    file = reply.files[0]
    url = meta_graph.call(target, target.sender_id, "media", body={})
    form = {"messaging_product": "whatsapp", "type": file.media_type}

    def then(result: CallResult) -> HttpCall | SendOutcome:
        outcome = meta_graph.outcome(result, lambda answer: external_id(answer, "id"))
        match outcome:
            case TakenOver(external_id=str() as media_id):
                return _message(reply, target, _shown(file, media_id, reply.text))
            case TakenOver() | OutcomeLost():
                return TryLater(code="no-media-id", reason="WhatsApp took the file and gave it no id")
        return outcome

    return msgspec.structs.replace(url, body=form, form=True, files=(FormFile("file", file),), then=then)


def _message(reply: Reply, target: SendTarget, said: dict[str, Any]) -> HttpCall:
    number = reply.to.value.removeprefix("+")
    body: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **({"to": number} if number.isdecimal() else {"recipient": reply.to.value}),
        **said,
        "biz_opaque_callback_data": str(reply.contact_id),
    }
    if reply.in_reply_to:
        body["context"] = {"message_id": reply.in_reply_to}
    return meta_graph.call(target, target.sender_id, "messages", body=body)


def _shown(file: ReplyFile, media_id: str, caption: str) -> dict[str, Any]:
    """A picture or a film as such, all else as a document, which has a name."""
    kind = file.media_type.partition("/")[0]
    shown = {"id": media_id, "caption": caption}
    if kind in {"image", "video"}:
        return {"type": kind, kind: shown}
    return {"type": "document", "document": {**shown, "filename": file.name}}


def _said(reply: Reply) -> dict[str, Any]:
    """The text; as the template that was approved for it, where it is one."""
    if reply.template is None:
        return {"type": "text", "text": {"body": reply.text}}
    parameters = [{"type": "text", "text": each} for each in reply.template.parameters]
    template: dict[str, Any] = {
        "name": reply.template.name,
        "language": {"code": reply.template.language.replace("-", "_")},
    }
    if parameters:
        template["components"] = [{"type": "body", "parameters": parameters}]
    return {"type": "template", "template": template}


def interpret(result: CallResult) -> SendOutcome:
    """What Meta's answer means."""
    return meta_graph.outcome(result, _id_of)


def _id_of(answer: Any) -> str | None:
    messages = items(answer, "messages")
    return external_id(messages[0], "id") if messages else None
