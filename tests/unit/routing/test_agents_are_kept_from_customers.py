"""A customer who refuses an agent, or a conflict of interest: somebody else has the cases, until it is taken back."""

from __future__ import annotations

import pytest

from contracts.vocabulary import (
    AssignmentReason,
    CandidateRejection,
    CaseStatus,
    Channel,
    ExclusionReason,
    WaitingFor,
)
from services.routing.commands.exclude_agent import ExcludeAgent, exclude_agent
from services.routing.commands.join_customers import JoinCustomers, join_customers
from services.routing.commands.transfer_case import TransferCase, transfer_case
from services.routing.domain.agent import agent_id
from services.routing.domain.duo import Duo, duo_id
from services.routing.domain.targets import Offering, OfferRule, Rules
from tests.unit.routing.the_shop import Shop, filed, filed_agent, named

ANNA, BRAM = agent_id("anna"), agent_id("bram")
REFUSES = ExclusionReason.CUSTOMER_REFUSES


async def a_shop_of(*refs: str, rules: Rules | None = None) -> Shop:
    """The customer belongs to anna; everybody is there."""
    shop = Shop() if rules is None else Shop(rules)
    await shop.apply(filed(*(filed_agent(ref) for ref in refs)))
    await shop.contact("before", "anna", answer=True)
    for ref in refs:
        await shop.presence(ref)
    return shop


async def exclude(
    shop: Shop, ref: str = "anna", *, excluded: bool = True, customer: str = "customer", key: str | None = None
) -> None:
    command = ExcludeAgent(named(customer), agent_id(ref), excluded, REFUSES)
    await exclude_agent(command, shop.context(key), record=shop.record, floor=shop.floor)


async def test_s001_whom_the_customer_refuses_loses_the_open_cases_and_gets_no_new_one() -> None:
    shop = await a_shop_of("anna", "bram")
    assert (await shop.open_case("open")).agent_id == ANNA
    await shop.open_case("waits")
    await shop.move("waits", CaseStatus.WAITING, WaitingFor.CUSTOMER)
    await exclude(shop)
    for name in ("open", "waits"):
        assert (await shop.case(name)).agent_id == BRAM, name
        assert shop.decisions(name)[-1].reason is AssignmentReason.TRANSFERRED
    await shop.open_case("new")
    decision = shop.decisions("new")[-1]
    assert decision.agent_id == BRAM
    assert {one.agent_id: one.rejected for one in decision.candidates}[ANNA] is CandidateRejection.EXCLUDED


async def test_where_nobody_else_could_take_it_nobody_has_it() -> None:
    shop = await a_shop_of("anna")
    await shop.open_case("case")
    await exclude(shop)
    assert (await shop.case("case")).agent_id is None
    assert shop.decisions("case")[-1].reason is AssignmentReason.NOBODY_AVAILABLE
    assert await shop.decide_again() == 0, "and it is not tried again and again"


async def test_a_resolved_case_does_not_come_back_to_whom_the_customer_refuses() -> None:
    shop = await a_shop_of("anna", "bram")
    await shop.open_case("case")
    await shop.move("case", CaseStatus.RESOLVED)
    await exclude(shop)
    assert (await shop.case("case")).agent_id == ANNA, "nothing is to be done"
    assert (await shop.move("case", CaseStatus.OPEN, reopened=True)).agent_id == BRAM


async def test_it_can_be_taken_back_and_what_is_with_others_stays_there() -> None:
    shop = await a_shop_of("anna", "bram")
    await shop.open_case("case")
    await exclude(shop)
    await exclude(shop, excluded=False)
    assert (await shop.case("case")).agent_id == BRAM
    assert (await shop.open_case("next", customer="another")).agent_id is not None
    await shop.move("case", CaseStatus.RESOLVED)
    assert (await shop.open_case("later")).agent_id == ANNA, "the owner again"


async def test_the_same_again_and_a_repetition_change_nothing() -> None:
    shop = await a_shop_of("anna", "bram")
    await shop.open_case("case")
    await exclude(shop, key="once")
    before = len(shop.record.all_facts())
    await exclude(shop, key="once")
    await exclude(shop)
    await exclude(shop, "bram", excluded=False)
    assert len(shop.record.all_facts()) == before


