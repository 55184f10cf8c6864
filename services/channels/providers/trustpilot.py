"""Trustpilot, the way in: what its webhooks tell of service reviews. No signature of theirs is documented."""

from __future__ import annotations

from typing import Any

from contracts.content import ContactContent, HandleContent, RatingContent
from contracts.vocabulary import Channel, ContactKind, HandleAssurance, HandleKind, Visibility
from services.channels.domain.channel_spec import LOGIN, ChannelSpec
from services.channels.domain.inbound import ContactArrived, ContactEdited, ContactRemoved, Ignored, Inbound, Parsed
from services.channels.domain.normal_form import NotUnderstood, read_json
from services.channels.domain.raw import RawInbound
from services.channels.providers.json_values import (
    at,
    derived_id,
    external_id,
    items,
    mapping,
    text,
    web_address,
)
from services.channels.providers.written_moments import written_moment

_STARS = (1, 5)

spec = ChannelSpec(
    channel=Channel.TRUSTPILOT,
    verification=LOGIN,
    answer_status=200,
)


def parse(raw: RawInbound, *, region: str) -> Parsed:
    """Every event of a payload.

    Raises:
        NotUnderstood: the body is no JSON object with `events`.
    """
    del region
    payload = read_json(raw.body)
    if not isinstance(payload, dict):
        raise NotUnderstood("malformed-json", "the body must be a JSON object")
    events = items(payload, "events")
    if not events:
        raise NotUnderstood("missing-field", "there is nothing in it", "events")
    return Parsed(items=tuple(_event(raw, each) for each in events))


def _event(raw: RawInbound, event: Any) -> Inbound:
    name, review = text(event, "eventName"), mapping(event, "eventData")
    found = external_id(review, "id")
    if found is None:
        return Ignored("no-id")
    match name:
        case "service-review-created":
            return _review(raw, found, review)
        case "service-review-updated":
            occurred_at, _ = written_moment(text(review, "updatedAt"), raw.received_at)
            return ContactEdited(found, derived_id(review), occurred_at, _said(review))
        case "service-review-deleted":
            return ContactRemoved(found, raw.received_at)
        case _:
            return Ignored("unknown-event")


def _review(raw: RawInbound, found: str, review: dict[str, Any]) -> Inbound:
    """The order's number, which the customer need not have written, stands with the fields."""
    occurred_at, trusted = written_moment(text(review, "createdAt"), raw.received_at)
    consumer, stars = mapping(review, "consumer"), at(review, "stars")
    author = external_id(consumer, "id")
    name = text(consumer, "name") or text(consumer, "displayName")
    order = text(review, "referenceId")
    return ContactArrived(
        external_id=found,
        kind=ContactKind.REVIEW,
        occurred_at=occurred_at,
        assurance=HandleAssurance.PLATFORM if author else HandleAssurance.SELF_ASSERTED,
        visibility=Visibility.PUBLIC,
        language=text(review, "language"),
        flags=() if trusted else ("clock-suspect",),
        content=ContactContent(
            handles=(HandleContent(kind=HandleKind.TRUSTPILOT, value=author, display=name),) if author else (),
            sender_name=name,
            subject=text(review, "title"),
            text=_said(review),
            fields={"referenceId": order} if order else {},
            url=web_address(review, "link"),
            rating=RatingContent(stars, *_STARS) if isinstance(stars, int) and stars in range(1, 6) else None,
        ),
    )


def _said(review: dict[str, Any]) -> str | None:
    return text(review, "text") or text(review, "title")
