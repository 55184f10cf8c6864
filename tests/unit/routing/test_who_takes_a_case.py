from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contracts import subjects
from contracts.vocabulary import (
    AssignmentReason,
    CandidateRejection,
    CaseStatus,
    Channel,
    Presence,
    RoutingTier,
    WaitingFor,
)
from services.routing.domain.agent import agent_id
from services.routing.domain.duo import Duo, duo_id
from services.routing.domain.policy import Policy
from services.routing.domain.targets import Rules
from tests.unit.routing.the_shop import Shop, a_shop, filed, filed_agent, named

ANNA, BRAM = agent_id("anna"), agent_id("bram")


async def a_shop_with(*refs: str, capacity: int = 20) -> Shop:
    shop = await a_shop(*(filed_agent(ref, capacity_units=capacity) for ref in refs))
    for ref in refs:
        await shop.presence(ref)
    return shop


async def test_nobody_is_there_until_they_say_so_and_the_case_waits() -> None:
    shop = await a_shop()
    case = await shop.open_case("first")
    assert case.agent_id is None
    (decision,) = shop.decisions("first")
    assert decision.reason is AssignmentReason.NOBODY_AVAILABLE
    assert {one.rejected for one in decision.candidates} == {CandidateRejection.UNAVAILABLE}


async def test_whoever_comes_first_takes_the_waiting_cases_oldest_first() -> None:
    shop = await a_shop(filed_agent("anna", capacity_units=2))
    for name in ("third", "first", "second"):
        age = {"first": 3, "second": 2, "third": 1}[name]
        await shop.open_case(name, opened_at=shop.clock.now() - timedelta(hours=age))
    assert await shop.decide_again() == 0
    await shop.presence("anna")
    assert await shop.decide_again() == 2
    assert [(await shop.case(name)).agent_id for name in ("first", "second", "third")] == [ANNA, ANNA, None]
    assert len(shop.decisions("third")) == 1, "that nobody can is recorded once"


async def test_away_is_not_there() -> None:
    shop = await a_shop_with("anna")
    await shop.presence("anna", Presence.AWAY)
    assert (await shop.open_case("first")).agent_id is None


async def test_the_least_loaded_agent_gets_the_next_case() -> None:
    shop = await a_shop_with("anna", "bram")
    first = await shop.open_case("first", customer="a")
    second = await shop.open_case("second", customer="b")
    assert {first.agent_id, second.agent_id} == {ANNA, BRAM}
    (decision,) = shop.decisions("second")
    assert (decision.reason, decision.tier) == (AssignmentReason.LEAST_LOADED, RoutingTier.LEAST_LOADED)
    assert decision.turn == 1


async def test_capacity_is_never_skipped_not_even_for_the_owner() -> None:
    shop = await a_shop_with("anna", "bram", capacity=1)
    await shop.contact("earlier", "anna", answer=True)
    assert (await shop.open_case("first", customer="somebody else")).agent_id is not None
    anna_has_it = (await shop.case("first")).agent_id == ANNA
    if not anna_has_it:
        await shop.open_case("second", customer="another one")
    third = await shop.open_case("third")
    reasons = {one.agent_id: one.rejected for one in shop.decisions("third")[0].candidates}
    assert reasons[ANNA] is CandidateRejection.CAPACITY
    assert third.agent_id != ANNA


async def test_two_cases_at_once_never_share_the_last_place() -> None:
    shop = await a_shop_with("anna", capacity=1)
    await shop.open_case("first", customer="a")
    await shop.open_case("second", customer="b")
    assert [(await shop.case(name)).agent_id for name in ("first", "second")] == [ANNA, None]


