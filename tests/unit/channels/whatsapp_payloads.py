"""What Meta tells of a WhatsApp number, in its own words: payloads that tests may change."""

from __future__ import annotations

from typing import Any


def whatsapp_payload(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    metadata = {"display_phone_number": "31201234567", "phone_number_id": "106540352242922"}
    contacts = [{"profile": {"name": "Sam"}, "wa_id": "31612345678"}]
    value = {"messaging_product": "whatsapp", "metadata": metadata, "contacts": contacts, "messages": [*messages]}
    change = {"field": "messages", "value": {**value, **more}}
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}


def whatsapp_text(body: str = "Hello", **more: Any) -> dict[str, Any]:
    message = {"from": "31612345678", "id": "wamid.IN1", "timestamp": "1795000000", "type": "text"}
    return {**message, "text": {"body": body}, **more}
