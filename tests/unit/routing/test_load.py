"""Work against those who are rostered for it: when it is too much, and when not any more."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contracts.subjects import CAPACITY_CHANGED
from infra import metrics
from services.routing.domain.load import Load, alarmed
from services.routing.domain.policy import Policy
from services.routing.publish import contract_fact
from services.routing.workers.capacity_watch import CapacityWatch
from tests.support.memory_record import MemoryRecord
from tests.unit.routing.memory_floor import NOW, IdsInARow, SetClock
from tests.unit.routing.the_shop import meta_of

PACE = Policy(cases_per_hour=10)
TWO_AGENTS_S = 2 * 3600.0


class Hours:
    """One number of cases after the other, for two agents."""

    def __init__(self, *cases: int) -> None:
        self._cases = list(cases)

    async def load(self, now: datetime) -> Load:
        assert now == NOW
        return Load(self._cases.pop(0), TWO_AGENTS_S)


def test_the_offered_load_is_the_part_of_rostered_time_that_the_cases_take() -> None:
    assert Load(15, TWO_AGENTS_S).offered(PACE) == 0.75
    assert Load(15, TWO_AGENTS_S).offered(Policy()) is None, "nobody said how fast they work"
    assert Load(15, 0.0).offered(PACE) is None, "nobody is rostered"


def test_an_alarm_neither_flutters_nor_changes_while_nobody_knows() -> None:
    seen, on = [], False
    for load in (0.85, 0.91, 0.85, None, 0.8, 0.79, 0.9, None):
        on = alarmed(load, before=on)
        seen.append(on)
    assert seen == [False, True, True, True, True, False, False, False]


async def test_s057_a_peak_raises_the_alarm_and_its_end_clears_it() -> None:
    record = MemoryRecord()
    hours, ids = Hours(10, 19, 17, 15, 20), IdsInARow()
    seen = []
    for _ in range(5):
        # Another process each time: what was said before stands on record.
        watch = CapacityWatch(workload=hours, policy=PACE, record=record, clock=SetClock(NOW), ids=ids)
        await watch.round()
        seen.append((metrics.capacity_alarm._value.get(), metrics.offered_load._value.get()))
    assert seen == [(0, 0.5), (1, 0.95), (1, 0.85), (0, 0.75), (1, 1.0)]
    told = [contract_fact(fact, meta_of(fact)) for fact in record.all_facts()]
    changes: list[Any] = [message for message in told if message is not None]
    assert {subject for subject, _ in changes} == {CAPACITY_CHANGED}
    assert [(told.short, told.offered_load) for _, told in changes] == [(True, 0.95), (False, 0.75), (True, 1.0)]
