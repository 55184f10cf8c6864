"""A case waits for somebody who went away only as long as it can wait, and for somebody who handed over not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracts.duty import Break, Roster, Shift
from contracts.vocabulary import AssignmentReason, CaseStatus, Presence, Refusal, RefusalCode, RoutingTier, WaitingFor
from services.routing.commands.transfer_case import TransferCase, transfer_case
from services.routing.domain.agent import agent_id
from services.routing.domain.policy import Policy
from services.routing.domain.targets import Offering, Rules
from tests.unit.routing.memory_floor import ZONE
from tests.unit.routing.test_cases_wait_for_whom_they_belong_to import WEDNESDAY, clock, works
from tests.unit.routing.the_shop import Shop, a_shop, filed, filed_agent, named

ANNA, BRAM, CARLA = agent_id("anna"), agent_id("bram"), agent_id("carla")
RULES = Rules(policy=Policy(), answer_min=180)
LUNCH = Roster(str(ZONE), (Shift((WEDNESDAY,), 9 * 60, 20 * 60, (Break(13 * 60 + 30, 14 * 60),)),))


async def a_shop_where_anna_has_a_case(rules: Rules = RULES, **rosters: Roster | None) -> Shop:
    """It is 13:00; the case of anna's customer came in now, so that somebody has to begin by 15:45."""
    shop = Shop(rules)
    agents = (filed_agent(ref, roster=roster) for ref, roster in rosters.items())
    await shop.apply(filed(*agents))
    await shop.contact("before", "anna", answer=True)
    for ref in rosters:
        await shop.presence(ref)
    assert (await shop.open_case("case")).agent_id == ANNA
    return shop


async def test_s001_who_signs_off_after_duty_hands_on_what_cannot_wait_to_the_partner_first() -> None:
    shop = await a_shop_where_anna_has_a_case(anna=works(9, 14), bram=works(9, 14), carla=works(12, 20))
    shop.clock.at = clock(14)
    opened = (await shop.case("case")).opened_at
    await shop.presence("anna", Presence.OFFLINE)
    shop.clock.at = clock(14, 14)
    assert await shop.decide_again() == 0, "anna may only have lost the line"
    shop.clock.at = clock(14, 15)
    assert await shop.decide_again() == 1
    decision = shop.decisions("case")[-1]
    assert (decision.agent_id, decision.tier, decision.reason) == (
        CARLA,
        RoutingTier.PARTNER,
        AssignmentReason.DUTY_ENDED,
    )
    assert (await shop.case("case")).opened_at == opened
    assert await shop.decide_again() == 0


async def test_who_is_back_from_a_break_in_time_keeps_the_case() -> None:
    shop = await a_shop_where_anna_has_a_case(anna=LUNCH, bram=works(9, 20))
    shop.clock.at = clock(13, 30)
    await shop.presence("anna", Presence.AWAY)
    shop.clock.at = clock(13, 50)
    assert await shop.decide_again() == 0
    await shop.presence("anna")
    assert (await shop.case("case")).agent_id == ANNA


async def test_who_is_away_in_the_middle_of_duty_is_waited_for_until_somebody_has_to_begin() -> None:
    shop = await a_shop_where_anna_has_a_case(anna=works(9, 20), bram=works(9, 20))
    await shop.presence("anna", Presence.AWAY)
    shop.clock.at = clock(15, 44)
    assert await shop.decide_again() == 0
    shop.clock.at = clock(15, 45)
    assert await shop.decide_again() == 1
    assert (await shop.case("case")).agent_id == BRAM


async def test_what_waits_for_the_customer_stays_with_whom_the_customer_talks_to() -> None:
    shop = await a_shop_where_anna_has_a_case(anna=works(9, 14), bram=works(9, 20))
    await shop.move("case", CaseStatus.WAITING, WaitingFor.CUSTOMER)
    await shop.presence("anna", Presence.OFFLINE)
    shop.clock.at = clock(18)
    assert await shop.decide_again() == 0
    await shop.move("case", CaseStatus.OPEN)
    case = await shop.case("case")
    assert (case.agent_id, case.ours_since) == (ANNA, clock(18))
    assert await shop.decide_again() == 1, "anna is not there before next week, and the customer wrote"
    assert (await shop.case("case")).agent_id == BRAM


async def test_a_case_that_nobody_else_can_take_stays_where_it_is() -> None:
    shop = await a_shop_where_anna_has_a_case(anna=works(9, 14), bram=works(9, 14))
    for ref in ("anna", "bram"):
        await shop.presence(ref, Presence.OFFLINE)
    shop.clock.at = clock(18)
    assert await shop.decide_again() == 0
    assert (await shop.case("case")).agent_id == ANNA


async def test_what_a_person_gave_to_somebody_who_is_away_stays_there() -> None:
    shop = await a_shop_where_anna_has_a_case(anna=works(9, 20), bram=works(9, 12))
    await shop.presence("bram", Presence.OFFLINE)
    shop.clock.pass_by(minutes=1)
    command = TransferCase(named("case"), named("transfer"), agent_id=BRAM)
    await transfer_case(command, shop.context(), record=shop.record, floor=shop.floor)
    shop.clock.at = clock(19)
    assert await shop.decide_again() == 0
    await shop.presence("bram")
    shop.clock.pass_by(minutes=1)
    await shop.presence("bram", Presence.OFFLINE)
    shop.clock.pass_by(minutes=20)
    assert await shop.decide_again() == 1, "bram was there since"


