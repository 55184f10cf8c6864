"""What Meta tells of pages and Instagram accounts, in its own words: payloads that tests may change."""

from __future__ import annotations

from typing import Any

PAGE, PERSON = "111000111000111", "777000777000777"
NOW_MS = 1795000000000


def page_payload(
    *messaging: dict[str, Any], changes: list[dict[str, Any]] | None = None, **more: Any
) -> dict[str, Any]:
    entry = {"id": PAGE, "time": NOW_MS} | ({"messaging": [*messaging]} if messaging else {})
    return {"object": "page", "entry": [entry | ({"changes": changes} if changes is not None else {}) | more]}


def instagram_payload(*messaging: Any, **more: Any) -> dict[str, Any]:
    return {**page_payload(*messaging, **more), "object": "instagram"}


def event(**what: Any) -> dict[str, Any]:
    return {"sender": {"id": PERSON}, "recipient": {"id": PAGE}, "timestamp": NOW_MS, **what}


def message(said: Any = "Hello", mid: Any = "m_IN1", **more: Any) -> dict[str, Any]:
    return event(message={"mid": mid, **({"text": said} if said is not None else {}), **more})


def echo(said: str = "Hello from the app", mid: str = "m_APP1", **more: Any) -> dict[str, Any]:
    sent = {"mid": mid, "text": said, "is_echo": True, "app_id": 1, **more}
    return {**event(message=sent), "sender": {"id": PAGE}, "recipient": {"id": PERSON}}


def page_change(item: str = "comment", verb: str = "add", /, *, field: Any = "feed", **value: Any) -> dict[str, Any]:
    comment = {"comment_id": "500_1", "parent_id": f"{PAGE}_500"} if item == "comment" else {}
    told = {"item": item, "verb": verb, "post_id": f"{PAGE}_500", "created_time": NOW_MS // 1000, **comment}
    return {"field": field, "value": {**told, "from": {"id": PERSON, "name": "Sam"}, "message": "Hello", **value}}


def instagram_comment(said: str = "Hello", /, *, field: Any = "comments", **value: Any) -> dict[str, Any]:
    author = {"id": PERSON, "username": "sam.example"}
    media = {"id": "900", "media_product_type": "FEED"}
    return {"field": field, "value": {"id": "17800000000000001", "from": author, "media": media, "text": said, **value}}


MESSAGES = (
    message(),
    message(None, "m_2", attachments=[{"type": "image", "payload": {"url": "https://cdn.example/1.jpg"}}]),
    message(None, "m_3", attachments=[{"type": "location", "payload": {"coordinates": {"lat": 52.1, "long": 5.1}}}]),
    message(None, "m_4", attachments=[{"type": "fallback", "title": "A page", "url": "https://shop.example/"}]),
    message("Blue", "m_5", quick_reply={"payload": "BLUE"}, reply_to={"mid": "m_1"}),
    message(None, "m_6", is_unsupported=True),
    message(None, "m_7", is_deleted=True),
    echo(),
    event(message_edit={"mid": "m_IN1", "text": "Hello!", "num_edit": "1"}),
    event(reaction={"mid": "m_IN1", "action": "react", "emoji": "❤", "reaction": "love"}),
    event(reaction={"mid": "m_IN1", "action": "unreact"}),
    event(postback={"mid": "m_8", "title": "Get started", "payload": "START"}),
    event(delivery={"mids": ["m_OUT1"], "watermark": NOW_MS}),
    event(read={"watermark": NOW_MS}),
    event(read={"mid": "m_OUT1"}),
    event(referral={"ref": "ad-1"}),
)
"""One of each kind."""

CHANGES = (
    page_change(),
    page_change(comment_id="500_2", parent_id="500_1", photo="https://cdn.example/2.jpg"),
    page_change("comment", "edited", message="Hello!"),
    page_change("comment", "remove"),
    page_change("comment", "hide"),
    page_change("post", post_id=f"{PAGE}_501"),
    page_change("photo", post_id=f"{PAGE}_502", link="https://cdn.example/3.jpg"),
    page_change("reaction", comment_id="500_1", reaction_type="love"),
    page_change("like"),
    page_change("post", field="mention", post_id="222_1"),
    page_change(
        "rating", field="ratings", open_graph_story_id="333_1", recommendation_type="NEGATIVE", review_text="Late"
    ),
)
"""Likewise, of a page."""
