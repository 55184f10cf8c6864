"""WhatsApp Cloud API, the way out: how Meta is told to send, and what its answers mean."""

from __future__ import annotations

from typing import Any

from contracts.vocabulary import Channel
from services.channels.domain.outbound import CallResult, HttpCall, Reply, SendOutcome, SendTarget
from services.channels.providers import meta_graph
from services.channels.providers.json_values import external_id, items


def render(reply: Reply, target: SendTarget) -> HttpCall:
    """The call that sends a text or a template. `biz_opaque_callback_data` brings our id back with every status.

    Raises:
        Refusal: the text is longer than WhatsApp takes.
    """
    meta_graph.check_length(reply, Channel.WHATSAPP, "WhatsApp")
    number = reply.to.value.removeprefix("+")
    body: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **({"to": number} if number.isdecimal() else {"recipient": reply.to.value}),
        **_said(reply),
        "biz_opaque_callback_data": str(reply.contact_id),
    }
    if reply.in_reply_to:
        body["context"] = {"message_id": reply.in_reply_to}
    return meta_graph.call(target, target.sender_id, "messages", body=body)


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
