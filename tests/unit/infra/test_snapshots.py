"""Snapshots take a bounded part of memory, and for a short while."""

from __future__ import annotations

import pytest

from infra.clock import SystemClock, SystemIds
from infra.event_store.snapshots import AGE_MS_MAX, ALL_BYTES_MAX, LOADED_MAX, SNAPSHOT_BYTES_MAX, Snapshots

IDS = SystemIds()


def test_the_least_used_go_when_there_are_too_many() -> None:
    snapshots, ids = Snapshots(), [IDS.new() for _ in range(40)]
    for number, stream_id in enumerate(ids):
        snapshots.keep(stream_id, number + 1, b"x" * (ALL_BYTES_MAX // 36), 0)
        assert snapshots.latest(ids[0], 0)[0] == 1
    kept = [stream_id for stream_id in ids if snapshots.latest(stream_id, 0)[0]]
    assert kept == [ids[0], *ids[-len(kept) + 1 :]]
    assert 30 <= len(kept) < 36


def test_one_that_is_too_large_is_not_kept() -> None:
    snapshots, stream_id = Snapshots(), IDS.new()
    snapshots.keep(stream_id, 7, "small", 0)
    snapshots.keep(stream_id, 8, b"x" * SNAPSHOT_BYTES_MAX, 0)
    assert snapshots.latest(stream_id, 0) == (0, None)


def test_one_from_before_a_destruction_is_not_used() -> None:
    snapshots, stream_id = Snapshots(), IDS.new()
    snapshots.keep(stream_id, 7, "state", 3)
    assert snapshots.latest(stream_id, 3) == (7, "state")
    assert snapshots.latest(stream_id, 4) == (0, None)


def test_one_that_is_too_old_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshots, stream_id = Snapshots(), IDS.new()
    snapshots.keep(stream_id, 7, "state", 0)
    later = SystemClock().monotonic_ms() + AGE_MS_MAX + 1_000
    monkeypatch.setattr(SystemClock, "monotonic_ms", lambda _: later)
    assert snapshots.latest(stream_id, 0) == (0, None)


def test_a_stream_is_worth_one_when_it_is_loaded_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshots, stream_id, now = Snapshots(), IDS.new(), SystemClock().monotonic_ms()
    asked = []
    for later in (0, 1_000, 2_000 + AGE_MS_MAX):
        monkeypatch.setattr(SystemClock, "monotonic_ms", lambda _, at=now + later: at)
        asked.append(snapshots.worthwhile(stream_id))
    assert asked == [False, True, False]
    for _ in range(LOADED_MAX):
        snapshots.worthwhile(IDS.new())
    assert not snapshots.worthwhile(stream_id)
