"""The hash of a fact, recomputed by hand from its description."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from infra.transparency import fact_hash, microseconds

FACT: dict[str, Any] = {
    "stream_id": UUID("01890000-0000-7000-8000-000000000001"),
    "version": 12,
    "event_id": UUID("01890000-0000-7000-8000-00000000abcd"),
    "topic": "case.opened.v1",
    "recorded_at": datetime(2026, 3, 1, 9, 30, 0, 1, tzinfo=UTC),
    "clear": b'{"number":"100001"}',
    "meta": b'{"actor":{"kind":"SYSTEM","ref":"case"}}',
    "seals": b"[]",
}


def test_the_hash_is_that_of_the_ten_parts_each_after_its_length() -> None:
    parts = [
        b"eender.fact.v1",
        bytes(32),
        b"01890000-0000-7000-8000-000000000001",
        b"12",
        b"01890000-0000-7000-8000-00000000abcd",
        b"case.opened.v1",
        b"1772357400000001",
        b'{"number":"100001"}',
        b'{"actor":{"kind":"SYSTEM","ref":"case"}}',
        b"[]",
    ]
    preimage = b"".join(struct.pack(">I", len(part)) + part for part in parts)
    assert fact_hash(bytes(32), **FACT) == sha256(preimage).digest()


def test_the_hash_of_a_first_fact_is_the_one_that_was_published() -> None:
    """A known value: whoever changes the form breaks every stored chain."""
    assert fact_hash(None, **FACT).hex() == "46ab4e10ec6f07a617b85e50d7f83ad6c77df929b0e5f4cf059823eb50fb3d81"


def test_every_part_changes_the_hash() -> None:
    other = {
        "stream_id": UUID(int=1),
        "version": 13,
        "event_id": UUID(int=2),
        "topic": "case.opened.v2",
        "recorded_at": FACT["recorded_at"] + timedelta(microseconds=1),
        "clear": b"{}",
        "meta": b"{}",
        "seals": b"[1]",
    }
    hashes = {fact_hash(None, **(FACT | {name: value})) for name, value in other.items()}
    assert len(hashes | {fact_hash(None, **FACT), fact_hash(bytes(32), **FACT)}) == len(other) + 2


def test_bytes_cannot_move_from_one_part_to_the_next() -> None:
    assert fact_hash(None, **(FACT | {"clear": b"ab", "meta": b"c"})) != fact_hash(
        None, **(FACT | {"clear": b"a", "meta": b"bc"})
    )


def test_the_time_is_exact_in_any_zone_and_needs_one() -> None:
    at = datetime(2262, 4, 11, 23, 47, 16, 854775, tzinfo=UTC)
    assert microseconds(at) == 9223372036854775
    assert microseconds(at.astimezone(timezone(timedelta(hours=5, minutes=30)))) == microseconds(at)
    with pytest.raises(TypeError):
        microseconds(at.replace(tzinfo=None))
