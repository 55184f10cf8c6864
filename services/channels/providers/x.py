"""X, the way in: webhooks of the X Activity API and of the Account Activity API before it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contracts.reply_capabilities import REPLY_CAPABILITIES
from contracts.vocabulary import Channel, DeliveryStatus
from services.channels.domain.channel_spec import ChannelSpec, CrcChallenge, HmacSignature
from services.channels.domain.inbound import ContactRemoved, Ignored, Inbound, Parsed, StatusReported
from services.channels.domain.normal_form import NotUnderstood, read_json
from services.channels.domain.raw import RawInbound
from services.channels.providers.json_values import external_id, items, mapping, moment, text
from services.channels.providers.x_posts import (
    classic_post,
    direct_id,
    direct_message,
    encrypted_message,
    post_of_event,
)

spec = ChannelSpec(
    channel=Channel.X,
    verification=HmacSignature(
        header="x-twitter-webhooks-signature", prefix="sha256=", encoding="base64", secrets=("consumer_secret",)
    ),
    handshake=CrcChallenge(secret="consumer_secret"),  # noqa: S106  (the name of the secret, not the secret)
    answer_status=200,
    reply=REPLY_CAPABILITIES[Channel.X],
)

_CLASSIC = ("tweet_create_events", "tweet_delete_events", "direct_message_events", "direct_message_mark_read_events")


def parse(raw: RawInbound, *, region: str) -> Parsed:
    """Every event of a payload. What we said ourselves in X's own app is an echo where it answers somebody.

    Raises:
        NotUnderstood: the body is no JSON object.
    """
    del region
    payload = read_json(raw.body)
    if not isinstance(payload, dict):
        raise NotUnderstood("malformed-json", "the body must be a JSON object")
    event = mapping(payload, "data")
    our_id = external_id(event, "filter", "user_id") if event else external_id(payload, "for_user_id")
    found = tuple(_event(raw, event, our_id) if event else _classic(raw, payload, our_id))
    return Parsed(items=found or (Ignored("unknown-event"),), sender_id=our_id)


def _event(raw: RawInbound, event: dict[str, Any], our_id: str | None) -> Iterator[Inbound]:
    kind = text(event, "event_type") or ""
    if kind == "post.delete":
        yield _removed(raw, external_id(event, "payload", "id"), text(event, "payload", "author_id"), our_id, None)
    elif kind.startswith("post."):
        yield post_of_event(raw, kind, event)
    elif kind in {"dm.received", "dm.sent"} and (told := items(event, "payload", "direct_message_events")):
        for each in told:
            yield direct_message(raw, each, mapping(event, "payload", "users"), our_id)
    elif kind == "chat.received":
        yield encrypted_message(raw, event)
    elif kind in {"dm.sent", "chat.sent"}:
        yield Ignored("own-echo")
    elif kind:
        yield Ignored("other-activity")


def _classic(raw: RawInbound, payload: dict[str, Any], our_id: str | None) -> Iterator[Inbound]:
    for post in items(payload, "tweet_create_events"):
        yield classic_post(raw, post, our_id) if isinstance(post, dict) else Ignored("malformed-item")
    for each in items(payload, "direct_message_events"):
        yield direct_message(raw, each, mapping(payload, "users"), our_id)
    for each in items(payload, "tweet_delete_events"):
        status = mapping(each, "status")
        yield _removed(raw, external_id(status, "id"), text(status, "user_id"), our_id, text(each, "timestamp_ms"))
    for each in items(payload, "direct_message_mark_read_events"):
        yield _read(raw, each, our_id)
    if "for_user_id" in payload and not any(name in payload for name in _CLASSIC):
        yield Ignored("other-activity")


def _removed(raw: RawInbound, found: str | None, by: str | None, our_id: str | None, told: str | None) -> Inbound:
    if found is None:
        return Ignored("no-target")
    if by == our_id:
        return Ignored("own-post")
    occurred_at, _ = moment(told, raw.received_at)
    return ContactRemoved(found, occurred_at)


def _read(raw: RawInbound, event: Any, our_id: str | None) -> Inbound:
    """The customer has read up to a message of ours; what we read ourselves says nothing."""
    last = direct_id(event, "last_read_event_id")
    if last is None or text(event, "sender_id") == our_id:
        return Ignored("read-by-us")
    occurred_at, _ = moment(text(event, "created_timestamp"), raw.received_at)
    return StatusReported(last, DeliveryStatus.READ, occurred_at)
