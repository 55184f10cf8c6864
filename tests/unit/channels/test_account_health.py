"""How an account does: what is news, and when silence is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from contracts.channels import AccountHealthChanged
from contracts.rosters import Shift
from contracts.stored import CommandContext, FactMeta
from contracts.subjects import ACCOUNT_HEALTH_CHANGED
from contracts.vocabulary import system_actor
from services.channels.commands.observe_account import ObserveAccount, observe_account
from services.channels.domain.health import TOLD_EVERY, silent_since
from services.channels.domain.health_facts import Health
from services.channels.publish import contract_fact
from tests.support.memory_record import MemoryRecord

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # a Monday, 11:00 in Amsterdam
ACCOUNT = UUID(int=7)
META = FactMeta(UUID(int=1), 1, UUID(int=2), "", NOW, system_actor("channels"), UUID(int=3), None)
OFFICE = (Shift(days=("mon", "tue", "wed", "thu", "fri"), start="09:00", until="17:00"),)


def silent(last: datetime | None, hours: tuple[Shift, ...] = (), minutes: int | None = 60) -> bool:
    found = silent_since(last, at=NOW, alarm_minutes=minutes, opening_hours=hours, timezone="Europe/Amsterdam")
    assert found in {None, last}
    return found is not None


def test_an_account_is_silent_when_nothing_came_for_longer_than_it_should() -> None:
    assert silent(NOW - timedelta(minutes=60))
    assert not silent(NOW - timedelta(minutes=59))


def test_an_account_without_an_alarm_or_a_first_contact_is_never_silent() -> None:
    assert not silent(NOW - timedelta(days=9), minutes=None)
    assert not silent(None)


def test_only_the_time_counts_in_which_the_channel_is_open() -> None:
    friday_evening = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)  # half an hour before it closes
    assert silent(friday_evening, OFFICE, minutes=150)
    assert not silent(friday_evening, OFFICE, minutes=151)
    assert silent(friday_evening, minutes=151)


def test_open_periods_that_overlap_count_once_and_may_end_on_the_next_day() -> None:
    night = Shift(days=("sun",), start="22:00", until="09:30")
    sunday_noon = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
    assert silent(sunday_noon, (*OFFICE, night), minutes=13 * 60)
    assert not silent(sunday_noon, (*OFFICE, night), minutes=13 * 60 + 1)


async def looked(record: MemoryRecord, health: Health, at: datetime) -> bool:
    context = CommandContext(UUID(int=int(at.timestamp())), system_actor("channels"), at, ACCOUNT)
    done = await observe_account(ObserveAccount(ACCOUNT, health), context, record=record)
    told: bool = done.outcome["told"]
    return told


async def test_what_is_wrong_is_told_at_once_and_the_rest_now_and_then() -> None:
    record, well = MemoryRecord(), Health(last_received_at=NOW)
    assert await looked(record, well, NOW)
    assert not await looked(record, well, NOW + TOLD_EVERY)
    busy = msgspec.structs.replace(well, unread=3)
    assert not await looked(record, busy, NOW + timedelta(seconds=10))
    assert await looked(record, msgspec.structs.replace(busy, trouble="TimeoutError"), NOW + timedelta(seconds=20))
    assert await looked(record, msgspec.structs.replace(busy, silent_since=NOW), NOW + timedelta(seconds=30))
    assert await looked(record, busy, NOW + timedelta(seconds=40))
    assert await looked(record, well, NOW + timedelta(seconds=40) + TOLD_EVERY)


async def test_what_is_told_of_an_account_is_published() -> None:
    record = MemoryRecord()
    await looked(record, Health(last_received_at=NOW, unsent=2), NOW)
    await looked(record, Health(last_received_at=NOW, silent_since=NOW), NOW + timedelta(hours=1))
    told = [contract_fact(fact, META) for fact in record.all_facts()]
    assert told == [
        (ACCOUNT_HEALTH_CHANGED, AccountHealthChanged(ACCOUNT, NOW, last_received_at=NOW, unsent=2)),
        (
            ACCOUNT_HEALTH_CHANGED,
            AccountHealthChanged(ACCOUNT, NOW + timedelta(hours=1), last_received_at=NOW, silent_since=NOW),
        ),
    ]