async def test_s001_who_answered_first_gets_the_next_case_of_that_customer() -> None:
    shop = await a_shop_with("anna", "bram")
    await shop.open_case("first")
    await shop.contact("first", "bram", answer=True)
    await shop.contact("first", "anna", answer=True)
    await shop.move("first", CaseStatus.RESOLVED)
    case = await shop.open_case("second")
    assert case.agent_id == BRAM
    (decision,) = shop.decisions("second")
    assert (decision.reason, decision.tier) == (AssignmentReason.OWNER_IN_TIME, RoutingTier.OWNER)
    assert {one.agent_id: one.rejected for one in decision.candidates} == {
        BRAM: None,
        ANNA: CandidateRejection.LOWER_TIER,
    }


async def test_the_owner_is_told_once() -> None:
    shop = await a_shop_with("anna", "bram")
    await shop.contact("first", "bram", answer=True)
    await shop.contact("first", "anna", answer=True)
    messages = [message for subject, message in shop.told() if subject == subjects.DUO_CHANGED]
    assert [message.owner_id for message in messages] == [BRAM]


async def test_who_was_in_touch_within_ninety_days_comes_before_the_others() -> None:
    shop = await a_shop_with("anna", "bram", "carla")
    await shop.contact("first", "carla")
    shop.clock.pass_by(days=60)
    assert (await shop.open_case("second")).agent_id == agent_id("carla")
    assert shop.decisions("second")[0].reason is AssignmentReason.RECENT_IN_TIME
    await shop.move("second", CaseStatus.RESOLVED)
    shop.clock.pass_by(days=31)
    await shop.open_case("third")
    assert shop.decisions("third")[0].reason is AssignmentReason.LEAST_LOADED


async def test_an_owner_who_was_not_in_touch_for_so_long_as_the_file_says_is_none_any_more() -> None:
    for days, tier in ((30, RoutingTier.OWNER), (31, RoutingTier.RECENT)):
        shop = await a_shop_with("anna", "bram")
        shop.floor.rules = Rules(policy=Policy(owner_ttl_days=30))
        await shop.open_case("first")
        await shop.contact("first", "bram", answer=True)
        await shop.move("first", CaseStatus.RESOLVED)
        shop.clock.pass_by(days=days)
        await shop.open_case("second")
        assert shop.decisions("second")[0].tier is tier


async def test_being_in_touch_is_noted_once_a_day() -> None:
    shop = await a_shop_with("anna")
    for _ in range(5):
        await shop.contact("first", "anna", answer=True)
    assert len(shop.record.facts[duo_id(named("customer"))]) == 3
    shop.clock.pass_by(days=1)
    await shop.contact("first", "anna", answer=True)
    duo = await shop.record.load(Duo, duo_id(named("customer")))
    assert duo is not None
    assert duo.handled == {ANNA: shop.clock.now()}


async def test_a_customer_with_another_open_case_goes_to_who_has_that() -> None:
    shop = await a_shop_with("anna", "bram", "carla")
    first = await shop.open_case("first")
    second = await shop.open_case("second")
    assert second.agent_id == first.agent_id
    assert shop.decisions("second")[0].reason is AssignmentReason.OPEN_CASE


async def test_an_open_case_keeps_its_agent_who_went_away() -> None:
    shop = await a_shop()
    await shop.presence("anna")
    await shop.open_case("first")
    await shop.presence("anna", Presence.OFFLINE)
    await shop.presence("bram")
    await shop.contact("first")
    await shop.decide_again()
    assert (await shop.case("first")).agent_id == ANNA
    assert len(shop.decisions("first")) == 1


async def test_s005_a_reopened_case_goes_back_even_above_capacity_and_away() -> None:
    shop = await a_shop_with("anna", capacity=1)
    await shop.open_case("first", customer="a")
    await shop.move("first", CaseStatus.RESOLVED)
    await shop.open_case("second", customer="b")
    await shop.presence("anna", Presence.OFFLINE)
    again = await shop.move("first", CaseStatus.OPEN, reopened=True)
    assert again.agent_id == ANNA
    decision = shop.decisions("first")[-1]
    assert (decision.reason, decision.tier) == (AssignmentReason.OPEN_CASE, RoutingTier.CASE_ASSIGNEE)
    assert decision.turn is None


