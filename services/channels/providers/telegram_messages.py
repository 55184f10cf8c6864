"""What one Telegram message says, whichever of its many kinds it is."""

from __future__ import annotations

from typing import Any

from contracts.content import AttachmentContent, ContactContent
from services.channels.providers.json_values import external_id, items, mapping, text

_MEDIA_TYPES = {
    "animation": "video/mp4",
    "audio": "audio/mpeg",
    "document": "application/octet-stream",
    "sticker": "image/webp",
    "video": "video/mp4",
    "video_note": "video/mp4",
    "voice": "audio/ogg",
}
_SERVICE = frozenset(
    {
        "new_chat_members",
        "left_chat_member",
        "new_chat_title",
        "new_chat_photo",
        "delete_chat_photo",
        "group_chat_created",
        "supergroup_chat_created",
        "channel_chat_created",
        "pinned_message",
        "message_auto_delete_timer_changed",
        "migrate_to_chat_id",
        "migrate_from_chat_id",
        "write_access_allowed",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_closed",
        "forum_topic_reopened",
        "video_chat_scheduled",
        "video_chat_started",
        "video_chat_ended",
        "video_chat_participants_invited",
        "boost_added",
        "chat_background_set",
        "proximity_alert_triggered",
    }
)


def is_service(message: dict[str, Any]) -> bool:
    """Whether the chat itself speaks: who came, who left, how it is called."""
    return not _SERVICE.isdisjoint(message)


def said(message: dict[str, Any]) -> ContactContent:
    """Its text, fields and files; a kind we do not know says nothing."""
    attachments, fields = _attachments(message), _fields(message)
    return ContactContent(
        text=text(message, "text") or text(message, "caption") or _in_words(message),
        fields=fields,
        attachments=attachments,
    )


def _attachments(message: dict[str, Any]) -> tuple[AttachmentContent, ...]:
    """Each picture comes in several sizes: the last is the largest."""
    found = []
    pictures = [each for each in items(message, "photo") if external_id(each, "file_id")]
    if pictures:
        found.append(_file(pictures[-1], "image/jpeg"))
    for kind, media_type in _MEDIA_TYPES.items():
        # An animation comes a second time as a document, for old clients.
        if external_id(message, kind, "file_id") and not (kind == "document" and "animation" in message):
            found.append(_file(mapping(message, kind), text(message, kind, "mime_type") or media_type))
    return tuple(found)


def _file(entry: dict[str, Any], media_type: str) -> AttachmentContent:
    size = entry.get("file_size")
    return AttachmentContent(
        external_id=external_id(entry, "file_id") or "",
        media_type=media_type,
        name=text(entry, "file_name"),
        size_bytes=size if isinstance(size, int) and size >= 0 else None,
    )


def _fields(message: dict[str, Any]) -> dict[str, Any]:
    """What is more than text: places, address cards, and which album a picture belongs to."""
    named = {name: mapping(message, name) for name in ("location", "venue", "contact", "poll")}
    album = text(message, "media_group_id")
    links = [url for entity in items(message, "entities") if (url := text(entity, "url"))]
    more = {"album": album, "links": links}
    return {name: found for name, found in {**named, **more}.items() if found}


def _in_words(message: dict[str, Any]) -> str | None:
    venue = [text(message, "venue", "title"), text(message, "venue", "address")]
    point = [mapping(message, "location").get(name) for name in ("latitude", "longitude")]
    card = [text(message, "contact", name) for name in ("first_name", "last_name", "phone_number")]
    if any(venue):
        return ", ".join(part for part in venue if part)
    if all(isinstance(part, int | float) for part in point):
        return ", ".join(str(part) for part in point)
    if any(card):
        return " ".join(part for part in card if part)
    return text(message, "poll", "question") or text(message, "dice", "emoji") or text(message, "sticker", "emoji")
