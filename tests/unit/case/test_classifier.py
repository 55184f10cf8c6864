"""The installation's own classifier: asked by a signed webhook, believed within bounds, left alone while it fails."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from contracts.standard_webhooks import sign_standard
from contracts.triage import Classifier
from contracts.vocabulary import Channel, ContactKind, TriageClass, Visibility
from infra import metrics
from services.case.domain.triage import Opinion
from services.case.domain.utterance import Utterance
from services.case.providers.classifier import ANSWER_BYTES_MAX, HttpClassifier
from tests.support.platform_stand_in import Answered, PlatformStandIn, Sent

SECRET = "whsec_dGhlIHNlY3JldCBvZiBhIHRlc3Q="
ID = UUID(int=7)


class ClassifierStandIn(PlatformStandIn):
    """Says what it is told to say, after `delay_s`."""

    def __post_init__(self) -> None:
        self.answer: dict[str, Any] = {"class": "complaint", "sentiment": -0.5, "reason": "irony"}
        self.status, self.delay_s = 200, 0.0
        super().__post_init__()

    def taken(self, sent: Sent, number: int) -> Answered:
        del sent, number
        time.sleep(self.delay_s)
        return Answered(self.status, self.answer)


class Hands:
    """A clock that only a test moves."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


class Bench:
    """The classifier and its stand-in."""

    def __init__(self) -> None:
        self.platform, self.clock = ClassifierStandIn(), Hands()
        self.settings = Classifier(
            url=f"{self.platform.url}/words", secret=SECRET, timeout_ms=400, failures_max=2, pause_seconds=30
        )
        self.classifier = HttpClassifier(self.settings, self.clock)

    async def ask(self, text: str = "Dat ging weer lekker", **given: Any) -> Opinion | None:
        usual: dict[str, Any] = {"channel": Channel.X, "account": "x-1", "kind": ContactKind.MENTION}
        said = Utterance(**{**usual, "visibility": Visibility.PUBLIC, "text": text, **given})
        return await self.classifier.opinion_on(ID, said)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench()
    yield made
    await made.classifier.close()
    made.platform.close()


def counted(result: str) -> float:
    return float(metrics.classifier_answers.labels(result)._value.get())


async def test_it_is_asked_by_a_signed_webhook_and_its_answer_is_an_opinion(bench: Bench) -> None:
    assert await bench.ask() == Opinion(TriageClass.COMPLAINT, -0.5, None, "irony")
    (sent,) = bench.platform.sent
    assert sent.path == "/words"
    assert sent.body["text"] == "Dat ging weer lekker"
    assert sent.body["suggested"] == "other"
    assert sent.headers["webhook-id"] == str(ID)
    assert sent.headers["webhook-timestamp"] == str(int(bench.clock.at.timestamp()))
    signed = sign_standard(str(ID), sent.headers["webhook-timestamp"], msgspec.json.encode(sent.body), SECRET)
    assert sent.headers["webhook-signature"] == signed


async def test_what_is_not_public_is_not_shown_to_it_unless_it_may_see_it(bench: Bench) -> None:
    assert await bench.ask(visibility=Visibility.PRIVATE) is None
    assert await bench.ask("  ") is None
    assert bench.platform.calls == 0


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"class": "shouting"},
        {"class": "complaint", "sentiment": 2},
        {"class": "complaint", "language": "a language"},
        {"class": "complaint", "reason": "Sam de Boer is boos"},
        {"class": "complaint", "more": 1},
        {"class": "complaint", "reason": "a" * ANSWER_BYTES_MAX},
    ],
)
async def test_an_answer_that_says_anything_else_is_not_used(bench: Bench, answer: dict[str, Any]) -> None:
    bench.platform.answer = answer
    before = counted("unusable")
    assert await bench.ask() is None
    assert counted("unusable") == before + 1


async def test_a_refusal_is_not_used(bench: Bench) -> None:
    bench.platform.status = 500
    assert await bench.ask() is None


async def test_who_is_late_is_not_waited_for(bench: Bench) -> None:
    bench.platform.delay_s = 2.0
    started = time.monotonic()
    assert await bench.ask() is None
    assert time.monotonic() - started < 1.9


async def test_who_fails_too_often_is_left_alone_and_asked_once_again_after_a_while(bench: Bench) -> None:
    bench.platform.status = 503
    for _ in range(5):
        assert await bench.ask() is None
    assert bench.platform.calls == 2
    bench.clock.at += timedelta(seconds=31)
    await bench.ask()
    await bench.ask()
    assert bench.platform.calls == 3, "one try, then it rests again"
    bench.clock.at += timedelta(seconds=31)
    bench.platform.status = 200
    assert await bench.ask() is not None
    assert await bench.ask() is not None


async def test_nobody_there_is_no_error(bench: Bench) -> None:
    bench.platform.close()
    before = counted("unreachable")
    assert await bench.ask() is None
    assert counted("unreachable") == before + 1
    bench.platform = ClassifierStandIn()
