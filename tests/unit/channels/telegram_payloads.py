"""Updates as the Bot API's documents show them; nobody in them exists."""

from __future__ import annotations

from typing import Any

SAM = {"id": 5550001, "is_bot": False, "first_name": "Sam", "last_name": "Visser", "username": "samv"}
CHAT = {"id": 5550001, "type": "private", "first_name": "Sam", "last_name": "Visser", "username": "samv"}
GROUP = {"id": -1001234567890, "type": "supergroup", "title": "Customers"}
AT = 1763720000


def update(**kind: Any) -> dict[str, Any]:
    return {"update_id": 870000001, **kind}


def message(text: str | None = "Hello", **more: Any) -> dict[str, Any]:
    said = {} if text is None else {"text": text}
    sender = {**SAM, "language_code": "nl"}
    return {"message_id": 41, "from": sender, "chat": CHAT, "date": AT, **said, **more}


PHOTO = update(
    message=message(
        None,
        caption="It is broken",
        media_group_id="1354",
        photo=[
            {"file_id": "small", "file_unique_id": "a", "width": 90, "height": 60, "file_size": 900},
            {"file_id": "large", "file_unique_id": "b", "width": 1280, "height": 853, "file_size": 190000},
        ],
    )
)
EDIT = update(edited_message=message("Hello again", edit_date=AT + 60))
REACTION = update(
    message_reaction={
        "chat": CHAT,
        "message_id": 9001,
        "user": SAM,
        "date": AT,
        "old_reaction": [],
        "new_reaction": [{"type": "emoji", "emoji": "👍"}],
    }
)
CALLBACK = update(
    callback_query={
        "id": "4382bfdwdsb323b2d9",
        "from": SAM,
        "message": {"message_id": 9001, "chat": CHAT, "date": AT, "from": {"id": 110201543, "is_bot": True}},
        "chat_instance": "1",
        "data": "yes",
    }
)
IN_GROUP = update(
    message=message("Anybody here?", chat=GROUP, message_thread_id=7, reply_to_message={"message_id": 40, "date": AT})
)
PLACE = update(message=message(None, location={"latitude": 52.1, "longitude": 4.3}))
CARD = update(message=message(None, contact={"phone_number": "31600000000", "first_name": "Kim"}))
STICKER = update(
    message=message(None, sticker={"file_id": "s", "file_unique_id": "u", "emoji": "😢", "type": "regular"})
)
CHANNEL_POST = update(channel_post={"message_id": 3, "chat": {"id": -100, "type": "channel"}, "text": "Sale"})
SAMPLES = (PHOTO, EDIT, REACTION, CALLBACK, IN_GROUP, PLACE, CARD, STICKER, CHANNEL_POST)
