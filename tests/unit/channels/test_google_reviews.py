"""What Google lists of reviews, in our words, and the owner's answer in Google's."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.content import HandleContent, RatingContent
from contracts.vocabulary import (
    Channel,
    ContactKind,
    DeliveryStatus,
    Direction,
    HandleAssurance,
    HandleKind,
    Refusal,
    RefusalCode,
    Visibility,
)
from services.channels.domain.inbound import (
    ContactArrived,
    ContactEdited,
    ContactRemoved,
    Ignored,
    Inbound,
    StatusReported,
)
from services.channels.domain.normal_form import NotUnderstood
from services.channels.domain.outbound import CallResult, Reply, SendRefused, SendTarget, TakenOver, TryLater
from services.channels.providers import google_reviews, google_reviews_replies
from tests.unit.channels import google_payloads as told
from tests.unit.channels.in_memory import NOW, REPLY_ID, raw_of

AUTHOR = HandleContent(kind=HandleKind.GOOGLE, value="AbFvOqk1")
TARGET = SendTarget(
    api_base="https://g.example/v4/accounts/1/locations/2/", sender_id="x", secrets={"access_token": "t"}
)


def parsed(payload: Any) -> list[Inbound]:
    raw = raw_of(json.dumps(payload).encode(), channel=Channel.GOOGLE_REVIEWS, account="utrecht")
    return list(google_reviews.parse(raw, region="NL").items)


def reply(text: str = "We are sorry.", **more: Any) -> Reply:
    return Reply(contact_id=REPLY_ID, to=AUTHOR, text=text, **{"visibility": Visibility.PUBLIC, **more})


def test_s032_a_review_is_public_with_its_stars_and_of_whoever_wrote_it() -> None:
    (item,) = parsed(told.listing(told.review()))
    assert isinstance(item, ContactArrived)
    assert (item.external_id, item.kind, item.visibility) == ("AbFvOqk1", ContactKind.REVIEW, Visibility.PUBLIC)
    assert item.occurred_at == datetime(2026, 11, 21, 9, 0, 0, 123456, tzinfo=UTC)
    assert item.assurance is HandleAssurance.PLATFORM
    assert item.content.handles == (HandleContent(kind=HandleKind.GOOGLE, value="AbFvOqk1", display="Sam V."),)
    assert (item.content.text, item.content.rating) == ("Hello", RatingContent(2, 1, 5))


def test_who_stays_anonymous_and_says_nothing_still_gave_stars() -> None:
    (item,) = parsed(told.SAMPLES[0])
    assert isinstance(item, ContactArrived)
    assert (item.content.sender_name, item.content.text) == (None, None)
    assert item.content.rating == RatingContent(5, 1, 5)


def test_a_changed_review_is_edited_an_old_one_is_history_and_one_that_is_gone_is_taken_back() -> None:
    _, edited, ignored = parsed(told.SAMPLES[1])
    assert isinstance(edited, ContactEdited)
    assert (edited.external_id, edited.occurred_at) == ("AbFvOqk1", datetime(2026, 11, 21, 10, tzinfo=UTC))
    assert ignored == Ignored("too-old")
    assert parsed({"gone": ["AbFvOqk3", 7, ""]}) == [ContactRemoved("AbFvOqk3", NOW)]
    assert parsed({}) == [Ignored("nothing-in-it")]


def test_the_owners_answer_went_out_and_one_that_google_does_not_publish_has_failed() -> None:
    _, answer = parsed(told.listing(told.review(reviewReply=told.ANSWER)))
    assert isinstance(answer, ContactArrived)
    assert (answer.direction, answer.in_reply_to, answer.external_id) == (
        Direction.OUTBOUND,
        "AbFvOqk1",
        "AbFvOqk1/reply",
    )
    *_, failed = parsed(told.SAMPLES[3])
    assert isinstance(failed, StatusReported)
    assert (failed.external_id, failed.status) == ("AbFvOqk4/reply", DeliveryStatus.FAILED)


def test_a_listing_is_the_same_as_before_when_its_reviews_are() -> None:
    before = json.dumps(told.listing(told.review())).encode()
    assert google_reviews.key_of_reviews(before) == google_reviews.key_of_reviews(before.replace(b"2.5", b"2.6"))
    assert google_reviews.key_of_reviews(before) != google_reviews.key_of_reviews(before.replace(b"TWO", b"ONE"))


@pytest.mark.parametrize("payload", [{"error": {"code": 401}}, [], "x"])
def test_what_lists_nothing_is_not_understood(payload: Any) -> None:
    with pytest.raises(NotUnderstood):
        parsed(payload)


def test_an_answer_is_put_below_its_review_and_known_by_it() -> None:
    call = google_reviews_replies.render(reply(), TARGET)
    assert (call.method, call.url) == ("PUT", "https://g.example/v4/accounts/1/locations/2/reviews/AbFvOqk1/reply")
    assert (call.body, call.headers) == ({"comment": "We are sorry."}, {"Authorization": "Bearer t"})
    taken = google_reviews_replies.interpret(CallResult(200, b'{"comment":"x"}', known_as=call.known_as))
    assert taken == TakenOver("AbFvOqk1/reply")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (reply("é" * 2049), RefusalCode.TEXT_TOO_LONG),
        (reply(visibility=Visibility.PRIVATE), RefusalCode.CHANNEL_CANNOT_REPLY),
        (Reply(REPLY_ID, HandleContent(HandleKind.GOOGLE, ".."), "x", visibility=Visibility.PUBLIC),
         RefusalCode.NO_HANDLE_FOR_CHANNEL),
    ],
)  # fmt: skip
def test_what_google_would_not_take_does_not_leave(wrong: Reply, code: RefusalCode) -> None:
    with pytest.raises(Refusal) as refused:
        google_reviews_replies.render(wrong, TARGET)
    assert refused.value.code is code


def test_a_token_that_has_ended_can_be_tried_again_and_too_many_calls_wait() -> None:
    ended = CallResult(401, b'{"error":{"code":401,"status":"UNAUTHENTICATED","message":"no"}}')
    assert google_reviews_replies.interpret(ended) == SendRefused("UNAUTHENTICATED", "no", retryable=True, login=True)
    assert isinstance(google_reviews_replies.interpret(CallResult(429, b"{}")), TryLater)
