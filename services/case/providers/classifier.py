"""Asks the installation's own classifier what a text is: signed, within a short time, and not at all while it fails.

It gets the words, the channel and what our own rules make of them, never who said it. Whatever goes wrong, the rules
decide; how often, the figures say.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import httpx
import msgspec

from contracts.configuration import Configuration
from contracts.installation import Code, Language
from contracts.standard_webhooks import sign_standard
from contracts.triage import Classifier, ClassWord, class_of
from infra import metrics
from services.case.domain.folded_text import TEXT_LENGTH_MAX, FoldedText
from services.case.domain.triage import Opinion
from services.case.domain.utterance import Utterance, read
from services.case.ports import Clock

ANSWER_BYTES_MAX = 16 * 1024
CONNECTIONS_MAX = 16
_OK = 200
_Feeling = Annotated[float, msgspec.Meta(ge=-1, le=1)]


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What it may say. `reason`: a code of its own."""

    class_: ClassWord = msgspec.field(name="class")
    sentiment: _Feeling | None = None
    language: Language | None = None
    reason: Code | None = None


class Question(msgspec.Struct, frozen=True):
    """What it is told. `suggested`: the class by our own rules."""

    id: UUID
    channel: str
    kind: str
    visibility: str
    text: str
    language: str | None
    suggested: str


class HttpClassifier:
    """Implements `ports.Classifier`."""

    def __init__(self, asked: Classifier, clock: Clock) -> None:
        self._asked = asked
        self._clock = clock
        self._failures = 0
        self._rests_until: datetime | None = None
        self._client = httpx.AsyncClient(
            timeout=asked.timeout_ms / 1000,
            limits=httpx.Limits(max_connections=CONNECTIONS_MAX),
            follow_redirects=False,
        )

    async def opinion_on(self, contact_id: UUID, said: Utterance) -> Opinion | None:
        """Its opinion; None while it rests, fails, or has nothing to look at."""
        if not said.text.strip() or not (said.public or self._asked.private):
            return None
        if self._rests_until is not None and self._clock.now() < self._rests_until:
            metrics.classifier_answers.labels("resting").inc()
            return None
        try:
            async with asyncio.timeout(self._asked.timeout_ms / 1000):
                answer = msgspec.json.decode(await self._post(contact_id, said), type=Answer)
        except (TimeoutError, httpx.TimeoutException):
            self._failed("late")
        except (httpx.HTTPError, httpx.InvalidURL):
            self._failed("unreachable")
        except (msgspec.DecodeError, UnicodeDecodeError, _Unusable):
            self._failed("unusable")
        else:
            self._failures, self._rests_until = 0, None
            metrics.classifier_answers.labels("used").inc()
            return Opinion(class_of(answer.class_), answer.sentiment, answer.language, answer.reason)
        return None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _post(self, contact_id: UUID, said: Utterance) -> bytes:
        now = self._clock.now()
        suggested = read(said, FoldedText(said.text)).class_
        question = Question(
            id=contact_id,
            channel=said.channel.path,
            kind=said.kind.value.lower(),
            visibility=said.visibility.value.lower(),
            text=said.text[:TEXT_LENGTH_MAX],
            language=said.language,
            suggested=suggested.value.lower().replace("_", "-"),
        )
        body, webhook_id, timestamp = msgspec.json.encode(question), str(contact_id), str(int(now.timestamp()))
        headers = {
            "content-type": "application/json",
            "webhook-id": webhook_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": sign_standard(webhook_id, timestamp, body, self._asked.secret),
        }
        async with self._client.stream("POST", self._asked.url, content=body, headers=headers) as response:
            if response.status_code != _OK:
                raise _Unusable
            answer = bytearray()
            async for chunk in response.aiter_bytes():
                answer += chunk
                if len(answer) > ANSWER_BYTES_MAX:
                    raise _Unusable
            return bytes(answer)

    def _failed(self, result: str) -> None:
        """Count it; after too many in a row let it rest, then ask once to see whether it is well again."""
        metrics.classifier_answers.labels(result).inc()
        self._failures += 1
        if self._failures >= self._asked.failures_max:
            self._rests_until = self._clock.now() + timedelta(seconds=self._asked.pause_seconds)


class _Unusable(Exception):  # noqa: N818  (it is an answer, not a fault of ours)
    """It answered something else."""


@asynccontextmanager
async def classifier_of(configuration: Configuration, clock: Clock) -> AsyncIterator[HttpClassifier | None]:
    """The classifier that the configuration names, for as long as it is needed; None: there is none."""
    if configuration.classifier is None:
        yield None
        return
    made = HttpClassifier(configuration.classifier, clock)
    try:
        yield made
    finally:
        await made.close()
