"""With rosters a case waits for its owner or partner, as long as that is worth it, and for nobody who will not come."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from contracts.configuration import parse_configuration
from contracts.duty import Roster, Shift
from contracts.opening_hours import service_levels
from contracts.routing import CaseRouted
from contracts.targets import Matter
from contracts.vocabulary import AssignmentReason, CandidateRejection, CaseStatus, Channel, Presence, RoutingTier
from services.routing.commands.set_roster import SetRoster, set_roster
from services.routing.domain.agent import agent_id
from services.routing.domain.duo import Duo, duo_id
from services.routing.domain.policy import Policy
from services.routing.domain.targets import Rules
from services.routing.settings import filed_of, rules_of
from tests.unit.routing.memory_floor import NOW, ZONE
from tests.unit.routing.the_shop import Shop, filed, filed_agent, named

RULES = Rules(policy=Policy(cases_per_hour=12), answer_min=180)
ANNA, BRAM = agent_id("anna"), agent_id("bram")
WEDNESDAY = 2
"""NOW is a Wednesday, 13:00 on the clock."""


def works(start: int, until: int, *days: int) -> Roster:
    return Roster(str(ZONE), (Shift(days or (WEDNESDAY,), start * 60, until * 60),))


def clock(hour: int, minute: int = 0) -> datetime:
    return NOW.astimezone(ZONE).replace(hour=hour, minute=minute)


async def a_shop_of(**rosters: Roster | None) -> Shop:
    """The customer belongs to anna. Nobody is there."""
    shop = Shop(RULES)
    await shop.apply(filed(*(filed_agent(ref, roster=roster) for ref, roster in rosters.items())))
    await shop.contact("before", "anna", answer=True)
    return shop


def told(shop: Shop, name: str) -> dict[Any, Any]:
    return {one.agent_id: one.rejected for one in shop.decisions(name)[-1].candidates}


async def test_s001_a_case_waits_for_its_owner_who_comes_in_time_and_then_goes_there() -> None:
    shop = await a_shop_of(anna=works(14, 20), bram=works(9, 17, 1))
    case = await shop.open_case("case")
    (decision,) = shop.decisions("case")
    assert case.agent_id is None
    assert (decision.reason, decision.held_for) == (AssignmentReason.HELD_FOR_OWNER, ANNA)
    assert decision.held_until == clock(14, 15), "quarter of an hour for who is late"
    assert decision.candidates[0].eta == clock(14)
    assert await shop.decide_again() == 0
    shop.clock.at = clock(14)
    await shop.presence("anna")
    assert await shop.decide_again() == 1
    assert (await shop.case("case")).agent_id == ANNA
    assert shop.decisions("case")[-1].reason is AssignmentReason.OWNER_IN_TIME


async def test_an_owner_who_comes_too_late_is_not_waited_for() -> None:
    shop = await a_shop_of(anna=works(16, 20), bram=None)
    await shop.presence("bram")
    case = await shop.open_case("case")
    assert case.agent_id == BRAM
    assert told(shop, "case")[ANNA] is CandidateRejection.NOT_IN_TIME
    assert shop.decisions("case")[-1].reason is AssignmentReason.OVERFLOW_DEADLINE


async def test_who_does_not_come_when_they_should_is_not_waited_for_any_longer() -> None:
    shop = await a_shop_of(anna=works(14, 20), bram=works(9, 17))
    await shop.open_case("case")
    await shop.presence("bram")
    shop.clock.at = clock(14, 10)
    assert await shop.decide_again() == 0, "anna may still come"
    shop.clock.at = clock(14, 15)
    assert await shop.decide_again() == 1
    assert (await shop.case("case")).agent_id == BRAM


async def test_an_owner_who_signs_off_ill_is_not_waited_for() -> None:
    shop = await a_shop_of(anna=works(9, 20), bram=works(9, 17))
    await shop.presence("bram")
    shop.clock.at = clock(13, 5)
    await shop.presence("anna")
    await shop.presence("anna", Presence.OFFLINE)
    case = await shop.open_case("case")
    assert case.agent_id == BRAM


async def test_an_owner_at_lunch_is_waited_for_a_little() -> None:
    shop = await a_shop_of(anna=works(9, 20), bram=works(9, 17))
    await shop.presence("bram")
    await shop.presence("anna")
    await shop.presence("anna", Presence.AWAY)
    await shop.open_case("case")
    assert shop.decisions("case")[-1].held_until == clock(13, 15)
    shop.clock.at = clock(13, 15)
    assert await shop.decide_again() == 1
    assert (await shop.case("case")).agent_id == BRAM


async def test_nobody_has_a_case_whose_owner_has_left_us_while_it_waited() -> None:
    shop = await a_shop_of(anna=works(14, 20), bram=works(9, 17))
    await shop.open_case("case")
    await shop.apply(filed(filed_agent("bram", roster=works(9, 17)), digest="second"))
    await shop.presence("bram")
    assert await shop.decide_again() == 1
    assert (await shop.case("case")).agent_id == BRAM


async def test_a_full_owner_is_waited_for_while_the_backlog_goes_in_time() -> None:
    shop = Shop(RULES)
    shifts = works(9, 20)
    await shop.apply(filed(filed_agent("anna", roster=shifts, capacity_units=1), filed_agent("bram", roster=shifts)))
    await shop.contact("before", "anna", answer=True)
    await shop.presence("anna")
    assert (await shop.open_case("first")).agent_id == ANNA
    await shop.presence("bram")
    await shop.open_case("second", customer="customer")
    (decision,) = shop.decisions("second")
    assert (decision.agent_id, decision.held_for) == (None, ANNA)
    assert decision.candidates[0].eta == NOW + timedelta(minutes=5)


async def test_the_first_who_answers_gets_the_partner_whose_roster_overlaps_least() -> None:
    shop = await a_shop_of(anna=works(9, 14), bram=works(9, 14), carla=works(14, 20))
    duo = await shop.record.load(Duo, duo_id(named("customer")))
    assert duo is not None
    assert (duo.owner_id, duo.partner_id) == (ANNA, agent_id("carla"))
    shop.clock.at = clock(15)
    await shop.presence("carla")
    case = await shop.open_case("case")
    assert case.agent_id == agent_id("carla")
    assert shop.decisions("case")[-1].tier is RoutingTier.PARTNER


async def test_the_same_held_decision_is_recorded_once() -> None:
    shop = await a_shop_of(anna=works(14, 20), bram=works(9, 17))
    await shop.open_case("case")
    await shop.contact("case")
    await shop.contact("case")
    assert len(shop.decisions("case")) == 1


async def test_what_is_told_says_how_long_it_waits_and_when_each_could_begin() -> None:
    shop = await a_shop_of(anna=works(14, 20), bram=works(9, 17))
    await shop.open_case("case")
    (routed,) = [message for _, message in shop.told() if isinstance(message, CaseRouted)]
    assert routed.held_until == clock(14, 15)
    assert {one.agent_id: one.eta for one in routed.candidates}[ANNA] == clock(14)


async def test_without_any_roster_nobody_is_waited_for_and_the_first_roster_changes_that() -> None:
    shop = await a_shop_of(anna=None, bram=None)
    await shop.presence("bram")
    assert (await shop.open_case("case")).agent_id == BRAM, "nobody can tell whether anna comes"
    await shop.move("case", CaseStatus.RESOLVED)
    command = SetRoster(shop.ids.new(), "anna", works(14, 20))
    await set_roster(command, shop.context(), record=shop.record)
    await shop.open_case("later")
    assert shop.decisions("later")[-1].held_for == ANNA


def test_s059_the_target_runs_in_the_channel_s_opening_hours() -> None:
    text = """
        holidays = "NL"
        [[targets]]
        first_answer_min = 120
        [[opening_hours]]
        channel = "email"
        days = ["mon", "tue", "wed", "thu", "fri"]
        from = "09:00"
        until = "17:00"
        [[agents]]
        ref = "anna"
        name = "Anna"
        holidays = "DE-BY"
        leave = [{ first = 2026-11-30, last = 2026-12-04 }]
        shifts = [{ days = ["thu"], from = "22:00", until = "24:00", breaks = [{ from = "23:00", until = "23:15" }] }]
    """
    configuration = parse_configuration(text, {}, lambda path: path)
    levels = service_levels(configuration)
    assert levels.first_due(Matter(Channel.EMAIL), clock(16)) == clock(10) + timedelta(days=1)
    assert levels.first_due(Matter(Channel.CHAT), clock(16)) == clock(18), "answered always"
    assert rules_of(configuration).deadline(clock(18)) == clock(18)
    assert rules_of(configuration).patience_s == 120 * 60
    roster = filed_of(configuration).agents["anna"].roster
    assert roster is not None
    assert (roster.shifts[0].days, roster.shifts[0].start_min, roster.shifts[0].end_min) == ((3,), 1320, 1440)
    assert (roster.holidays, len(roster.leave), roster.zone) == ("DE-BY", 1, "Europe/Amsterdam")
    assert msgspec.json.decode(msgspec.json.encode(roster), type=Roster) == roster


def test_s059_a_channel_opens_and_closes_by_its_own_clocks() -> None:
    text = """
        [[opening_hours]]
        channel = "email"
        days = ["wed"]
        from = "09:00"
        until = "12:00"
        timezone = "America/New_York"
        [[opening_hours]]
        channel = "email"
        days = ["wed"]
        from = "13:00"
        until = "17:00"
        timezone = "America/New_York"
        [[opening_hours]]
        channel = "voice"
        days = ["wed"]
        from = "09:00"
        until = "17:00"
        [[targets]]
        first_answer_min = 240
    """
    levels = service_levels(parse_configuration(text, {}, lambda path: path))
    assert levels.first_due(Matter(Channel.EMAIL), clock(13)) == clock(20), "from 15:00 here, an hour for lunch"
    assert levels.first_due(Matter(Channel.VOICE), clock(12)) == clock(16)
