"""YouTube, the way in: comments below the videos of a channel, as its Data API lists them. Nobody pushes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import msgspec

from contracts.content import ContactContent, HandleContent, ReachContent
from contracts.vocabulary import Channel, ContactKind, HandleAssurance, HandleKind, Visibility
from services.channels.domain.channel_spec import ChannelSpec, FetchedOnly
from services.channels.domain.inbound import ContactArrived, ContactEdited, Ignored, Inbound, Parsed
from services.channels.domain.normal_form import NotUnderstood, read_json
from services.channels.domain.raw import RawInbound
from services.channels.providers.json_values import at, count, external_id, items, text
from services.channels.providers.mail_html import text_of_html
from services.channels.providers.written_moments import written_moment

BACKLOG_MAX = timedelta(days=14)
"""What is older when it is first seen is history."""

spec = ChannelSpec(channel=Channel.YOUTUBE, verification=FetchedOnly(), answer_status=200)


def address_of(api_base: str, channel_id: str, api_key: str) -> str:
    """Where the newest hundred threads of a channel's videos are listed."""
    asked = {
        "part": "snippet,replies",
        "allThreadsRelatedToChannelId": channel_id,
        "order": "time",
        "maxResults": "100",
        "textFormat": "plainText",
        "key": api_key,
    }
    return f"{api_base.rstrip('/')}/youtube/v3/commentThreads?{urlencode(asked)}"


def parse(raw: RawInbound, *, region: str) -> Parsed:
    """Every comment and the replies listed with it; one changed after it was published is edited, too.

    Raises:
        NotUnderstood: the body is no list of threads.
    """
    del region
    found = [item for comment in _comments(raw.body) for item in _items(raw, comment)]
    return Parsed(items=tuple(found) or (Ignored("nothing-in-it"),))


def key_of_comments(body: bytes) -> str:
    """The same for two answers that list the same comments in the same words.

    Raises:
        NotUnderstood: it is no list of threads.
    """
    said = [
        (text(each, "id"), text(each, "snippet", "updatedAt"), text(each, "snippet", "textDisplay"))
        for each in _comments(body)
    ]
    return "comments:" + sha256(msgspec.json.encode(said)).hexdigest()


def _comments(body: bytes) -> Iterator[Any]:
    answer = read_json(body)
    if not isinstance(answer, dict) or not isinstance(answer.get("items"), list):
        raise NotUnderstood("malformed-json", "the body lists no threads")
    for thread in items(answer, "items"):
        yield at(thread, "snippet", "topLevelComment")
        yield from items(thread, "replies", "comments")


def _items(raw: RawInbound, comment: Any) -> Iterator[Inbound]:
    found, said = external_id(comment, "id"), _said(comment)
    author = external_id(comment, "snippet", "authorChannelId", "value")
    if found is None or said is None:
        yield Ignored("malformed-item")
        return
    occurred_at, trusted = written_moment(text(comment, "snippet", "publishedAt"), raw.received_at)
    if author == raw.account:
        yield Ignored("own-echo")
        return
    if trusted and raw.received_at - occurred_at > BACKLOG_MAX:
        yield Ignored("too-old")
        return
    name, video = text(comment, "snippet", "authorDisplayName"), text(comment, "snippet", "videoId")
    likes = count(comment, "snippet", "likeCount")
    handles = (HandleContent(kind=HandleKind.YOUTUBE, value=author, display=name),) if author else ()
    yield ContactArrived(
        external_id=found,
        kind=ContactKind.COMMENT,
        occurred_at=occurred_at,
        assurance=HandleAssurance.PLATFORM if author else HandleAssurance.SELF_ASSERTED,
        visibility=Visibility.PUBLIC,
        in_reply_to=external_id(comment, "snippet", "parentId"),
        flags=() if trusted else ("clock-suspect",),
        content=ContactContent(
            handles=handles,
            sender_name=name,
            text=said,
            fields={"video": video} if video else {},
            url=f"https://www.youtube.com/watch?{urlencode({'v': video, 'lc': found})}" if video else None,
            reach=None if likes is None else ReachContent(raw.received_at, likes=likes),
        ),
    )
    changed_at, dated = written_moment(text(comment, "snippet", "updatedAt"), raw.received_at)
    if dated and changed_at > occurred_at:
        yield ContactEdited(found, f"{changed_at.isoformat()}:{sha256(said.encode()).hexdigest()}", changed_at, said)


def _said(comment: Any) -> str | None:
    """Its words: markup only where nothing else is there."""
    shown = text(comment, "snippet", "textDisplay")
    return text(comment, "snippet", "textOriginal") or (text_of_html(shown)[0] if shown else None) or None