async def test_duty_is_told_at_each_of_its_edges_and_only_there() -> None:
    shop = await a_shop_where_anna_has_a_case(anna=LUNCH)
    told = []
    for hour, minute in ((13, 0), (13, 10), (13, 30), (13, 45), (14, 0), (20, 0)):
        shop.clock.at = clock(hour, minute)
        turns = await shop.keep_hours()
        told.append([(one.on_duty_until, one.next_duty_at) for _, one in shop.told(ANNA)][-1])
        assert turns <= min(moment for moment in told[-1] if moment is not None)
    assert told == [
        (clock(13, 30), None),
        (clock(13, 30), None),
        (None, clock(14)),
        (None, clock(14)),
        (clock(20), None),
        (None, clock(9) + timedelta(days=7)),
    ]
    assert [type(fact).__name__ for fact in shop.record.facts[ANNA]].count("DutyTurned") == 4


async def test_without_rosters_who_is_away_keeps_the_cases() -> None:
    shop = await a_shop()
    await shop.presence("anna")
    await shop.open_case("case")
    await shop.presence("bram")
    await shop.presence("anna", Presence.OFFLINE)
    shop.clock.pass_by(days=3)
    assert await shop.decide_again() == 0


@pytest.mark.parametrize("rosters", [True, False])
async def test_who_falls_ill_hands_all_open_work_over_in_one_step(*, rosters: bool) -> None:
    duty = works(9, 20) if rosters else None
    shop = await a_shop_where_anna_has_a_case(RULES if rosters else Rules(), anna=duty, bram=duty)
    for name in ("second", "third"):
        await shop.open_case(name)
    opened = {name: (await shop.case(name)).opened_at for name in ("case", "second", "third")}
    await shop.move("third", CaseStatus.WAITING, WaitingFor.CUSTOMER)
    shop.clock.pass_by(minutes=5)
    await shop.presence("anna", Presence.OFFLINE, hand_over=True)
    assert await shop.decide_again() == 2
    for name in ("case", "second"):
        case = await shop.case(name)
        assert (case.agent_id, case.opened_at) == (BRAM, opened[name])
        assert shop.decisions(name)[-1].reason is AssignmentReason.DUTY_ENDED
    assert (await shop.move("third", CaseStatus.OPEN)).agent_id == BRAM, "the customer wrote: anna is ill"
    assert await shop.decide_again() == 0


async def test_what_nobody_can_take_over_waits_with_nobody_and_goes_back_to_who_is_well_again() -> None:
    shop = await a_shop(filed_agent("anna"))
    await shop.presence("anna")
    await shop.open_case("case")
    await shop.presence("anna", Presence.OFFLINE, hand_over=True)
    assert await shop.decide_again() == 1
    assert (await shop.case("case")).agent_id is None
    assert await shop.decide_again() == 0
    await shop.presence("anna", Presence.AWAY)
    assert (await shop.agent("anna")).card.hands_over, "still not back"
    await shop.presence("anna")
    assert await shop.decide_again() == 1
    assert (await shop.case("case")).agent_id == ANNA


async def test_a_case_is_not_held_for_an_owner_who_handed_over() -> None:
    shop = Shop(RULES)
    await shop.apply(filed(filed_agent("anna", roster=works(14, 20)), filed_agent("bram")))
    await shop.contact("before", "anna", answer=True)
    await shop.presence("bram")
    case = await shop.open_case("case")
    assert case.held is not None
    await shop.presence("anna", Presence.OFFLINE, hand_over=True)
    assert await shop.decide_again() == 1
    assert (await shop.case("case")).agent_id == BRAM


async def test_who_is_here_cannot_hand_over() -> None:
    shop = await a_shop(filed_agent("anna"))
    with pytest.raises(Refusal) as refused:
        await shop.presence("anna", hand_over=True)
    assert (refused.value.code, refused.value.path) == (RefusalCode.INVALID_INPUT, ("handOver",))


async def test_what_is_handed_over_is_asked_where_agents_are_asked() -> None:
    rules = Rules(offering=Offering(offer_s=60))
    shop = Shop(rules)
    await shop.apply(filed(filed_agent("anna"), filed_agent("bram")))
    for ref in ("anna", "bram"):
        await shop.presence(ref)
    await shop.open_case("case")
    command = TransferCase(named("case"), named("transfer"), agent_id=ANNA)
    await transfer_case(command, shop.context(), record=shop.record, floor=shop.floor)
    await shop.presence("anna", Presence.OFFLINE, hand_over=True)
    assert await shop.decide_again() == 1
    case = await shop.case("case")
    assert case.offer is not None
    assert (case.agent_id, case.offer.agent_id) == (None, BRAM)
    assert case.offer.until == shop.clock.now() + timedelta(seconds=60)
