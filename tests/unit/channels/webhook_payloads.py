"""What another system posts, in our own words."""

from __future__ import annotations

from typing import Any


def contact(**changes: Any) -> dict[str, Any]:
    sender = {"handles": [{"kind": "WEB", "value": "visitor-7"}], "name": "Sam", "verified": True}
    said = {"type": "contact", "id": "w-1", "occurred_at": "2026-11-21T11:59:58Z", "sender": sender, "text": "Hello"}
    return {**said, **changes}


def event(kind: str = "contact", data: Any = None, **changes: Any) -> dict[str, Any]:
    """A CloudEvent in structured mode."""
    said = {"id": "w-1", "text": "Hello"} if data is None else data
    attributes = {"specversion": "1.0", "id": "e-1", "source": "https://shop.example/desk"}
    return {**attributes, "type": f"eender.{kind}.v1", "time": "2026-11-21T11:59:58Z", "data": said, **changes}


SAMPLES: tuple[dict[str, Any], ...] = (
    contact(
        kind="REVIEW",
        visibility="PUBLIC",
        direction="INBOUND",
        subject="Order 7",
        language="nl",
        in_reply_to="w-0",
        fields={"rating": 4},
        attachments=[{"url": "https://shop.example/1.jpg", "media_type": "image/jpeg", "name": "1.jpg"}],
        sender={"handles": [{"kind": "PHONE", "value": "0612345678"}, {"kind": "EMAIL", "value": "sam at shop"}]},
    ),
    {"type": "edit", "id": "w-1", "text": "Hello!", "occurred_at": "2026-11-21T12:00:00+01:00"},
    {"type": "removal", "id": "w-1"},
    {"type": "reaction", "id": "w-1", "emoji": "+1"},
    {"type": "reach", "id": "w-1", "reach": {"views": 9000, "shares": 71}, "occurred_at": "2026-11-21T13:00:00+01:00"},
    {"type": "status", "id": "out-1", "status": "DELIVERED", "contact_id": "5b0c3a0e-7d0f-5c0a-9f0e-0ee17de20001"},
    {"type": "weather", "id": "w-1"},
)
