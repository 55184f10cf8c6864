"""Where agents are asked, a case is nobody's until somebody says yes; who says no or nothing makes room for others."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.configuration import ConfigurationError, parse_configuration
from contracts.routing import AgentChanged, CaseRouted
from contracts.vocabulary import (
    AssignmentReason,
    CandidateRejection,
    CaseStatus,
    OfferDeclineReason,
    Presence,
    Refusal,
    RefusalCode,
    RoutingTier,
    WaitingFor,
)
from services.routing.commands.answer_offer import AnswerOffer, answer_offer
from services.routing.commands.transfer_case import TransferCase, transfer_case
from services.routing.domain.agent import agent_id
from services.routing.domain.offer import Offer
from services.routing.domain.targets import Offering, Rules
from services.routing.settings import rules_of
from tests.unit.routing.the_shop import Shop, filed, filed_agent, named

ANNA, BRAM, CARLA = agent_id("anna"), agent_id("bram"), agent_id("carla")
RULES = Rules(offering=Offering(offer_s=60, silent_offers_max=2, declined_min=30))
BUSY, CONFLICT = OfferDeclineReason.BUSY, OfferDeclineReason.CONFLICT_OF_INTEREST


async def a_shop_that_asks(*refs: str, **fields: Any) -> Shop:
    """The customer belongs to anna; everybody is there."""
    shop = Shop(RULES)
    await shop.apply(filed(*(filed_agent(ref, **fields) for ref in refs or ("anna", "bram"))))
    await shop.contact("before", "anna", answer=True)
    for ref in refs or ("anna", "bram"):
        await shop.presence(ref)
    return shop


async def offer_of(shop: Shop, name: str = "case") -> Offer:
    offer = (await shop.case(name)).offer
    assert offer is not None
    return offer


async def answer(
    shop: Shop,
    name: str = "case",
    reason: OfferDeclineReason | None = None,
    *,
    offer: Offer | None = None,
    answered_at: datetime | None = None,
    by: UUID | None = None,
    key: str | None = None,
) -> None:
    offer = offer or await offer_of(shop, name)
    answer_id = shop.ids.new()
    at = answered_at or shop.clock.now()
    command = AnswerOffer(named(name), offer.offer_id, answer_id, by or offer.agent_id, at, reason)
    await answer_offer(command, shop.context(key), record=shop.record, floor=shop.floor)


async def test_s001_the_owner_is_asked_and_has_the_case_once_they_say_so() -> None:
    shop = await a_shop_that_asks()
    case = await shop.open_case("case")
    assert case.agent_id is None
    offer = await offer_of(shop)
    assert (offer.agent_id, offer.until) == (ANNA, shop.clock.now() + timedelta(seconds=60))
    (routed,) = [message for _, message in shop.told() if isinstance(message, CaseRouted)]
    assert (routed.agent_id, routed.offered_to, routed.offered_until) == (None, ANNA, offer.until)
    await answer(shop)
    case = await shop.case("case")
    assert (case.agent_id, case.offer) == (ANNA, None)
    decision = shop.decisions("case")[-1]
    assert (decision.tier, decision.reason) == (RoutingTier.OWNER, AssignmentReason.OWNER_IN_TIME)


async def test_who_says_no_is_passed_over_and_the_case_keeps_its_age() -> None:
    shop = await a_shop_that_asks("anna", "bram", "carla")
    opened = (await shop.open_case("case")).opened_at
    shop.clock.pass_by(seconds=20)
    await answer(shop, reason=BUSY)
    decision = shop.decisions("case")[-1]
    assert (decision.offered_to, decision.reason) == (BRAM, AssignmentReason.DECLINED_BY_PREVIOUS)
    assert {one.agent_id: one.rejected for one in decision.candidates}[ANNA] is CandidateRejection.DECLINED
    assert (await shop.case("case")).opened_at == opened


async def test_where_all_say_no_the_case_waits_and_comes_round_again_after_a_while() -> None:
    shop = await a_shop_that_asks("anna", "bram")
    await shop.open_case("case")
    await answer(shop, reason=BUSY)
    await answer(shop, reason=CONFLICT)
    case = await shop.case("case")
    assert (case.agent_id, case.offer) == (None, None)
    assert shop.decisions("case")[-1].reason is AssignmentReason.NOBODY_AVAILABLE
    assert await shop.decide_again() == 0
    shop.clock.pass_by(minutes=30)
    assert await shop.decide_again() == 1
    assert (await offer_of(shop)).agent_id == ANNA
    await answer(shop, reason=BUSY)
    assert (await shop.case("case")).offer is None, "bram is partial, and is never asked about this one again"


async def test_who_says_nothing_is_passed_over_and_is_away_the_second_time_in_a_row() -> None:
    shop = await a_shop_that_asks("anna", "bram")
    for place, name in enumerate(("first", "second")):
        await shop.open_case(name)
        assert (await offer_of(shop, name)).agent_id == ANNA
        shop.clock.pass_by(seconds=59)
        assert await shop.decide_again() == 0
        shop.clock.pass_by(seconds=1)
        assert await shop.decide_again() == 1
        assert (await offer_of(shop, name)).agent_id == BRAM
        await answer(shop, name)
        await shop.move(name, CaseStatus.RESOLVED)
        assert (await shop.agent("anna")).card.presence is (Presence.AWAY if place else Presence.ONLINE)
    assert [told.presence for _, told in shop.told() if isinstance(told, AgentChanged) and told.ref == "anna"][-1] is (
        Presence.AWAY
    )
    await shop.presence("anna")
    await shop.open_case("third")
    shop.clock.pass_by(seconds=60)
    await shop.decide_again()
    assert (await shop.agent("anna")).card.presence is Presence.ONLINE, "counted anew"


async def test_who_answers_once_is_not_away_for_one_more_silence() -> None:
    shop = await a_shop_that_asks("anna", "bram")
    for name, silent in (("first", True), ("second", False), ("third", True)):
        await shop.open_case(name)
        if silent:
            shop.clock.pass_by(seconds=60)
            await shop.decide_again()
        else:
            await answer(shop, name)
        await shop.move(name, CaseStatus.RESOLVED)
    assert (await shop.agent("anna")).card.presence is Presence.ONLINE


async def test_what_is_offered_counts_in_the_capacity() -> None:
    shop = await a_shop_that_asks("anna", capacity_units=1)
    await shop.open_case("first")
    await shop.open_case("second")
    assert (await offer_of(shop, "first")).agent_id == ANNA
    assert (await shop.case("second")).offer is None
    await answer(shop, "first")
    assert await shop.decide_again() == 0
    await shop.move("first", CaseStatus.WAITING, WaitingFor.CUSTOMER)
    assert await shop.decide_again() == 1
    assert (await offer_of(shop, "second")).agent_id == ANNA


async def test_an_offer_ends_at_once_when_who_was_asked_goes_away() -> None:
    shop = await a_shop_that_asks("anna", "bram")
    await shop.open_case("case")
    await shop.presence("anna", Presence.OFFLINE)
    assert await shop.decide_again() == 1
    assert (await offer_of(shop)).agent_id == BRAM
    assert (await shop.agent("anna")).card.missed_offers == 0


async def test_an_offer_is_over_when_the_case_is_settled_without_it() -> None:
    shop = await a_shop_that_asks("anna", "bram")
    await shop.open_case("case")
    offer = await offer_of(shop)
    await shop.move("case", CaseStatus.RESOLVED)
    with pytest.raises(Refusal) as refused:
        await answer(shop, offer=offer)
    assert (refused.value.code, refused.value.path) == (RefusalCode.CASE_RESOLVED, ("offerId",))


async def test_a_yes_that_comes_too_late_is_refused() -> None:
    shop = await a_shop_that_asks("anna", "bram")
    await shop.open_case("case")
    offer = await offer_of(shop)
    shop.clock.pass_by(seconds=60)
    with pytest.raises(Refusal) as refused:
        await answer(shop, offer=offer)
    assert refused.value.code is RefusalCode.NOT_FOUND
    await shop.decide_again()
    await answer(shop)
    with pytest.raises(Refusal) as refused:
        await answer(shop, offer=offer)
    assert refused.value.code is RefusalCode.ALREADY_ASSIGNED
    await answer(shop, reason=BUSY, offer=offer)
    assert (await shop.case("case")).agent_id == BRAM, "a no that comes too late changes nothing"


async def test_a_yes_in_time_counts_though_it_is_heard_late() -> None:
    shop = await a_shop_that_asks("anna", "bram")
    await shop.open_case("case")
    said_at = shop.clock.now() + timedelta(seconds=59)
    shop.clock.pass_by(seconds=65)
    await answer(shop, answered_at=said_at)
    assert (await shop.case("case")).agent_id == ANNA


async def test_nobody_takes_what_was_offered_to_somebody_else() -> None:
    shop = await a_shop_that_asks("anna", "bram")
    await shop.open_case("case")
    with pytest.raises(Refusal):
        await answer(shop, by=BRAM)
    assert (await shop.case("case")).offer is not None


async def test_a_person_who_names_a_colleague_does_not_ask_and_ends_the_offer() -> None:
    shop = await a_shop_that_asks("anna", "bram", "carla")
    await shop.open_case("case")
    await answer(shop, reason=BUSY)
    command = TransferCase(named("case"), named("transfer"), agent_id=ANNA)
    await transfer_case(command, shop.context(), record=shop.record, floor=shop.floor)
    case = await shop.case("case")
    assert (case.agent_id, case.offer, case.declined) == (ANNA, None, {})


async def test_an_answer_that_is_told_twice_counts_once_and_loses_no_race() -> None:
    shop = await a_shop_that_asks("anna", "bram")
    await shop.open_case("case")
    offer = await offer_of(shop)
    shop.record.lose_races(2)
    await answer(shop, offer=offer, key="told")
    await answer(shop, offer=offer, key="told")
    assert [each.agent_id for each in shop.decisions("case")] == [None, ANNA]


def test_offering_is_off_unless_the_file_says_ask() -> None:
    assert rules_of(parse_configuration("", {}, str)).offering is None
    asks = '[routing]\noffers = "ask"\noffer_seconds_max = 30\nsilent_offers_max = 3\ndeclined_min = 5\n'
    assert rules_of(parse_configuration(asks, {}, str)).offering == Offering(30, 3, 5)
    with pytest.raises(ConfigurationError) as wrong:
        parse_configuration('[routing]\noffers = "ask"\noffer_seconds_max = 0\n', {}, str)
    assert "offer_seconds_max" in str(wrong.value)
