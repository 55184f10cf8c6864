from __future__ import annotations

import pytest

from contracts import routing as told
from contracts import subjects
from contracts.vocabulary import BudgetOwnerKind, BudgetPeriod, Refusal, RefusalCode
from services.routing.commands.capture_money import CaptureMoney, capture_money
from services.routing.commands.release_money import ReleaseMoney, release_money
from services.routing.domain.case_money import case_money_id
from services.routing.domain.gesture_money_facts import MoneyState
from services.routing.domain.grant import Grant
from tests.unit.routing.the_shop import EUROS, Shop, a_shop, filed, filed_agent, named


def subjects_told(shop: Shop) -> list[str]:
    return [subject for subject, _ in shop.told()]


async def capture(shop: Shop, name: str) -> None:
    money = await shop.money(name)
    assert money.hold_id is not None
    await capture_money(CaptureMoney(named(name), money.hold_id), shop.context(), record=shop.record)


async def release(shop: Shop, name: str) -> None:
    await release_money(ReleaseMoney(named(name), "declined"), shop.context(), record=shop.record)


async def test_s002_s003_an_agent_spends_within_the_budget_and_nobody_is_asked() -> None:
    shop = await a_shop()
    await shop.ask("voucher", 2_000)
    account = await shop.account()
    assert (account.standing.reserved_minor, account.standing.spent_minor) == (2_000, 0)
    await capture(shop, "voucher")
    account = await shop.account()
    assert (account.standing.reserved_minor, account.standing.spent_minor) == (0, 2_000)
    assert account.standing.available_minor == 23_000


async def test_the_budget_is_told_before_the_answer_and_names_the_gesture() -> None:
    shop = await a_shop()
    committed = await shop.ask("voucher", 2_000)
    account, money = await shop.account(), await shop.money("voucher")
    of_case = case_money_id(named("case"), "EUR")
    assert list(committed.versions) == [account.id, of_case, money.id]
    changed, placed = shop.told(account.id)[-1][1], shop.told(money.id)[-1][1]
    assert isinstance(changed, told.BudgetChanged)
    assert isinstance(placed, told.HoldPlaced)
    assert changed.gesture_id == placed.gesture_id == named("voucher")
    assert changed.reserved_minor == 2_000
    assert placed.account_id == changed.account_id


async def test_above_the_item_limit_a_gesture_awaits_approval_and_nothing_is_held() -> None:
    shop = await a_shop()
    await shop.ask("refund", 5_001)
    assert (await shop.money("refund")).state is MoneyState.AWAITING_APPROVAL
    assert (await shop.account()).standing.reserved_minor == 0
    assert subjects_told(shop)[-1] == subjects.APPROVAL_REQUIRED


async def test_above_what_is_left_a_gesture_awaits_approval() -> None:
    shop = await a_shop()
    for number in range(5):
        await shop.ask(f"voucher {number}", 5_000)
    await shop.ask("one more", 1)
    assert (await shop.money("one more")).state is MoneyState.AWAITING_APPROVAL
    assert (await shop.account()).standing.available_minor == 0


@pytest.mark.parametrize(("ref", "currency"), [("anna", "USD"), ("nobody", "EUR")])
async def test_without_an_account_in_that_currency_a_gesture_is_refused(ref: str, currency: str) -> None:
    shop = await a_shop()
    await shop.ask("voucher", 100, ref=ref, currency=currency)
    _, message = shop.told()[-1]
    assert message == told.GestureRefused(named("voucher"), named("case"), RefusalCode.CURRENCY_MISMATCH)


async def test_the_same_question_is_answered_once_whatever_its_key() -> None:
    shop = await a_shop()
    await shop.ask("voucher", 2_000, key="once")
    facts = len(shop.record.all_facts())
    assert (await shop.ask("voucher", 2_000, key="once")).repeated
    await shop.ask("voucher", 2_000)
    assert len(shop.record.all_facts()) == facts
    assert (await shop.account()).standing.reserved_minor == 2_000


async def test_a_hold_that_loses_the_race_is_decided_again() -> None:
    shop = await a_shop()
    shop.record.lose_races(2)
    await shop.ask("voucher", 2_000)
    assert (await shop.account()).standing.reserved_minor == 2_000


async def test_captured_twice_is_captured_once() -> None:
    shop = await a_shop()
    await shop.ask("voucher", 2_000)
    await capture(shop, "voucher")
    facts = len(shop.record.all_facts())
    await capture(shop, "voucher")
    assert (await shop.account()).standing.spent_minor == 2_000
    assert len(shop.record.all_facts()) == facts


async def test_what_was_never_held_cannot_be_captured() -> None:
    shop = await a_shop()
    await shop.ask("refund", 5_001)
    command = CaptureMoney(named("refund"), named("a hold"))
    with pytest.raises(Refusal) as refused:
        await capture_money(command, shop.context(), record=shop.record)
    assert refused.value.code is RefusalCode.NOT_FOUND


