"""What was ever stored is read for ever: a golden example of every topic version, in streams that fold as they did."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.replay.golden import GoldenStream, folded, state, stored_topics, streams

GOLDEN = list(streams())
NAMES = [f"{path.parent.name}/{path.stem}" for path, _ in GOLDEN]


def test_every_topic_that_is_or_was_stored_has_a_golden_example() -> None:
    shown = {example.topic for _, stream in GOLDEN for example in stream.facts}
    missing = sorted(stored_topics().keys() - shown)
    assert missing == [], "add an example: python -m tests.replay.golden"
    assert sorted(shown - stored_topics().keys()) == [], "a topic that was stored has no class any more"


@pytest.mark.parametrize(("path", "stream"), GOLDEN, ids=NAMES)
def test_a_golden_stream_folds_to_the_state_it_always_had(path: Path, stream: GoldenStream) -> None:
    del path
    aggregate = folded(stream)
    assert aggregate.version == len(stream.facts)
    assert state(aggregate) == stream.folded


@pytest.mark.parametrize(("path", "stream"), GOLDEN, ids=NAMES)
def test_a_golden_stream_folds_when_every_key_of_it_is_destroyed(path: Path, stream: GoldenStream) -> None:
    forgotten = str(state(folded(stream, keys=False)))
    assert folded(stream, keys=False).version == len(stream.facts)
    for example in stream.facts:
        for value in (example.sealed or {}).values():
            assert not isinstance(value, str) or f"'{value}'" not in forgotten, path
