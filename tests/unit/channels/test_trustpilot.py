"""What Trustpilot tells of reviews, in our words."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from contracts.content import HandleContent, RatingContent
from contracts.vocabulary import Channel, ContactKind, HandleAssurance, HandleKind, Visibility
from services.channels.domain.inbound import ContactArrived, ContactEdited, ContactRemoved, Ignored, Inbound
from services.channels.providers import trustpilot
from tests.unit.channels import review_payloads as told
from tests.unit.channels.in_memory import NOW, raw_of


def parsed(*events: dict[str, Any]) -> list[Inbound]:
    body = json.dumps(told.events(*events)).encode()
    return list(trustpilot.parse(raw_of(body, channel=Channel.TRUSTPILOT), region="NL").items)


def test_s032_a_review_is_public_with_its_stars_and_the_order_it_is_about() -> None:
    (item,) = parsed(told.review())
    assert isinstance(item, ContactArrived)
    assert (item.external_id, item.kind, item.visibility) == ("5f8a1b2c", ContactKind.REVIEW, Visibility.PUBLIC)
    assert (item.assurance, item.occurred_at) == (HandleAssurance.PLATFORM, datetime(2026, 11, 21, 9, tzinfo=UTC))
    assert item.content.handles == (HandleContent(kind=HandleKind.TRUSTPILOT, value="c-1", display="Sam V."),)
    assert (item.content.subject, item.content.text) == ("Late", "Hello")
    assert (item.content.rating, item.content.fields["referenceId"]) == (RatingContent(2, 1, 5), "order-7")
    assert item.content.url == "https://reviews.example/5f8a1b2c"


def test_a_reviewer_without_an_id_is_nobody_in_particular() -> None:
    (item,) = parsed(told.review(consumer={"name": "Sam"}, stars=9))
    assert isinstance(item, ContactArrived)
    assert (item.content.handles, item.assurance) == ((), HandleAssurance.SELF_ASSERTED)
    assert item.content.rating is None


def test_a_review_that_changes_is_edited_and_one_that_goes_is_taken_back() -> None:
    edited, removed = parsed(told.UPDATED, told.DELETED)
    assert isinstance(edited, ContactEdited)
    assert (edited.text, edited.occurred_at) == ("Hello, it came", datetime(2026, 11, 21, 10, tzinfo=UTC))
    assert removed == ContactRemoved("5f8a1b2c", NOW)


def test_what_is_unknown_is_counted() -> None:
    assert parsed({"eventName": "x", "eventData": {"id": "1"}}, {}) == [Ignored("unknown-event"), Ignored("no-id")]
