"""Every payload that pywa's tests know, through today's parser. The corpus lies beside the project, if at all."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from contracts.vocabulary import Channel, DeliveryStatus, Direction
from services.channels.domain.inbound import (
    ContactArrived,
    ContactEdited,
    ContactRemoved,
    HandleAliased,
    Ignored,
    Inbound,
    ReactionChanged,
    StatusReported,
)
from services.channels.domain.raw import RawInbound, key_of_body
from services.channels.providers import whatsapp

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpora" / "whatsapp-pywa" / "tests" / "data" / "updates"

EXPECTED: dict[str, type[Any]] = {
    "callback_button": ContactArrived,
    "callback_selection": ContactArrived,
    "flow_completion": ContactArrived,
    "message": ContactArrived,
    "message/reaction": ReactionChanged,
    "message/unreaction_empty": ReactionChanged,
    "message/unreaction_no_emoji": ReactionChanged,
    "message_status": StatusReported,
    "edited_message": ContactEdited,
    "deleted_message": ContactRemoved,
    "outgoing_message/text": ContactArrived,
    "outgoing_message/edit": ContactEdited,
    "outgoing_message/delete": ContactRemoved,
    "system/phone_number_change": HandleAliased,
}
"""By file, or file and variant; everything else asks nothing of us: calls, accounts, templates, preferences."""


def payloads() -> dict[str, Any]:
    found = {}
    for path in sorted(CORPUS.glob("*.json")):
        for variant, payload in json.loads(path.read_text(encoding="utf-8")).items():
            found[f"{path.stem}/{variant}"] = payload
    return found


def read(payload: Any) -> tuple[Inbound, ...]:
    body = json.dumps(payload).encode()
    raw = RawInbound(
        raw_id=UUID(int=1),
        channel=Channel.WHATSAPP,
        account="waba-1",
        body=body,
        received_at=datetime(2027, 1, 1, tzinfo=UTC),
        dedupe_key=key_of_body(body),
    )
    return whatsapp.parse(raw, region="NL").items


@pytest.fixture(scope="module")
def corpus() -> dict[str, Any]:
    if not CORPUS.is_dir():
        reason = "the corpus whatsapp-pywa is not beside this checkout (../shared/corpora)"
        print(reason)  # noqa: T201  (says why nothing was counted)
        pytest.skip(reason)
    return payloads()


def test_every_payload_is_read_as_what_it_is(corpus: dict[str, Any]) -> None:
    wrong = {}
    counts: Counter[str] = Counter()
    for name, payload in corpus.items():
        expected = EXPECTED.get(name) or EXPECTED.get(name.partition("/")[0]) or Ignored
        items = read(payload)
        counts.update(type(item).__name__ for item in items)
        if not all(isinstance(item, expected) for item in items):
            wrong[name] = items
    passed = len(corpus) - len(wrong)
    print(f"whatsapp-pywa: {passed} of {len(corpus)} payloads as expected; {dict(counts)}")  # noqa: T201  (the count)
    assert wrong == {}
    assert len(corpus) > 60


def test_nothing_in_the_corpus_is_unknown_to_us(corpus: dict[str, Any]) -> None:
    reasons = {item.reason for payload in corpus.values() for item in read(payload) if isinstance(item, Ignored)}
    assert reasons.isdisjoint({"unknown-field", "malformed-item", "no-sender", "no-target", "unknown-status"})


def test_what_customers_said_is_there(corpus: dict[str, Any]) -> None:
    def content(name: str) -> Any:
        (item,) = read(corpus[name])
        assert isinstance(item, ContactArrived)
        return item.content

    assert content("message/text").text == "Body Text"
    assert content("message/text").handles[0].value == "+972987654321"
    assert content("message/text").handles[1].value == "US.13491208655302741918"
    assert content("message/document").attachments[0].name == "filename.pdf"
    assert content("message/video").text == "caption"
    assert content("callback_button/button").text == "title"
    assert content("flow_completion/completion").fields["delivery_rating"] == "4"
    assert "flow_token" not in content("flow_completion/completion").fields
    assert content("message/chosen_location").text.startswith("Facebook HQ")
    assert content("message/contacts").text == "Chandler Bing, Monica, Rachel Green"
    assert "HAMBURGER" in content("message/order").text
    assert content("message/referral").fields["referral"]["source_id"] == "ADID"


def test_echoes_go_out_and_name_whom_they_went_to(corpus: dict[str, Any]) -> None:
    (echo,) = read(corpus["outgoing_message/text"])
    assert isinstance(echo, ContactArrived)
    assert echo.direction is Direction.OUTBOUND
    assert echo.content.handles[0].value == "<WHATSAPP_USER_PHONE_NUMBER>"
    assert "from-channel-app" in echo.flags


def test_statuses_say_how_far_and_why_not(corpus: dict[str, Any]) -> None:
    reported = {name: read(payload)[0] for name, payload in corpus.items() if name.startswith("message_status/")}
    statuses = {name: item.status for name, item in reported.items() if isinstance(item, StatusReported)}
    assert statuses["message_status/played"] is DeliveryStatus.READ
    failed = reported["message_status/failed"]
    assert isinstance(failed, StatusReported)
    assert (failed.status, failed.code) == (DeliveryStatus.FAILED, "130472")
