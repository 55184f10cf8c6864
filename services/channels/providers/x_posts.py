"""Posts and direct messages of X in our words, in the form of either of its two activity APIs."""

from __future__ import annotations

import html
from datetime import datetime
from typing import Any

import msgspec

from contracts.content import AttachmentContent, ContactContent, HandleContent, ReachContent
from contracts.vocabulary import ContactKind, Direction, HandleAssurance, HandleKind, Visibility
from services.channels.domain.inbound import ContactArrived, Ignored, Inbound
from services.channels.domain.raw import RawInbound
from services.channels.providers.json_values import count, external_id, items, mapping, moment, text

DIRECT = "dm:"
"""Stands before the id of a direct message: posts count on their own."""

DIRECT_ID_LENGTH_MAX = 64
NOT_SUMMONED = "not-summoned"
_EPOCH_MS = 1_288_834_974_657
_MEDIA_TYPES = {"photo": "image/jpeg", "video": "video/mp4", "animated_gif": "video/mp4"}


class Author(msgspec.Struct, frozen=True):
    """Who is behind an id: the name may change, the id never does."""

    user_id: str
    name: str | None = None
    username: str | None = None
    followers: int | None = None

    @classmethod
    def of(cls, user_id: str, user: dict[str, Any]) -> Author:
        """As a payload describes a user; both forms, wrapped or not."""
        user = mapping(user, "data") or user
        followers = count(user, "followers_count")
        return cls(
            user_id=user_id,
            name=text(user, "name"),
            username=text(user, "username") or text(user, "screen_name"),
            followers=count(user, "public_metrics", "followers_count") if followers is None else followers,
        )

    def content(self, said: str | None, attachments: tuple[AttachmentContent, ...] = ()) -> ContactContent:
        """What was said, and by whom."""
        display = f"@{self.username}" if self.username else None
        return ContactContent(
            handles=(HandleContent(kind=HandleKind.X, value=self.user_id, display=display),),
            sender_name=self.name,
            text=html.unescape(said) if said else None,
            attachments=attachments,
        )


def direct_id(value: Any, *path: str) -> str | None:
    """The id of a direct message at the path, so that it is no post's."""
    found = text(value, *path)
    return DIRECT + found if found is not None and len(found) <= DIRECT_ID_LENGTH_MAX else None


def address_of(found: str) -> str | None:
    """Where a post can be read; None where its id is none of X's."""
    return f"https://x.com/i/status/{found}" if found.isascii() and found.isdigit() else None


def classic_post(raw: RawInbound, post: dict[str, Any], our_id: str | None) -> Inbound:
    """A post as the Account Activity API tells it."""
    user_id = external_id(post, "user", "id_str")
    if user_id == our_id:
        return _own_post(raw, post, external_id(post, "id_str"), text(post, "in_reply_to_status_id_str"))
    if mapping(post, "retweeted_status"):
        return Ignored("repost")
    mentioned = {text(each, "id_str") for each in items(post, "entities", "user_mentions")}
    answered = text(post, "in_reply_to_user_id_str") == our_id
    quoted = text(post, "quoted_status", "user", "id_str") == our_id
    said = text(post, "extended_tweet", "full_text") or text(post, "full_text") or text(post, "text")
    media = items(post, "extended_entities", "media") or items(post, "extended_tweet", "extended_entities", "media")
    return _post(
        raw,
        post,
        external_id(post, "id_str"),
        Author.of(user_id or "", mapping(post, "user")),
        ContactKind.COMMENT if answered else ContactKind.MENTION,
        text(post, "in_reply_to_status_id_str") or text(post, "quoted_status_id_str"),
        summoned=answered or quoted or our_id in mentioned,
        said=said,
        media=_classic_media(media),
    )


def post_of_event(raw: RawInbound, kind: str, event: dict[str, Any]) -> Inbound:
    """A post as the X Activity API tells it; `kind` says why it was told."""
    post = mapping(event, "payload")
    author_id, our_id = external_id(post, "author_id"), text(event, "filter", "user_id")
    if author_id is not None and author_id == our_id:
        return _own_post(raw, post, external_id(post, "id"), text(post, "in_reply_to_tweet_id"))
    if kind == "post.repost.create":
        return Ignored("repost")
    users = [mapping(each, "data") or each for each in items(event, "includes", "users") if isinstance(each, dict)]
    user = next((each for each in users if text(each, "id") == author_id), {})
    referenced = [found for each in items(post, "referenced_tweets") if (found := text(each, "id"))]
    return _post(
        raw,
        post,
        external_id(post, "id"),
        Author.of(author_id or "", user),
        ContactKind.COMMENT if kind == "post.reply.create" else ContactKind.MENTION,
        text(post, "in_reply_to_tweet_id") or (referenced[0] if referenced else None),
        summoned=kind in {"post.mention.create", "post.reply.create", "post.quote.create"},
        said=text(post, "note_tweet", "text") or text(post, "text"),
        media=(),
    )


