"""Google reviews, the way in: what a Business Profile lists of one location, and what is found to be gone from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from contracts.content import ContactContent, HandleContent, RatingContent
from contracts.reply_capabilities import REPLY_CAPABILITIES
from contracts.vocabulary import (
    Channel,
    ContactKind,
    DeliveryStatus,
    Direction,
    HandleAssurance,
    HandleKind,
    Visibility,
)
from services.channels.domain.channel_spec import ChannelSpec, FetchedOnly
from services.channels.domain.inbound import (
    ContactArrived,
    ContactEdited,
    ContactRemoved,
    Ignored,
    Inbound,
    Parsed,
    StatusReported,
)
from services.channels.domain.normal_form import NotUnderstood, read_json
from services.channels.domain.raw import RawInbound
from services.channels.providers.json_values import at, external_id, items, mapping, text
from services.channels.providers.written_moments import written_moment

BACKLOG_MAX = timedelta(days=14)
"""What was last changed before that, when it is first seen, is history."""

PAGE_REVIEWS_MAX = 50
REPLY_SUFFIX = "/reply"
"""The owner's answer has no id of its own; a review has one of them at most."""

_STARS = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5}

spec = ChannelSpec(
    channel=Channel.GOOGLE_REVIEWS,
    verification=FetchedOnly(),
    answer_status=200,
    reply=REPLY_CAPABILITIES[Channel.GOOGLE_REVIEWS],
)


class Page(msgspec.Struct, frozen=True):
    """One page of a listing: ids, when each was last changed, and by which token the next page is asked for."""

    review_ids: tuple[str, ...]
    changed_at: tuple[datetime, ...]
    next_token: str | None


def address_of(api_base: str, token: str | None = None) -> str:
    """Where a location's reviews are listed, the latest changed first. `api_base`: down to the location."""
    asked = {"pageSize": str(PAGE_REVIEWS_MAX), "orderBy": "updateTime desc"}
    return f"{api_base.rstrip('/')}/reviews?{urlencode(asked | ({'pageToken': token} if token else {}))}"


def address_of_review(api_base: str, review_id: str) -> str:
    """Where one review is."""
    return f"{api_base.rstrip('/')}/reviews/{quote(review_id, safe='')}"


def page_of(body: bytes, received_at: datetime) -> Page:
    """What an answer lists.

    Raises:
        NotUnderstood: it lists nothing.
    """
    answer = _listing(body)
    listed = [(found, each) for each in items(answer, "reviews") if (found := _id(each)) is not None]
    return Page(
        review_ids=tuple(found for found, _ in listed),
        changed_at=tuple(written_moment(text(each, "updateTime"), received_at)[0] for _, each in listed),
        next_token=text(answer, "nextPageToken"),
    )


def key_of_reviews(body: bytes) -> str:
    """The same for two answers that list the same reviews and answers in the same words.

    Raises:
        NotUnderstood: it lists nothing.
    """
    said = [
        (_id(each), text(each, "updateTime"), text(each, "comment"), text(each, "starRating"), at(each, "reviewReply"))
        for each in items(_listing(body), "reviews")
    ]
    return "reviews:" + sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()


def gone(review_ids: tuple[str, ...]) -> bytes:
    """A payload of ours: reviews that were listed once, and are there no more."""
    return msgspec.json.encode({"gone": sorted(review_ids)})


def parse(raw: RawInbound, *, region: str) -> Parsed:
    """Every review with the owner's answer to it; one changed after it was written is edited, too.

    Raises:
        NotUnderstood: the body is no listing.
    """
    del region
    answer = _listing(raw.body)
    lost = (each for each in items(answer, "gone") if isinstance(each, str) and each)
    told: list[Inbound] = [ContactRemoved(each, raw.received_at) for each in lost if external_id(each) is not None]
    told += [item for review in items(answer, "reviews") for item in _items(raw, review)]
    return Parsed(items=tuple(told) or (Ignored("nothing-in-it"),))


def _listing(body: bytes) -> dict[str, Any]:
    answer = read_json(body)
    if not isinstance(answer, dict) or "error" in answer:
        raise NotUnderstood("malformed-json", "the body lists no reviews")
    return answer


def _id(review: Any) -> str | None:
    return external_id(review, "reviewId")


def _items(raw: RawInbound, review: Any) -> Iterator[Inbound]:
    found = _id(review)
    if found is None:
        yield Ignored("malformed-item")
        return
    written_at, trusted = written_moment(text(review, "createTime"), raw.received_at)
    changed_at, dated = written_moment(text(review, "updateTime"), raw.received_at)
    if trusted and raw.received_at - max(written_at, changed_at if dated else written_at) > BACKLOG_MAX:
        yield Ignored("too-old")
        return
    said, stars = text(review, "comment"), _STARS.get(text(review, "starRating") or "")
    name = None if at(review, "reviewer", "isAnonymous") is True else text(review, "reviewer", "displayName")
    # Google says no more of who wrote than the name: the author of this review is all that is known for sure.
    author = HandleContent(kind=HandleKind.GOOGLE, value=found, display=name)
    yield ContactArrived(
        external_id=found,
        kind=ContactKind.REVIEW,
        occurred_at=written_at,
        assurance=HandleAssurance.PLATFORM,
        visibility=Visibility.PUBLIC,
        flags=() if trusted else ("clock-suspect",),
        content=ContactContent(
            handles=(author,),
            sender_name=name,
            text=said,
            rating=None if stars is None else RatingContent(stars, 1, 5),
        ),
    )
    if dated and changed_at > written_at:
        edit_id = f"{changed_at.isoformat()}:{sha256((said or '').encode()).hexdigest()}"
        yield ContactEdited(found, edit_id, changed_at, said)
    yield from _answer(raw, found, author, mapping(review, "reviewReply"), text(review, "reviewReplyState"))


def _answer(
    raw: RawInbound, review_id: str, author: HandleContent, answer: dict[str, Any], state: str | None
) -> Iterator[Inbound]:
    """The owner's answer, which may be ours; and that Google does not publish it, where it says so."""
    said = text(answer, "comment")
    if said is None:
        return
    occurred_at, _ = written_moment(text(answer, "updateTime"), raw.received_at)
    yield ContactArrived(
        external_id=review_id + REPLY_SUFFIX,
        kind=ContactKind.COMMENT,
        occurred_at=occurred_at,
        assurance=HandleAssurance.PLATFORM,
        direction=Direction.OUTBOUND,
        visibility=Visibility.PUBLIC,
        in_reply_to=review_id,
        content=ContactContent(handles=(author,), text=said),
    )
    if "REJECTED" in {state, text(answer, "reviewReplyState")}:
        yield StatusReported(
            external_id=review_id + REPLY_SUFFIX,
            status=DeliveryStatus.FAILED,
            occurred_at=occurred_at,
            code="rejected",
            reason="Google does not publish it",
        )
