"""What came in lately and who was rostered for it, out of real tables."""

from __future__ import annotations

from datetime import timedelta

from contracts.duty import Roster, Shift
from services.routing.domain.capacity import CAPACITY_ID, Capacity
from services.routing.domain.load import Load
from services.routing.domain.policy import Policy
from services.routing.queries.workload import TableWorkload
from services.routing.workers.capacity_watch import CapacityWatch
from tests.integration.router_on_postgres import IDS, NOW, Router, filed


async def test_s063_the_cases_of_the_last_hour_stand_against_the_duty_in_it(router: Router) -> None:
    # NOW is a Wednesday, 13:00 on the clock: one was there for the whole hour, one for its second half, one not at all.
    always, half, later = (
        Roster("Europe/Amsterdam", (Shift((2,), start, 20 * 60),)) for start in (9 * 60, 12 * 60 + 30, 14 * 60)
    )
    await router.apply(filed("anna", roster=always), filed("bram", roster=half), filed("carla", roster=later))
    await router.apply(filed("anna", roster=always), filed("bram", roster=half), digest="without carla")
    for minutes in (0, 10, 59, 61):
        await router.open_case(opened_at=NOW - timedelta(minutes=minutes))
    workload = TableWorkload(router.pool)
    assert await workload.load(NOW) == Load(cases=3, rostered_s=1.5 * 3600)
    pace = Policy(cases_per_hour=2)
    for _ in range(2):
        watch = CapacityWatch(workload=workload, policy=pace, record=router.record, clock=router.clock, ids=IDS)
        await watch.round()
    capacity = await router.record.load(Capacity, CAPACITY_ID)
    assert capacity is not None
    assert (capacity.short, capacity.version) == (True, 1), "three of three; said once by two processes"