def direct_message(raw: RawInbound, event: Any, users: dict[str, Any], our_id: str | None) -> Inbound:
    """A direct message; both APIs tell it alike."""
    found, sender_id = direct_id(event, "id"), external_id(event, "message_create", "sender_id")
    if found is None or sender_id is None or text(event, "type") != "message_create":
        return Ignored("unknown-event")
    own = sender_id == our_id
    customer_id = external_id(event, "message_create", "target", "recipient_id") if own else sender_id
    if customer_id is None:
        return Ignored("own-echo")
    message = mapping(event, "message_create", "message_data")
    media = _classic_media([mapping(message, "attachment", "media")])
    occurred_at, trusted = _moment(text(event, "created_timestamp"), found, raw)
    said = text(message, "text")
    flags = {"clock-suspect": not trusted, "from-channel-app": own, "unsupported": not (said or media)}
    content = Author.of(customer_id, mapping(users, customer_id)).content(said, media)
    return ContactArrived(
        external_id=found,
        kind=ContactKind.MESSAGE,
        occurred_at=occurred_at,
        assurance=HandleAssurance.PLATFORM,
        direction=Direction.OUTBOUND if own else Direction.INBOUND,
        flags=tuple(flag for flag, holds in flags.items() if holds),
        content=msgspec.structs.replace(content, sender_name=None) if own else content,
    )


def encrypted_message(raw: RawInbound, event: dict[str, Any]) -> Inbound:
    """A message that only its reader's own app can open: somebody waits all the same."""
    chat = mapping(event, "payload")
    found, sender_id = direct_id(chat, "id"), external_id(chat, "sender_id")
    if found is None or sender_id is None or sender_id == text(event, "filter", "user_id"):
        return Ignored("own-echo")
    occurred_at, _ = _moment(text(chat, "created_at_msec"), found, raw)
    return ContactArrived(
        external_id=found,
        kind=ContactKind.MESSAGE,
        occurred_at=occurred_at,
        assurance=HandleAssurance.PLATFORM,
        flags=("encrypted",),
        content=Author(sender_id).content(None),
    )


def _own_post(raw: RawInbound, post: dict[str, Any], found: str | None, answers: str | None) -> Inbound:
    """What we said ourselves: an echo where it answers a post, nothing where it opens a subject."""
    if found is None or answers is None or len(answers) > 32 or mapping(post, "retweeted_status"):  # noqa: PLR2004  (a 64-bit number)
        return Ignored("own-post")
    occurred_at, trusted = _moment(text(post, "timestamp_ms"), found, raw)
    said = text(post, "extended_tweet", "full_text") or text(post, "note_tweet", "text") or text(post, "text")
    return ContactArrived(
        external_id=found,
        kind=ContactKind.COMMENT,
        occurred_at=occurred_at,
        assurance=HandleAssurance.PLATFORM,
        direction=Direction.OUTBOUND,
        visibility=Visibility.PUBLIC,
        in_reply_to=answers,
        flags=("from-channel-app", *(() if trusted else ("clock-suspect",))),
        content=ContactContent(text=html.unescape(said) if said else None),
    )


def _post(  # noqa: PLR0917  (the two forms of one thing meet here)
    raw: RawInbound,
    post: dict[str, Any],
    found: str | None,
    author: Author,
    kind: ContactKind,
    answers: str | None,
    *,
    summoned: bool,
    said: str | None,
    media: tuple[AttachmentContent, ...],
) -> Inbound:
    if found is None or not author.user_id:
        return Ignored("no-sender")
    occurred_at, trusted = _moment(text(post, "timestamp_ms"), found, raw)
    language = text(post, "lang")
    flags = {"clock-suspect": not trusted, NOT_SUMMONED: not summoned, "unsupported": not (said or media)}
    return ContactArrived(
        external_id=found,
        kind=kind,
        occurred_at=occurred_at,
        assurance=HandleAssurance.PLATFORM,
        visibility=Visibility.PUBLIC,
        in_reply_to=answers if answers is not None and len(answers) <= 32 else None,  # noqa: PLR2004  (a 64-bit number)
        language=language if language not in {"und", "qme", "zxx"} else None,
        flags=tuple(flag for flag, holds in flags.items() if holds),
        content=msgspec.structs.replace(
            author.content(said, media),
            url=address_of(found),
            reach=_reach(post, author, raw.received_at),
        ),
    )


def _reach(post: dict[str, Any], author: Author, measured_at: datetime) -> ReachContent | None:
    """Who follows its author, and how it was met by then; both APIs' words for it."""
    shares, likes = count(post, "public_metrics", "retweet_count"), count(post, "public_metrics", "like_count")
    reach = ReachContent(
        measured_at,
        followers=author.followers,
        views=count(post, "public_metrics", "impression_count"),
        shares=count(post, "retweet_count") if shares is None else shares,
        likes=count(post, "favorite_count") if likes is None else likes,
    )
    return None if reach == ReachContent(measured_at) else reach


def _moment(milliseconds: str | None, found: str, raw: RawInbound) -> tuple[datetime, bool]:
    """When it was said; an id of X tells it, too."""
    found = found.removeprefix(DIRECT)
    if milliseconds is None and found.isascii() and found.isdigit() and len(found) < 20:  # noqa: PLR2004  (64 bits)
        milliseconds = str((int(found) >> 22) + _EPOCH_MS)
    return moment(milliseconds, raw.received_at)


def _classic_media(found: list[Any]) -> tuple[AttachmentContent, ...]:
    return tuple(
        AttachmentContent(
            external_id=url,
            media_type=_MEDIA_TYPES.get(text(each, "type") or "", "application/octet-stream"),
        )
        for each in found
        if (url := external_id(each, "media_url_https"))
    )
