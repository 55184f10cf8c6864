"""How fast replies leave by an account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.channels.domain.send_pace import BURST_SECONDS, HOLD_MAX, SendPaces

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ACCOUNT, OTHER = UUID(int=1), UUID(int=2)


def paces(per_minute: int | None) -> SendPaces:
    return SendPaces(lambda account_id: per_minute if account_id == ACCOUNT else None)


@given(st.integers(1, 600), st.lists(st.floats(0, 20), max_size=200))
def test_no_more_leaves_than_the_burst_and_what_has_grown_since(rate: int, pauses: list[float]) -> None:
    pace, at, taken = paces(rate), NOW, 0
    for pause in pauses:
        at += timedelta(seconds=pause)
        taken += pace.take(ACCOUNT, at)
    grown = (at - NOW).total_seconds() * rate / 60
    assert taken <= max(1.0, rate * BURST_SECONDS / 60) + grown + 1e-6


def test_who_waits_is_told_once_and_may_go_on_after_a_while() -> None:
    pace = paces(6)
    assert pace.take(ACCOUNT, NOW)
    assert not pace.take(ACCOUNT, NOW)
    assert pace.slowed() == {ACCOUNT}
    assert pace.slowed() == frozenset()
    assert not pace.take(ACCOUNT, NOW + timedelta(seconds=9))
    assert pace.take(ACCOUNT, NOW + timedelta(seconds=10))


def test_a_platform_that_asks_for_a_pause_gets_it_for_its_account_alone() -> None:
    pace = paces(None)
    pace.hold(ACCOUNT, timedelta(seconds=30), NOW)
    assert not pace.take(ACCOUNT, NOW + timedelta(seconds=29))
    assert pace.take(OTHER, NOW)
    assert pace.take(ACCOUNT, NOW + timedelta(seconds=30))
    pace.hold(ACCOUNT, timedelta(days=2), NOW)
    assert pace.take(ACCOUNT, NOW + HOLD_MAX)
