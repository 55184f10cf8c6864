"""The file names a time zone; budgets' periods are counted by its clocks, and none is granted twice."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from services.routing.commands.set_zone import SetZone, set_zone
from tests.unit.routing.the_shop import a_shop


async def test_another_time_zone_grants_the_same_days_no_second_time() -> None:
    shop = await a_shop()
    for zone in ("Europe/Amsterdam", "Europe/London", "Europe/London", "America/New_York"):
        shop.calendar = await set_zone(SetZone(zone), record=shop.record, clock=shop.clock)
        await shop.ask(f"in {zone}", 1_000)
    await shop.keep_hours()
    (account,) = shop.accounts("anna")
    assert account.standing.reserved_minor == 3_000
    ends = account.standing.period_end
    shop.clock.at = ends
    await shop.keep_hours()
    _, following = sorted(shop.accounts("anna"), key=lambda one: one.standing.period_start)
    assert following.standing.period_start == ends
    midnight = following.standing.period_end.astimezone(ZoneInfo("America/New_York"))
    assert (midnight.hour, midnight.weekday()) == (0, 0)


async def test_without_a_file_the_time_zone_stays_as_it_was_set() -> None:
    shop = await a_shop()
    before = await set_zone(SetZone("Europe/London"), record=shop.record, clock=shop.clock)
    assert await set_zone(SetZone("Europe/Paris", absent=True), record=shop.record, clock=shop.clock) == before