async def test_a_dropped_gesture_frees_its_money_and_a_late_approval_holds_nothing() -> None:
    shop = await a_shop()
    await shop.ask("voucher", 2_000)
    await release(shop, "voucher")
    await release(shop, "voucher")
    assert (await shop.account()).standing.available_minor == 25_000
    await shop.ask("refund", 9_000)
    await release(shop, "refund")
    await shop.approve("refund", 9_000)
    _, message = shop.told()[-1]
    assert isinstance(message, told.ApprovalRefused)
    assert message.code is RefusalCode.NOT_AWAITING_APPROVAL


async def test_what_was_given_is_not_released() -> None:
    shop = await a_shop()
    await shop.ask("voucher", 2_000)
    await capture(shop, "voucher")
    with pytest.raises(Refusal):
        await release(shop, "voucher")
    assert (await shop.account()).standing.spent_minor == 2_000


async def test_what_another_person_approves_is_paid_by_the_team() -> None:
    shop = await a_shop()
    await shop.ask("refund", 9_000)
    await shop.approve("refund", 9_000)
    assert (await shop.account("care")).standing.reserved_minor == 9_000
    assert (await shop.account("anna")).standing.reserved_minor == 0
    _, message = shop.told()[-1]
    assert isinstance(message, told.HoldPlaced)
    assert message.approval_id == named("approval")
    await capture(shop, "refund")
    standing = (await shop.account("care")).standing
    assert (standing.owner_kind, standing.spent_minor) == (BudgetOwnerKind.TEAM, 9_000)


async def test_an_approval_repeated_holds_once_and_another_one_is_too_late() -> None:
    shop = await a_shop()
    await shop.ask("refund", 9_000)
    await shop.approve("refund", 9_000)
    await shop.approve("refund", 9_000)
    await shop.approve("refund", 9_000, by="maud", approval="another")
    assert (await shop.account("care")).standing.reserved_minor == 9_000
    _, message = shop.told()[-1]
    assert message.code is RefusalCode.NOT_AWAITING_APPROVAL


async def test_nobody_approves_an_own_gesture() -> None:
    shop = await a_shop()
    await shop.ask("refund", 9_000)
    await shop.approve("refund", 9_000, by="anna")
    _, message = shop.told()[-1]
    assert message.code is RefusalCode.SELF_APPROVAL
    await shop.approve("refund", 9_000, approval="another")
    assert (await shop.money("refund")).state is MoneyState.HELD


@pytest.mark.parametrize("amount", [50_001, 100_001])
async def test_above_the_teams_limit_a_lead_cannot_approve(amount: int) -> None:
    shop = await a_shop()
    await shop.ask("refund", amount)
    await shop.approve("refund", amount)
    _, message = shop.told()[-1]
    assert message.code is RefusalCode.OVER_OWN_LIMIT
    assert (await shop.money("refund")).state is MoneyState.AWAITING_APPROVAL


async def test_without_a_team_or_its_account_nothing_can_be_approved() -> None:
    shop = await a_shop(filed_agent("anna", team_ref=None), filed_agent("bram"))
    await shop.apply(filed(filed_agent("anna", team_ref=None), filed_agent("bram"), digest="second", team=()))
    for ref in ("anna", "bram"):
        await shop.ask(f"refund of {ref}", 9_000, ref=ref)
        await shop.approve(f"refund of {ref}", 9_000, ref=ref)
        _, message = next(each for each in reversed(shop.told()) if each[0] == subjects.APPROVAL_REFUSED)
        assert message.code is RefusalCode.BUDGET_CLOSED


async def test_an_approval_whose_question_got_lost_is_answered_all_the_same() -> None:
    shop = await a_shop()
    await shop.approve("refund", 9_000)
    assert (await shop.account("care")).standing.reserved_minor == 9_000


async def test_a_hold_of_last_week_settles_in_the_account_of_last_week() -> None:
    shop = await a_shop()
    await shop.ask("voucher", 2_000)
    last_week = (await shop.account()).id
    shop.clock.pass_by(days=7)
    await shop.keep_hours()
    this_week = await shop.account()
    assert this_week.id != last_week
    await capture(shop, "voucher")
    await shop.ask("next", 100)
    accounts = {one.id: one.standing for one in shop.accounts("anna")}
    assert accounts[last_week].spent_minor == 2_000
    assert not accounts[last_week].open
    assert accounts[this_week.id].spent_minor == 0
    assert accounts[this_week.id].reserved_minor == 100


async def test_a_second_currency_is_an_account_of_its_own() -> None:
    pounds = Grant("GBP", 10_000, BudgetPeriod.MONTH, 10_000)
    shop = await a_shop(filed_agent("anna", grants=(EUROS, pounds)))
    await shop.ask("voucher", 10_000, currency="GBP")
    assert (await shop.money("voucher")).state is MoneyState.HELD
    reserved = {one.standing.currency: one.standing.reserved_minor for one in shop.accounts("anna")}
    assert reserved == {"EUR": 0, "GBP": 10_000}
