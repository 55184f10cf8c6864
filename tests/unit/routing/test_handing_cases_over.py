"""A person decides who has a case: a colleague, a team, the rules again, or whoever takes it."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.stored import Committed
from contracts.vocabulary import AssignmentReason, CandidateRejection, CaseStatus, Presence, RoutingTier, WaitingFor
from services.routing.commands.transfer_case import TransferCase, transfer_case
from services.routing.domain.agent import agent_id
from services.routing.domain.assignment_facts import CaseDecided
from services.routing.domain.duo import Duo, duo_id
from tests.unit.routing.the_shop import Shop, a_shop, filed, filed_agent, named

ANNA, BRAM, CARLA = agent_id("anna"), agent_id("bram"), agent_id("carla")


async def a_shop_with(*agents: Any) -> Shop:
    shop = await a_shop(*agents)
    for agent in agents:
        await shop.presence(agent.ref)
    return shop


async def three() -> Shop:
    """Anna of customer care, who has the case; bram and carla of the press desk."""
    shop = await a_shop_with(filed_agent("anna", capacity_units=2), filed_agent("bram", team_ref="press"),
                             filed_agent("carla", team_ref="press"))  # fmt: skip
    for ref in ("bram", "carla"):
        await shop.presence(ref, Presence.AWAY)
    assert (await shop.open_case("case")).agent_id == ANNA
    return shop


async def transfer(shop: Shop, transfer: str = "transfer", *, key: str | None = None, **to: Any) -> Committed:
    command = TransferCase(named("case"), named(transfer), **to)
    return await transfer_case(command, shop.context(key), record=shop.record, floor=shop.floor)


def last(shop: Shop) -> CaseDecided:
    return shop.decisions("case")[-1]


async def test_a_colleague_who_is_named_gets_the_case_even_away_and_full() -> None:
    shop = await three()
    await transfer(shop, agent_id=BRAM)
    assert (await shop.case("case")).agent_id == BRAM
    decision = last(shop)
    assert (decision.tier, decision.reason) == (RoutingTier.MANUAL, AssignmentReason.TRANSFERRED)
    assert decision.policy_version == ""
    assert [(one.agent_id, one.rejected) for one in decision.candidates] == [(BRAM, None)]
    assert (decision.decision_id, decision.turn) == (named("transfer"), 1)


async def test_a_team_that_nobody_is_in_any_more_keeps_no_case_waiting() -> None:
    shop = await three()
    await transfer(shop, team_ref="press")
    assert (await shop.case("case")).agent_id is None, "bram and carla are away"
    await shop.apply(filed(filed_agent("anna"), filed_agent("bram"), digest="no press desk"))
    await shop.presence("bram")
    await shop.decide_again()
    assert (await shop.case("case")).agent_id == BRAM, "anna gave it away"


async def test_a_brand_s_case_goes_back_to_the_brand_s_team_where_nobody_is_in_the_one_it_was_given_to() -> None:
    shop = await a_shop_with(filed_agent("anna"), filed_agent("bram"), filed_agent("carla", team_ref="other"))
    assert (await shop.open_case("case", team_ref="care")).agent_id is not None
    await transfer(shop, team_ref="nobody")
    assert (await shop.case("case")).agent_id in {ANNA, BRAM}


async def test_the_load_moves_with_the_case_and_the_next_matter_is_the_owners_again() -> None:
    shop = await three()
    await shop.contact("case", "anna", answer=True)
    await transfer(shop, agent_id=BRAM)
    request = (await shop.case("case")).request()
    crew = (await shop.floor.situation(request, shop.clock.now())).crew
    assert [seat.load.units for seat in map(crew.seat, (ANNA, BRAM)) if seat is not None] == [0, 1]
    duo = await shop.record.load(Duo, duo_id(named("customer")))
    assert duo is not None
    assert duo.owner_id == ANNA
    await shop.contact("case", "bram", answer=True)
    await shop.presence("bram")
    assert (await shop.open_case("while it is open")).agent_id == BRAM
    for name in ("case", "while it is open"):
        await shop.move(name, CaseStatus.RESOLVED)
    assert (await shop.open_case("the next matter")).agent_id == ANNA


async def test_a_transfer_that_is_told_twice_takes_effect_once() -> None:
    shop = await three()
    first = await transfer(shop, key="told", agent_id=BRAM)
    again = await transfer(shop, key="told", agent_id=BRAM)
    assert (first.repeated, again.repeated) == (False, True)
    assert len(shop.decisions("case")) == 2


async def test_a_transfer_that_loses_the_race_is_decided_upon_what_the_winner_left() -> None:
    shop = await three()
    shop.record.lose_races(2)
    await transfer(shop, agent_id=BRAM)
    assert (await shop.case("case")).agent_id == BRAM
    assert len(shop.decisions("case")) == 2


async def test_a_case_nobody_here_knows_is_left_alone() -> None:
    shop = await a_shop()
    assert (await transfer(shop, agent_id=BRAM)).versions == {}


async def test_work_for_somebody_who_left_us_goes_to_whomever_the_rules_find() -> None:
    shop = await three()
    await shop.apply(filed(filed_agent("anna"), filed_agent("carla", team_ref="press"), digest="second"))
    await shop.presence("carla")
    await transfer(shop, agent_id=BRAM)
    assert (await shop.case("case")).agent_id == CARLA
    assert last(shop).reason is AssignmentReason.TRANSFERRED


async def test_to_a_team_goes_to_somebody_of_that_team_and_waits_for_one() -> None:
    shop = await three()
    await transfer(shop, team_ref="press")
    assert (await shop.case("case")).agent_id is None
    rejected = {one.agent_id: one.rejected for one in last(shop).candidates}
    assert rejected[ANNA] is CandidateRejection.EXCLUDED
    assert await shop.decide_again() == 0, "anna is there, but of another team"
    await shop.presence("carla")
    assert await shop.decide_again() == 1
    assert (await shop.case("case")).agent_id == CARLA


async def test_a_case_of_a_brand_with_a_team_is_for_that_team_and_for_whoever_is_named() -> None:
    shop = await three()
    assert (await shop.open_case("press matter", team_ref="press")).agent_id is None
    assert {one.agent_id: one.rejected for one in shop.decisions("press matter")[-1].candidates} == {
        ANNA: CandidateRejection.EXCLUDED, BRAM: CandidateRejection.UNAVAILABLE, CARLA: CandidateRejection.UNAVAILABLE
    }  # fmt: skip
    await shop.presence("carla")
    await shop.decide_again()
    assert (await shop.case("press matter")).agent_id == CARLA

    def to(**to: Any) -> TransferCase:
        return TransferCase(named("press matter"), named(f"to {to}"), **to)

    await shop.presence("bram")
    for command, taker in ((to(agent_id=ANNA), ANNA), (to(), BRAM), (to(team_ref="care"), None)):
        await transfer_case(command, shop.context(), record=shop.record, floor=shop.floor)
        assert (await shop.case("press matter")).agent_id == taker


async def test_back_to_routing_goes_to_anybody_but_who_gave_it_away() -> None:
    shop = await three()
    await transfer(shop)
    assert (await shop.case("case")).agent_id is None
    decision = last(shop)
    assert decision.reason is AssignmentReason.TRANSFERRED
    assert {one.agent_id: one.rejected for one in decision.candidates}[ANNA] is CandidateRejection.EXCLUDED
    await shop.contact("case")
    assert (await shop.case("case")).agent_id is None, "not back to anna by rule"
    await transfer(shop, "second", agent_id=ANNA)
    assert (await shop.case("case")).agent_id == ANNA, "but whoever is named is meant"
    assert (await shop.case("case")).given_away_by == ()


async def test_a_case_given_back_while_the_customer_is_to_move_is_decided_at_once() -> None:
    shop = await three()
    await shop.presence("carla")
    await shop.move("case", CaseStatus.WAITING, WaitingFor.CUSTOMER)
    await transfer(shop)
    assert (await shop.case("case")).agent_id == CARLA


@pytest.mark.parametrize("taker", [BRAM, ANNA])
async def test_a_claim_takes_what_nobody_has_and_nothing_else(taker: Any) -> None:
    shop = await three()
    await transfer(shop, agent_id=taker, claimed=True)
    assert (await shop.case("case")).agent_id == ANNA, "she had it already"
    decision = last(shop)
    assert decision.tier is (RoutingTier.CLAIMED if taker == ANNA else RoutingTier.CASE_ASSIGNEE)
    await transfer(shop, "away")
    await transfer(shop, "claim", agent_id=taker, claimed=True)
    assert (await shop.case("case")).agent_id == taker
    assert (last(shop).tier, last(shop).reason) == (RoutingTier.CLAIMED, AssignmentReason.CLAIMED)
