"""Instagram, the way in: private messages, comments under our media, mentions. Fixtures of restfb/restfb."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contracts.content import ContactContent, HandleContent
from contracts.reply_capabilities import REPLY_CAPABILITIES
from contracts.vocabulary import Channel, ContactKind, Direction, HandleAssurance, HandleKind, Visibility
from services.channels.domain.channel_spec import ChannelSpec, HubChallenge
from services.channels.domain.inbound import ContactArrived, Ignored, Inbound, Parsed
from services.channels.domain.raw import RawInbound
from services.channels.providers.json_values import external_id, mapping, moment, text
from services.channels.providers.meta import SIGNATURE, changes, entries
from services.channels.providers.meta_messages import conversation

spec = ChannelSpec(
    channel=Channel.INSTAGRAM,
    verification=SIGNATURE,
    handshake=HubChallenge(),
    answer_status=200,
    reply=REPLY_CAPABILITIES[Channel.INSTAGRAM],
)

COMMENT = "comment"
"""The flag of what can be answered as a comment, and privately by the comment's id."""


def parse(raw: RawInbound, *, region: str) -> Parsed:
    """Every message, comment and mention.

    Raises:
        NotUnderstood: the body is no JSON object.
    """
    del region
    return Parsed.of_sides([(text(entry, "id"), item) for entry in entries(raw) for item in _entry(raw, entry)])


def _entry(raw: RawInbound, entry: Any) -> Iterator[Inbound]:
    yield from conversation(raw, entry, HandleKind.INSTAGRAM)
    for field, change in changes(entry):
        value = mapping(change, "value")
        match field:
            case "comments" | "live_comments":
                yield _comment(raw, entry, value, live=field == "live_comments")
            case "mentions":
                yield _mention(raw, entry, value)
            case "story_insights":
                yield Ignored("story-insights")
            case _:
                yield Ignored("unknown-field")


def _comment(raw: RawInbound, entry: Any, value: dict[str, Any], *, live: bool) -> Inbound:
    """A comment under one of our media; who wrote it may be known by the name only, which can change."""
    found, author, username = (
        external_id(value, "id"),
        external_id(value, "from", "id"),
        text(value, "from", "username"),
    )
    if found is None:
        return Ignored("no-id")
    own = author is not None and author == text(entry, "id")
    parent = external_id(value, "parent_id")
    if own and parent is None:
        return Ignored("our-own")
    known = author or (f"@{username}" if username else None)
    handle = HandleContent(kind=HandleKind.INSTAGRAM, value=known or "", display=username)
    occurred_at, trusted = moment(text(entry, "time"), raw.received_at)
    flags = {COMMENT: True, "clock-suspect": not trusted, "from-channel-app": own, "live": live, "nameless": not known}
    return ContactArrived(
        external_id=found,
        kind=ContactKind.COMMENT,
        occurred_at=occurred_at,
        assurance=HandleAssurance.PLATFORM,
        direction=Direction.OUTBOUND if own else Direction.INBOUND,
        visibility=Visibility.PUBLIC,
        in_reply_to=parent,
        flags=tuple(flag for flag, holds in flags.items() if holds),
        content=ContactContent(
            handles=(handle,) if known and not own else (),
            sender_name=None if own else username,
            text=text(value, "text"),
            fields={"media": media} if (media := mapping(value, "media")) else {},
        ),
    )


def _mention(raw: RawInbound, entry: Any, value: dict[str, Any]) -> Inbound:
    """Somebody named us: Meta tells where, neither who nor what."""
    found = external_id(value, "comment_id") or external_id(value, "media_id")
    if found is None:
        return Ignored("no-id")
    occurred_at, trusted = moment(text(entry, "time"), raw.received_at)
    return ContactArrived(
        external_id=found,
        kind=ContactKind.MENTION,
        occurred_at=occurred_at,
        assurance=HandleAssurance.PLATFORM,
        visibility=Visibility.PUBLIC,
        flags=("nameless", *(() if trusted else ("clock-suspect",))),
        content=ContactContent(fields={"mention": value}),
    )