async def test_cases_of_somebody_who_left_are_given_to_others() -> None:
    shop = await a_shop_with("anna", "bram")
    await shop.contact("first", "anna", answer=True)
    await shop.open_case("first")
    await shop.apply(filed(filed_agent("bram"), digest="second"))
    await shop.decide_again()
    assert (await shop.case("first")).agent_id == BRAM
    await shop.presence("bram", Presence.OFFLINE)
    await shop.apply(filed(digest="third"))
    await shop.decide_again()
    assert (await shop.case("first")).agent_id is None
    assert shop.decisions("first")[-1].reason is AssignmentReason.NOBODY_AVAILABLE


@pytest.mark.parametrize(
    ("waiting_for", "weighs"),
    [
        (WaitingFor.CUSTOMER, False),
        (WaitingFor.THIRD_PARTY, False),
        (WaitingFor.DATE, False),
        (WaitingFor.COLLEAGUE, True),
        (WaitingFor.APPROVAL, True),
    ],
)
async def test_only_cases_where_we_are_to_move_count(waiting_for: WaitingFor, weighs: bool) -> None:
    shop = await a_shop_with("anna", capacity=1)
    await shop.open_case("first", customer="a")
    await shop.move("first", CaseStatus.WAITING, waiting_for)
    second = await shop.open_case("second", customer="b")
    assert (second.agent_id is None) == weighs


async def test_a_freed_place_is_given_to_who_waits() -> None:
    shop = await a_shop_with("anna", capacity=1)
    await shop.open_case("first", customer="a")
    await shop.open_case("second", customer="b")
    await shop.move("first", CaseStatus.RESOLVED)
    assert await shop.decide_again() == 1
    assert (await shop.case("second")).agent_id == ANNA


async def test_the_customers_next_word_on_a_case_that_nobody_has_is_a_new_chance() -> None:
    shop = await a_shop()
    await shop.open_case("first")
    await shop.presence("anna")
    await shop.contact("first")
    assert (await shop.case("first")).agent_id == ANNA


@pytest.mark.parametrize("channel", list(Channel))
async def test_s004_s006_who_answers_on_one_channel_answers_on_every_channel(channel: Channel) -> None:
    shop = await a_shop_with("anna")
    assert (await shop.open_case("first", channel=channel)).agent_id == ANNA


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"skills": ("billing",)}, CandidateRejection.SKILL),
        ({"language": "fr"}, CandidateRejection.LANGUAGE),
        ({"units": 21}, CandidateRejection.CAPACITY),
    ],
)
async def test_skills_languages_and_capacity_are_reasons(fields: dict[str, Any], wanted: CandidateRejection) -> None:
    shop = await a_shop(filed_agent("anna", languages=("nl",)))
    await shop.presence("anna")
    await shop.open_case("first", **fields)
    (candidate,) = shop.decisions("first")[0].candidates
    assert candidate.rejected is wanted


async def test_a_case_seen_twice_is_decided_once() -> None:
    shop = await a_shop_with("anna")
    await shop.open_case("first", key="once")
    await shop.open_case("first", key="once")
    await shop.open_case("first")
    assert len(shop.decisions("first")) == 1


async def test_a_decision_that_loses_the_race_is_made_again() -> None:
    shop = await a_shop_with("anna")
    shop.record.lose_races(3)
    assert (await shop.open_case("first")).agent_id == ANNA


async def test_what_is_not_known_is_left_alone() -> None:
    shop = await a_shop_with("anna")
    facts = len(shop.record.all_facts())
    await shop.contact("unknown")
    await shop.contact("unknown", "nobody", answer=True)
    with pytest.raises(AssertionError):
        await shop.move("unknown", CaseStatus.RESOLVED)
    assert len(shop.record.all_facts()) == facts
