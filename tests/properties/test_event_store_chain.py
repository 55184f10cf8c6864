"""A chain of facts: whatever byte of whatever column is changed, the check finds it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contracts.envelope import SealedPart
from infra.event_store import ChainBroken, StoredFact, verify_stream
from infra.event_store.stored_form import framed, meta_json, sealed_part, seals_json, unframed
from tests.support.notebook import NOW, context

STREAM = UUID(int=5)


@st.composite
def chains(draw: st.DrawFn) -> list[StoredFact]:
    facts: list[StoredFact] = []
    for version in range(1, draw(st.integers(1, 5)) + 1):
        envelopes = draw(st.lists(st.binary(min_size=1, max_size=40), max_size=2))
        parts = tuple(SealedPart(UUID(int=draw(st.integers(0, 9))), envelope) for envelope in envelopes)
        fact = StoredFact(
            stream_id=STREAM,
            version=version,
            event_id=draw(st.uuids()),
            topic=draw(st.sampled_from(["notebook.begun.v1", "notebook.noted.v1"])),
            recorded_at=NOW + timedelta(microseconds=draw(st.integers(0, 10**9))),
            clear=draw(st.binary(max_size=40)),
            seals=seals_json(parts),
            sealed=framed(parts),
            meta=meta_json(context(UUID(int=1)), None),
            hash=b"",
            previous_hash=facts[-1].hash if facts else None,
        )
        facts.append(fact.with_hash())
    return facts


def flipped(value: Any, draw: Any) -> Any:
    """The value with one bit changed."""
    if isinstance(value, UUID):
        return UUID(int=value.int ^ (1 << draw(st.integers(0, 127))))
    if isinstance(value, bytes):
        at, bit = draw(st.integers(0, len(value) - 1)), draw(st.integers(0, 7))
        return value[:at] + bytes([value[at] ^ (1 << bit)]) + value[at + 1 :]
    if isinstance(value, str):
        return flipped(value.encode(), draw).decode("latin-1")
    if isinstance(value, int):
        return value ^ (1 << draw(st.integers(0, 62)))
    return value + timedelta(microseconds=1 << draw(st.integers(0, 40)))


@given(chains())
def test_an_untouched_chain_verifies(facts: list[StoredFact]) -> None:
    assert verify_stream(facts, head=facts[-1].hash) == ()


COLUMNS = ("stream_id", "version", "event_id", "topic", "recorded_at", "clear", "seals", "sealed", "meta", "hash")


@given(chains(), st.sampled_from(COLUMNS), st.data())
def test_one_flipped_bit_anywhere_is_found(facts: list[StoredFact], column: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(facts) - 1))
    value = getattr(facts[at], column)
    assume(value not in {None, b""})
    head = facts[-1].hash
    facts[at] = replace(facts[at], **{column: flipped(value, data.draw)})
    with pytest.raises(ChainBroken):
        verify_stream(facts, head=head)


@given(chains(), st.data())
def test_a_missing_repeated_or_moved_fact_is_found(facts: list[StoredFact], data: st.DataObject) -> None:
    head = facts[-1].hash
    at = data.draw(st.integers(0, len(facts) - 1))
    for changed in (facts[:at] + facts[at + 1 :], [*facts[: at + 1], *facts[at:]]):
        with pytest.raises(ChainBroken):
            verify_stream(changed, head=head)
    if len(facts) > 1:
        with pytest.raises(ChainBroken):
            verify_stream(facts[::-1], head=head)


@given(chains(), st.data())
def test_a_withheld_envelope_breaks_nothing_and_is_reported(facts: list[StoredFact], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(facts) - 1))
    assume(facts[at].sealed is not None)
    facts[at] = replace(facts[at], sealed=None)
    assert verify_stream(facts, head=facts[-1].hash) == (at + 1,)
    assert sealed_part(facts[at].seals, None) is None


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=4), st.data())
def test_envelopes_come_out_of_their_frame_as_they_went_in(envelopes: list[bytes], data: st.DataObject) -> None:
    parts = tuple(SealedPart(UUID(int=number), envelope) for number, envelope in enumerate(envelopes))
    assert unframed(seals_json(parts), framed(parts)) == parts
    if parts:
        withheld = data.draw(st.integers(0, len(parts) - 1))
        frame = framed((*parts[:withheld], SealedPart(parts[withheld].key_id, b""), *parts[withheld + 1 :]))
        expected = (*parts[:withheld], None, *parts[withheld + 1 :])
        assert unframed(seals_json(parts), frame) == (expected if frame else (None,) * len(parts))
