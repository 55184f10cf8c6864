"""Golden streams: facts as they were stored under every topic version there has been, and what they fold to.

`python -m tests.replay.golden` adds an example for every topic that has none, and folds the streams anew. It never
changes a stored example: what is stored is for ever.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from contracts.stored import Fact, FirstFact
from infra.event_store import AnyFact
from infra.event_store.mapper import form_of_topic
from tests.architecture.sources import SERVICES
from tests.architecture.test_facts_can_be_kept_for_ever import facts_of

STREAMS = Path(__file__).parent / "streams"
STREAM_ID = UUID("00000000-0000-8000-8000-000000000001")
BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class StoredExample(msgspec.Struct):
    """One fact as it lies in the store: its clear bytes as JSON, and its opened envelope."""

    topic: str
    clear: dict[str, Any]
    sealed: dict[str, Any] | None = None


class GoldenStream(msgspec.Struct):
    """A stream's facts from version 1 on, the aggregate's topic, and its state after them."""

    kind: str
    facts: list[StoredExample]
    folded: dict[str, Any] = {}


def stored_topics() -> dict[str, str]:
    """Every topic a fact is or was stored under, with its service."""
    return {
        topic: service
        for service in SERVICES
        for kind in facts_of(service)
        for topic in (*kind.FORMER, kind.__dict__["TOPIC"])
    }


def streams() -> Iterator[tuple[Path, GoldenStream]]:
    """All of them, by their file."""
    for path in sorted(STREAMS.glob("*/*.json")):
        yield path, msgspec.json.decode(path.read_bytes(), type=GoldenStream)


def fact_at(example: StoredExample, version: int, *, keys: bool = True) -> AnyFact:
    """The fact as the store reads it. `keys` False: as it reads when its key is destroyed."""
    form = form_of_topic(example.topic, stream_id=STREAM_ID, version=version)
    return form.fact(
        stream_id=STREAM_ID,
        version=version,
        at=BEGIN + timedelta(minutes=version),
        clear=msgspec.json.encode(example.clear),
        sealed=None if example.sealed is None or not keys else msgspec.json.encode(example.sealed),
    )


def folded(stream: GoldenStream, *, keys: bool = True) -> Any:
    """The aggregate after all facts."""
    aggregate: Any = None
    for version, example in enumerate(stream.facts, start=1):
        aggregate = fact_at(example, version, keys=keys).mutate(aggregate)
    return aggregate


def state(aggregate: Any) -> dict[str, Any]:
    """What an aggregate holds, in JSON's words."""
    held = {name: value for name, value in vars(aggregate).items() if not name.startswith("_")}
    found: dict[str, Any] = json.loads(msgspec.json.encode(held, enc_hook=_plain))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Fact | FirstFact):
        return {"fact": value.TOPIC, "version": value.originator_version}
    return vars(value)


def text_of(stream: GoldenStream) -> bytes:
    """The file of a stream."""
    return msgspec.json.format(msgspec.json.encode(stream), indent=2) + b"\n"


if __name__ == "__main__":
    from tests.replay.examples import add_missing

    for topic in add_missing():
        sys.stdout.write(f"added {topic}\n")
