"""Frames of our own chat as the front door keeps them; nobody in them exists."""

from __future__ import annotations

from typing import Any

SESSION = "session:9f3kX0aZq1m7Vb2c"
REPLIES = ("0190b2c4-0000-7000-8000-000000000001", "0190b2c4-0000-7000-8000-000000000002")


def said(text: str = "Hello", **more: Any) -> dict[str, Any]:
    return {"type": "message", "visitor": SESSION, "id": "message-1", "text": text, **more}


def receipt(status: str, *replies: str) -> dict[str, Any]:
    return {"type": "receipt", "status": status, "replies": list(replies)}


SAMPLES = (
    said(id="message-2", name="Sam", email="sam@shop.example"),
    said(visitor="user:42", id="message-3", name="Sam", email="Sam@Shop.example", signed=True),
    said(visitor="mail:sam@shop.example", id="message-4", email="sam at shop", signed=True),
    receipt("DELIVERED", *REPLIES),
    receipt("READ", REPLIES[0]),
    receipt("READ"),
)
