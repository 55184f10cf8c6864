"""Caps, two approvers, payouts and what is carried over: the ledger's commands, in the four ways each can go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from contracts import routing as told
from contracts.stored import Committed, Work
from contracts.vocabulary import BudgetPeriod, GestureKind, Refusal, RefusalCode
from services.routing.commands.capture_money import CaptureMoney, capture_money
from services.routing.commands.hold_money import HoldMoney, hold_money
from services.routing.commands.hold_team_money import HoldTeamMoney, hold_team_money
from services.routing.commands.release_money import ReleaseMoney, release_money
from services.routing.commands.reverse_money import ReverseMoney, reverse_money
from services.routing.commands.upsert_agent import UpsertAgent, upsert_agent
from services.routing.domain.agent import AgentChange
from services.routing.domain.budget_facts import CaptureForced, CarriedIn, CarriedOut, HoldExpired, HoldState
from services.routing.domain.case_money import CaseMoney
from services.routing.domain.gesture_money_facts import MoneyState
from services.routing.domain.money_rules import MoneyRules
from tests.unit.routing.memory_floor import CALENDAR
from tests.unit.routing.the_shop import EUROS, TEAM_EUROS, Shop, a_shop, filed, filed_agent, named

RULES = MoneyRules(case_caps={"EUR": 6_000}, paid_out=frozenset({GestureKind.REFUND}))


async def ask(shop: Shop, name: str, amount: int, kind: GestureKind = GestureKind.GIFT, ref: str = "anna") -> Any:
    command = HoldMoney(named(name), named("case"), ref, amount, "EUR", kind)
    return await hold_money(command, shop.context(), record=shop.record, calendar=CALENDAR, rules=RULES)


async def approve(shop: Shop, name: str, amount: int, by: str = "lena", first: str | None = None) -> None:
    number = sum(1 for _ in shop.record.all_facts())
    command = HoldTeamMoney(
        named(name), named("case"), named(f"approval {number}"), "anna", by, amount, "EUR", GestureKind.GIFT, first
    )
    await hold_team_money(command, shop.context(), record=shop.record, calendar=CALENDAR, rules=RULES)


async def capture(shop: Shop, name: str) -> Any:
    hold_id = (await shop.money(name)).hold_id
    assert hold_id is not None
    return await capture_money(CaptureMoney(named(name), hold_id), shop.context(), record=shop.record)


def answer(shop: Shop) -> Any:
    return shop.told()[-1][1]


async def test_all_agents_together_stay_within_what_a_case_may_cost() -> None:
    shop = await a_shop()
    await ask(shop, "one", 4_000)
    await ask(shop, "two", 2_001, ref="bram")
    assert answer(shop) == told.GestureRefused(named("two"), named("case"), RefusalCode.OVER_CASE_CAP)
    await ask(shop, "three", 2_000, ref="bram")
    assert (await shop.money("three")).state is MoneyState.HELD


async def test_what_was_released_or_came_back_counts_for_the_case_no_longer() -> None:
    shop = await a_shop()
    await ask(shop, "one", 4_000)
    await release_money(ReleaseMoney(named("one"), "no"), shop.context(), record=shop.record)
    await ask(shop, "two", 5_000)
    await capture(shop, "two")
    back = ReverseMoney(named("two"), named("back"), 3_000)
    for _ in range(2):
        await reverse_money(back, shop.context(), record=shop.record)
    assert (await shop.account()).standing.spent_minor == 2_000
    await ask(shop, "three", 4_001)
    assert answer(shop).code is RefusalCode.OVER_CASE_CAP
    await ask(shop, "four", 4_000)
    assert (await shop.money("four")).state is MoneyState.HELD


@pytest.mark.parametrize(("name", "amount"), [("one", 5_001), ("nothing", 100)])
async def test_no_more_comes_back_than_was_given(name: str, amount: int) -> None:
    shop = await a_shop()
    await ask(shop, "one", 5_000)
    await capture(shop, "one")
    with pytest.raises(Refusal):
        await reverse_money(ReverseMoney(named(name), named("back"), amount), shop.context(), record=shop.record)
    assert (await shop.account()).standing.spent_minor == 5_000


async def test_what_somebody_else_pays_out_is_pinned_before_it_is_told() -> None:
    shop = await a_shop()
    await ask(shop, "refund", 1_000, GestureKind.REFUND)
    assert answer(shop).paying
    (hold,) = (await shop.account()).holds.values()
    assert hold.state is HoldState.PAYING
    await ask(shop, "gift", 1_000)
    assert not answer(shop).paying


async def test_a_payment_out_of_a_released_hold_is_recorded_by_force_once() -> None:
    shop = await a_shop()
    await ask(shop, "refund", 1_000, GestureKind.REFUND)
    await release_money(ReleaseMoney(named("refund"), "PAYOUT_REFUSED"), shop.context(), record=shop.record)
    assert (await capture(shop, "refund")).outcome == {"forced": True}
    assert (await capture(shop, "refund")).outcome == {"forced": False}
    assert sum(isinstance(fact, CaptureForced) for fact in shop.record.all_facts()) == 1
    assert (await shop.account()).standing.spent_minor == 1_000


async def two_approvers() -> Shop:
    shop = await a_shop()
    team = msgspec.structs.replace(TEAM_EUROS, two_approvers_above_minor=5_500)
    await shop.apply(filed(filed_agent("anna"), filed_agent("bram"), digest="second", team=(team,)))
    return shop


async def test_two_people_approve_above_the_amount_and_the_case_is_told_so() -> None:
    shop = await two_approvers()
    await ask(shop, "refund", 5_600)
    assert answer(shop).two_approvers_above_minor == 5_500
    await approve(shop, "refund", 5_600, first="maud")
    assert (await shop.money("refund")).state is MoneyState.HELD


@pytest.mark.parametrize(
    ("first", "by", "code"),
    [
        (None, "lena", RefusalCode.OVER_OWN_LIMIT),
        ("lena", "lena", RefusalCode.SELF_APPROVAL),
        ("anna", "lena", RefusalCode.SELF_APPROVAL),
        ("lena", "anna", RefusalCode.SELF_APPROVAL),
    ],
)
async def test_one_person_and_who_asked_are_not_two_people(first: str | None, by: str, code: RefusalCode) -> None:
    shop = await two_approvers()
    await ask(shop, "refund", 5_600)
    await approve(shop, "refund", 5_600, by, first)
    assert answer(shop).code is code
    assert (await shop.account("care")).holds == {}


async def test_a_team_that_asks_for_two_later_does_not_change_what_waits_already() -> None:
    shop = await a_shop()
    await ask(shop, "refund", 5_600)
    team = msgspec.structs.replace(TEAM_EUROS, two_approvers_above_minor=100)
    await shop.apply(filed(filed_agent("anna"), filed_agent("bram"), digest="second", team=(team,)))
    await approve(shop, "refund", 5_600)
    assert (await shop.money("refund")).state is MoneyState.HELD


async def carrying(most: int) -> Shop:
    grant = msgspec.structs.replace(EUROS, carry_over_max_minor=most)
    return await a_shop(filed_agent("anna", grants=(grant,)))


@pytest.mark.parametrize(("most", "carried"), [(3_000, 3_000), (30_000, 20_500), (0, 0)])
async def test_what_is_left_goes_on_into_the_next_period_up_to_a_bound(most: int, carried: int) -> None:
    shop = await carrying(most)
    await ask(shop, "given", 4_000)
    await capture(shop, "given")
    await ask(shop, "open", 500)
    shop.clock.pass_by(days=7)
    for _ in range(2):
        await shop.keep_hours()
    last, this = sorted(shop.accounts("anna"), key=lambda one: one.standing.period_start)
    assert (this.standing.granted_minor, this.standing.carried_minor) == (25_000 + carried, carried)
    assert (last.standing.available_minor, last.standing.open) == (20_500 - carried, False)
    await capture(shop, "open")
    assert sum(one.standing.spent_minor for one in shop.accounts("anna")) == 4_500


async def test_a_new_grant_stands_beside_what_was_carried_over() -> None:
    shop = await carrying(3_000)
    shop.clock.pass_by(days=7)
    await shop.keep_hours()
    other = msgspec.structs.replace(EUROS, carry_over_max_minor=3_000, amount_minor=10_000)
    await shop.apply(filed(filed_agent("anna", grants=(other,)), digest="second"))
    assert (await shop.account()).standing.granted_minor == 13_000
    kinds = [type(fact) for fact in shop.record.all_facts() if isinstance(fact, CarriedIn | CarriedOut)]
    assert {kind.__name__ for kind in kinds} == {"CarriedIn", "CarriedOut"}


async def test_a_grant_that_a_lead_changes_still_carries_over() -> None:
    shop = await carrying(3_000)
    wish = AgentChange(grants=(msgspec.structs.replace(EUROS, amount_minor=10_000),))
    command = UpsertAgent(request_id=named("request"), ref="anna", requested_by="lena", change=wish)
    await upsert_agent(command, shop.context(), record=shop.record, calendar=CALENDAR)
    shop.clock.pass_by(days=7)
    await shop.keep_hours()
    assert (await shop.account()).standing.granted_minor == 13_000


async def test_at_the_turn_of_a_period_an_owner_is_never_without_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = await carrying(0)
    shop.clock.pass_by(days=7)
    stored, standing = shop.record._store, list[int]()

    def watched(work: Work) -> Committed:
        committed = stored(work)
        standing.append(sum(account.standing.open for account in shop.accounts("anna")))
        return committed

    monkeypatch.setattr(shop.record, "_store", watched)
    await shop.keep_hours()
    assert min(standing) == 1
    assert max(standing) == 2


async def test_what_loses_the_race_at_the_turn_of_the_period_is_carried_once() -> None:
    shop = await carrying(3_000)
    shop.clock.pass_by(days=7)
    shop.record.lose_races(2)
    await shop.keep_hours()
    assert (await shop.account()).standing.carried_minor == 3_000


def expired(shop: Shop) -> int:
    return sum(isinstance(fact, HoldExpired) for fact in shop.record.all_facts())


async def test_what_nobody_gives_in_time_is_free_again_for_the_account_and_for_the_case() -> None:
    shop = await a_shop()
    await ask(shop, "gift", 4_000)
    for days, freed in ((13, 0), (1, 1), (1, 1)):
        shop.clock.pass_by(days=days)
        shop.record.lose_races(1)
        await shop.keep_hours()
        assert expired(shop) == freed
    assert sum(one.standing.reserved_minor for one in shop.accounts("anna")) == 0
    await ask(shop, "cake", 4_000)
    assert (await shop.money("cake")).state is MoneyState.HELD, "the case may cost 6,000"


async def test_what_is_being_paid_out_never_expires_and_what_was_given_late_is_given() -> None:
    shop = await a_shop()
    await ask(shop, "refund", 1_000, GestureKind.REFUND)
    await ask(shop, "gift", 4_000)
    shop.clock.pass_by(days=20)
    await shop.keep_hours()
    assert expired(shop) == 1
    assert (await capture(shop, "refund")).outcome == {"forced": False}
    assert (await capture(shop, "gift")).outcome == {"forced": True}
    assert sum(one.standing.spent_minor for one in shop.accounts("anna")) == 5_000
    await ask(shop, "more", 1_001)
    assert answer(shop).code is RefusalCode.OVER_CASE_CAP


async def test_a_hold_that_another_one_expired_on_its_way_counts_for_its_case_no_longer() -> None:
    month = msgspec.structs.replace(EUROS, period=BudgetPeriod.MONTH, amount_minor=5_000)
    shop = await a_shop(filed_agent("anna", grants=(month,)))
    rules = msgspec.structs.replace(RULES, hold_open_for=timedelta(days=7))
    for name, day, case in (("first", 2, "case"), ("second", 9, "another case")):
        shop.clock.at = shop.clock.at.replace(month=12, day=day)
        command = HoldMoney(named(name), named(case), "anna", 4_000, "EUR", GestureKind.GIFT)
        await hold_money(command, shop.context(), record=shop.record, calendar=CALENDAR, rules=rules)
    assert (await shop.money("second")).state is MoneyState.HELD
    assert expired(shop) == 1
    await shop.keep_hours()
    (of_case,) = [one for one in shop.floor.all_of(CaseMoney) if one.case_id == named("case")]
    assert set(of_case.holds.values()) == {0}
