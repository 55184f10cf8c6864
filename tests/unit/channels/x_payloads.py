"""Activity of X as its documents show it, in both of its forms; nobody in it exists."""

from __future__ import annotations

from typing import Any

US, SAM = "1111111111111111111", "2222222222222222222"
POST_ID, DM_ID = "2070000000000000001", "2070000000000000002"
AT_MS = "1763720000000"


def user(user_id: str = SAM, **more: Any) -> dict[str, Any]:
    names = {"id_str": user_id, "name": "Sam Visser", "screen_name": "samv", "followers_count": 97}
    return {"id": int(user_id), **names, **more}


def post(text: str = "Hello @shop", **more: Any) -> dict[str, Any]:
    mentions = {"user_mentions": [{"id_str": US, "screen_name": "shop"}]}
    said = {"id_str": POST_ID, "text": text, "user": user(), "entities": mentions, "lang": "nl", "timestamp_ms": AT_MS}
    return {"in_reply_to_status_id_str": None, "in_reply_to_user_id_str": None, **said, **more}


def posts(*found: dict[str, Any]) -> dict[str, Any]:
    return {"for_user_id": US, "user_has_blocked": False, "tweet_create_events": [*found]}


def message(text: str = "Hello", sender: str = SAM, **more: Any) -> dict[str, Any]:
    data = {"text": text, "entities": {}, **more}
    to = US if sender == SAM else SAM
    said = {"target": {"recipient_id": to}, "sender_id": sender, "message_data": data}
    return {"type": "message_create", "id": DM_ID, "created_timestamp": AT_MS, "message_create": said}


def messages(*found: dict[str, Any]) -> dict[str, Any]:
    users = {SAM: {"id": SAM, "name": "Sam Visser", "screen_name": "samv", "followers_count": 97}}
    return {"for_user_id": US, "direct_message_events": [*found], "users": users}


def event(kind: str, payload: dict[str, Any], **more: Any) -> dict[str, Any]:
    envelope = {"event_uuid": "-2781149976877970683", "filter": {"user_id": US}, "event_type": kind, "tag": "t"}
    return {"data": {**envelope, "payload": payload, **more}}


def new_post(text: str = "hey @shop", author: str = SAM, **more: Any) -> dict[str, Any]:
    return {"id": POST_ID, "text": text, "author_id": author, "conversation_id": POST_ID, "lang": "und", **more}


NEW_USERS = {
    "users": [{"id": SAM, "name": "Sam Visser", "username": "samv", "public_metrics": {"followers_count": 97}}]
}
MENTION = event("post.mention.create", new_post(), includes=NEW_USERS)
REPLY = event("post.reply.create", new_post(in_reply_to_tweet_id="2060000000000000000", in_reply_to_user_id=US))
QUOTE = event("post.quote.create", new_post(referenced_tweets=[{"type": "quoted", "id": "2060000000000000000"}]))
RECEIVED = event("dm.received", {"direct_message_events": [message()], "users": {SAM: {"data": NEW_USERS["users"][0]}}})
SECRET_CHAT = event(
    "chat.received", {"id": "e4f4d3fc", "sender_id": SAM, "created_at_msec": AT_MS, "encoded_event": "C"}
)
DELETED = {
    "for_user_id": US,
    "tweet_delete_events": [{"status": {"id": POST_ID, "user_id": SAM}, "timestamp_ms": AT_MS}],
}
READ = {
    "for_user_id": US,
    "direct_message_mark_read_events": [
        {
            "created_timestamp": AT_MS,
            "sender_id": SAM,
            "target": {"recipient_id": US},
            "last_read_event_id": "2080000000000000009",
        }
    ],
}
SAMPLES = (
    posts(post(), post(retweeted_status={"id_str": "1"}), post(quoted_status={"user": {"id_str": US}})),
    messages(message(), message(sender=US)),
    DELETED,
    READ,
    MENTION,
    REPLY,
    QUOTE,
    RECEIVED,
    SECRET_CHAT,
)
