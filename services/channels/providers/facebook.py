"""A Facebook page, the way in: comments, visitors' posts, mentions, recommendations. Fixtures of restfb/restfb."""

from __future__ import annotations

from typing import Any

from contracts.content import AttachmentContent, ContactContent, HandleContent, RatingContent
from contracts.reply_capabilities import REPLY_CAPABILITIES
from contracts.vocabulary import Channel, ContactKind, Direction, HandleAssurance, HandleKind, Visibility
from services.channels.domain.channel_spec import ChannelSpec, HubChallenge
from services.channels.domain.inbound import (
    ContactArrived,
    ContactEdited,
    ContactRemoved,
    Ignored,
    Inbound,
    Parsed,
    ReactionChanged,
)
from services.channels.domain.raw import RawInbound
from services.channels.providers.json_values import derived_id, external_id, items, mapping, moment, text, web_address
from services.channels.providers.meta import SIGNATURE, changes, entries

spec = ChannelSpec(
    channel=Channel.FACEBOOK,
    verification=SIGNATURE,
    handshake=HubChallenge(),
    answer_status=200,
    companions=(Channel.MESSENGER,),
    reply=REPLY_CAPABILITIES[Channel.FACEBOOK],
)

_POSTS = frozenset({"post", "status", "photo", "video", "share", "album", "link", "note", "story"})
_EMOJI = {"like": "👍", "love": "❤️", "care": "🤗", "haha": "😆", "wow": "😮", "sad": "😢", "angry": "😡"}
_KINDS = {"mention": ContactKind.MENTION, "ratings": ContactKind.REVIEW}


def parse(raw: RawInbound, *, region: str) -> Parsed:
    """Every change on a page; private messages are for the door `messenger`.

    Raises:
        NotUnderstood: the body is no JSON object.
    """
    del region
    found = entries(raw)
    said = [
        (text(entry, "id"), _change(raw, entry, field, change)) for entry in found for field, change in changes(entry)
    ]
    said += [
        (text(entry, "id"), Ignored("private"))
        for entry in found
        for name in ("messaging", "standby")
        for _ in items(entry, name)
    ]
    return Parsed.of_sides(said)


def _change(raw: RawInbound, entry: Any, field: str, change: Any) -> Inbound:
    value = mapping(change, "value")
    item, verb = text(value, "item") or "", text(value, "verb") or "add"
    if field not in {"feed", *_KINDS}:
        return Ignored("unknown-field")
    if item in {"reaction", "like"}:
        return _reaction(raw, entry, value)
    found = (
        external_id(value, "comment_id") or external_id(value, "open_graph_story_id") or external_id(value, "post_id")
    )
    if found is None or item not in _POSTS | {"comment", "rating"}:
        return Ignored("unknown-item")
    happened_at, _ = moment(text(entry, "time"), raw.received_at)
    if verb in {"edit", "edited"}:
        return ContactEdited(found, derived_id([text(entry, "time"), value]), happened_at, _text(value))
    if verb in {"remove", "delete"}:
        return ContactRemoved(found, happened_at)
    return _contact(raw, entry, field, value, found) if verb == "add" else Ignored("verb")


def _contact(raw: RawInbound, entry: Any, field: str, value: dict[str, Any], found: str) -> Inbound:
    """Something a visitor said; or what the page itself said, where it answers somebody."""
    author = external_id(value, "from", "id") or external_id(value, "sender_id") or external_id(value, "reviewer_id")
    name = text(value, "from", "name") or text(value, "sender_name") or text(value, "reviewer_name")
    is_comment = text(value, "item") == "comment"
    answered = (external_id(value, "parent_id") or external_id(value, "post_id")) if is_comment else None
    own = author is not None and author == text(entry, "id")
    if own and (answered is None or field != "feed"):
        return Ignored("our-own")
    occurred_at, trusted = moment(text(value, "created_time") or text(entry, "time"), raw.received_at)
    known = author is not None and not own
    handle = HandleContent(kind=HandleKind.FACEBOOK, value=author or "", display=name)
    flags = {"clock-suspect": not trusted, "from-channel-app": own, "nameless": author is None, "post": not is_comment}
    return ContactArrived(
        external_id=found,
        kind=_KINDS.get(field, ContactKind.COMMENT if is_comment else ContactKind.MESSAGE),
        occurred_at=occurred_at,
        assurance=HandleAssurance.PLATFORM,
        direction=Direction.OUTBOUND if own else Direction.INBOUND,
        visibility=Visibility.PUBLIC,
        in_reply_to=answered,
        flags=tuple(flag for flag, holds in flags.items() if holds),
        content=ContactContent(
            handles=(handle,) if known else (),
            sender_name=None if own else name,
            text=_text(value),
            fields=_fields(value),
            attachments=_files(value),
            url=web_address(value, "post", "permalink_url") or web_address(value, "permalink_url"),
            rating=_rating(value.get("rating")),
        ),
    )


def _reaction(raw: RawInbound, entry: Any, value: dict[str, Any]) -> Inbound:
    """An emoji on somebody's comment; those on posts of the page are many and ask nothing."""
    found = external_id(value, "comment_id")
    if found is None:
        return Ignored("reaction-to-a-post")
    occurred_at, _ = moment(text(value, "created_time") or text(entry, "time"), raw.received_at)
    kind = text(value, "reaction_type") or "like"
    emoji = None if text(value, "verb") == "remove" else _EMOJI.get(kind, kind)
    return ReactionChanged(found, derived_id([text(entry, "time"), value]), occurred_at, emoji)


def _text(value: dict[str, Any]) -> str | None:
    return text(value, "message") or text(value, "review_text")


def _fields(value: dict[str, Any]) -> dict[str, Any]:
    """What it is about, and how the page was judged."""
    found = {
        "post": text(value, "post_id"),
        "recommendation": (text(value, "recommendation_type") or "").lower() or None,
    }
    return {name: each for name, each in found.items() if each is not None}


def _rating(stars: Any) -> RatingContent | None:
    return RatingContent(stars, 1, 5) if isinstance(stars, int) and stars in range(1, 6) else None


def _files(value: dict[str, Any]) -> tuple[AttachmentContent, ...]:
    """Pictures and films of a comment; of a post, Meta gives them under `link`."""
    urls = [(kind, url) for kind in ("photo", "video") if (url := text(value, kind))]
    if text(value, "item") in {"photo", "video"} and (link := text(value, "link")):
        urls.append((text(value, "item") or "", link))
    kinds = {"photo": "image/*", "video": "video/*"}
    return tuple(AttachmentContent(external_id=url, media_type=kinds[kind]) for kind, url in urls)