async def test_of_customers_who_are_one_it_holds_for_all() -> None:
    shop = await a_shop_of("anna", "bram")
    command = JoinCustomers(named("merge"), named("customer"), named("twin"))
    await join_customers(command, shop.context(), record=shop.record, floor=shop.floor)
    await exclude(shop, customer="twin")
    assert (await shop.open_case("case")).agent_id == BRAM


@pytest.mark.parametrize("refusing_is_source", [True, False])
async def test_of_customers_who_become_one_whom_either_refuses_loses_the_open_cases_of_the_other(
    refusing_is_source: bool,
) -> None:
    shop = await a_shop_of("anna", "bram", "carla")
    assert (await shop.open_case("open")).agent_id == ANNA
    for refused in ("anna", "bram"):
        await exclude(shop, refused, customer="twin")
    assert (await shop.case("open")).agent_id == ANNA, "they are two so far"
    both = (named("twin"), named("customer"))
    command = JoinCustomers(named("merge"), *(both if refusing_is_source else reversed(both)))
    context = shop.context()
    await join_customers(command, context, record=shop.record, floor=shop.floor)
    assert (await shop.case("open")).agent_id == agent_id("carla")
    assert shop.decisions("open")[-1].reason is AssignmentReason.TRANSFERRED


async def test_whom_a_colleague_named_keeps_the_case_of_the_customer_who_refuses_them() -> None:
    shop = await a_shop_of("anna", "bram")
    await exclude(shop)
    await shop.open_case("case")
    transfer = TransferCase(named("case"), named("transfer"), ANNA)
    await transfer_case(transfer, shop.context(), record=shop.record, floor=shop.floor)
    assert (await shop.case("case")).agent_id == ANNA
    command = JoinCustomers(named("merge"), named("customer"), named("twin"))
    await join_customers(command, shop.context(), record=shop.record, floor=shop.floor)
    assert (await shop.case("case")).agent_id == ANNA


async def test_an_offer_to_whom_the_customer_refuses_is_taken_back() -> None:
    shop = await a_shop_of("anna", "bram", rules=Rules(offering=Offering()))
    offer = (await shop.open_case("case")).offer
    assert offer is not None
    assert offer.agent_id == ANNA
    await exclude(shop)
    offer = (await shop.case("case")).offer
    assert offer is not None
    assert offer.agent_id == BRAM


async def test_who_owns_a_customer_stays_on_record_while_excluded() -> None:
    shop = await a_shop_of("anna", "bram")
    await exclude(shop)
    duo = await shop.record.load(Duo, duo_id(named("customer")))
    assert duo is not None
    assert (duo.owner_id, set(duo.excluded)) == (ANNA, {ANNA})


@pytest.mark.parametrize(
    ("channel", "asked"),
    [(Channel.CHAT, True), (Channel.EMAIL, False)],
)
async def test_offers_may_differ_by_channel(channel: Channel, asked: bool) -> None:
    rules = Rules(offer_rules=(OfferRule(channel=Channel.CHAT, offering=Offering(offer_s=20)),))
    shop = await a_shop_of("anna", rules=rules)
    case = await shop.open_case("case", channel=channel)
    assert (case.offer is not None, case.agent_id is None) == (asked, asked)


def test_of_several_rules_about_offers_the_closest_counts_and_a_team_before_a_channel() -> None:
    general, chat, press, both = (Offering(offer_s=seconds) for seconds in (60, 10, 20, 30))
    rules = Rules(
        offering=general,
        offer_rules=(
            OfferRule(channel=Channel.CHAT, offering=chat),
            OfferRule(team_ref="press", offering=press),
            OfferRule(channel=Channel.CHAT, team_ref="press", offering=both),
            OfferRule(channel=Channel.VOICE, offering=None),
        ),
    )
    assert rules.offering_of(Channel.EMAIL, "care") == general
    assert rules.offering_of(Channel.CHAT, "care") == chat
    assert rules.offering_of(Channel.EMAIL, "press") == press
    assert rules.offering_of(Channel.CHAT, "press") == both
    assert rules.offering_of(Channel.VOICE, None) is None
    assert rules.offering_of(Channel.VOICE, "press") == press, "a team goes before a channel"
