"""Money for gestures end to end: asked, approved, given, dropped, repeated and raced; nobody overspends."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from contracts import routing as told
from contracts import subjects
from contracts.stored import CommandContext
from contracts.vocabulary import BudgetPeriod, GestureKind, Refusal
from services.routing.commands.capture_money import CaptureMoney, capture_money
from services.routing.commands.hold_money import HoldMoney, hold_money
from services.routing.commands.hold_team_money import HoldTeamMoney, hold_team_money
from services.routing.commands.release_money import ReleaseMoney, release_money
from services.routing.commands.reverse_money import ReverseMoney, reverse_money
from services.routing.commands.upsert_agent import UpsertAgent, upsert_agent
from services.routing.domain.agent import AgentChange
from services.routing.domain.budget import Budget
from services.routing.domain.budget_facts import HoldState
from services.routing.domain.case_money import CaseMoney
from services.routing.domain.gesture_money import GestureMoney
from services.routing.domain.gesture_money_facts import MoneyState
from services.routing.domain.grant import Grant
from services.routing.domain.hold import UNSETTLED, Hold
from services.routing.domain.money_rules import MoneyRules
from tests.unit.routing.memory_floor import CALENDAR
from tests.unit.routing.the_shop import EUROS, TEAM_EUROS, Shop, a_shop, filed, filed_agent, named

REFS = st.sampled_from(["anna", "bram"])
NUMBERS = st.integers(0, 5)
AMOUNTS = st.integers(1, 12_000)
CASES = st.sampled_from(["case", "another case"])
KINDS = st.sampled_from([GestureKind.REFUND, GestureKind.GIFT])
CAP = 9_000
RULES = MoneyRules({"EUR": CAP}, frozenset({GestureKind.REFUND}), hold_open_for=timedelta(days=4))
TWO_ABOVE = 5_500
RUNS = int(os.environ.get("EENDER_LEDGER_RUNS", "500"))
PEOPLE = st.sampled_from(["anna", "bram", "lena"])

CARRYING = msgspec.structs.replace(EUROS, carry_over_max_minor=3_000)

Step = Callable[[CommandContext], Awaitable[Any]]


class SagaMachine(RuleBasedStateMachine):
    """What the case service may tell, in any order.

    `sent`: of every message its context, its step and the return it tells of, to be delivered again.
    """

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.sent: list[tuple[CommandContext, Step, ReverseMoney | None]] = []
        self.cuts = 0
        self.approvers: dict[UUID, tuple[str | None, str]] = {}
        self.paid: Counter[UUID] = Counter()
        self.forced = 0
        self.shop: Shop

    def teardown(self) -> None:
        self.loop.close()

    @initialize()
    def open(self) -> None:
        self.shop = self.loop.run_until_complete(a_shop())
        team = (msgspec.structs.replace(TEAM_EUROS, two_approvers_above_minor=TWO_ABOVE, carry_over_max_minor=500),)
        agents = (filed_agent(ref, grants=(CARRYING,)) for ref in ("anna", "bram"))
        self.loop.run_until_complete(self.shop.apply(filed(*agents, digest="rules", team=team)))

    def deliver(self, context: CommandContext, step: Step, back: ReverseMoney | None) -> None:
        """What came `back` counts when it takes effect, which may be only when it is told again."""
        before = self.returns()

        async def handled() -> None:
            try:
                await step(context)
            except Refusal:
                return  # ends as a dead letter

        self.loop.run_until_complete(handled())
        if back is not None and back.reversal_id in self.returns() - before:
            self.paid[back.gesture_id] -= back.amount_minor

    def send(self, step: Step, back: ReverseMoney | None = None) -> None:
        context = self.shop.context()
        self.sent.append((context, step, back))
        self.deliver(context, step, back)

    def gesture(self, number: int) -> GestureMoney | None:
        wanted = named(f"gesture {number}")
        return next((one for one in self.shop.floor.all_of(GestureMoney) if one.gesture_id == wanted), None)

    @rule(number=NUMBERS, case=CASES, ref=REFS, amount=AMOUNTS, kind=KINDS, races=st.integers(0, 3))
    def requested(self, number: int, case: str, ref: str, amount: int, kind: GestureKind, races: int) -> None:  # noqa: PLR0917  (drawn)
        command = HoldMoney(named(f"gesture {number}"), named(case), ref, amount, "EUR", kind)
        self.shop.record.lose_races(races)
        self.send(lambda context: hold_money(command, context, record=self.shop.record, calendar=CALENDAR, rules=RULES))
        self.shop.record.lose_races(0)

    @rule(number=NUMBERS, first=st.none() | PEOPLE, by=PEOPLE, races=st.integers(0, 3))
    def approved(self, number: int, first: str | None, by: str, races: int) -> None:
        gesture = self.gesture(number)
        if gesture is None:
            return
        approval = named(f"approval {len(self.approvers)}")
        self.approvers[approval] = (first, by)
        asked = (gesture.gesture_id, gesture.case_id, approval, gesture.agent_ref, by, gesture.amount_minor, "EUR")
        command = HoldTeamMoney(*asked, GestureKind.REFUND, first)
        self.shop.record.lose_races(races)
        self.send(
            lambda context: hold_team_money(command, context, record=self.shop.record, calendar=CALENDAR, rules=RULES)
        )
        self.shop.record.lose_races(0)

    @rule(number=NUMBERS, ref=REFS, amount=st.integers(5_001, 9_000), first=st.none() | PEOPLE, by=PEOPLE)
    def a_whole_approval(self, number: int, ref: str, amount: int, first: str | None, by: str) -> None:
        """A usual way, taken in one step so that what comes after it is met more often."""
        self.requested(number, "case", ref, amount, GestureKind.GIFT, 0)
        self.approved(number, first, by, 0)

    @rule(number=NUMBERS)
    def given(self, number: int) -> None:
        gesture = self.gesture(number)
        if gesture is not None and gesture.hold_id is not None and gesture.state is MoneyState.HELD:
            self.pay(gesture)

    def pay(self, gesture: GestureMoney) -> None:
        assert gesture.hold_id is not None
        (hold,) = (each for each in self.holds() if each.gesture_id == gesture.gesture_id)
        self.forced += hold.amount_minor if hold.state is HoldState.EXPIRED else 0
        if gesture.gesture_id not in self.paid:
            self.paid[gesture.gesture_id] = hold.amount_minor
        command = CaptureMoney(gesture.gesture_id, gesture.hold_id)
        self.send(lambda context: capture_money(command, context, record=self.shop.record))

    @rule(number=NUMBERS)
    def paid_although_dropped(self, number: int) -> None:
        """The payer's word comes too late to keep the money, and is true all the same."""
        gesture = self.gesture(number)
        if gesture is not None and gesture.hold_id is not None and gesture.state is MoneyState.DROPPED:
            self.forced += 0 if gesture.gesture_id in self.paid else 12_000
            self.pay(gesture)

    @rule(number=NUMBERS, reversal=NUMBERS, amount=st.integers(-1, 12_000))
    def came_back(self, number: int, reversal: int, amount: int) -> None:
        gesture_id, reversal_id = named(f"gesture {number}"), named(f"reversal {number} {reversal}")
        command = ReverseMoney(gesture_id, reversal_id, amount)
        self.send(lambda context: reverse_money(command, context, record=self.shop.record), command)

    @rule(number=NUMBERS)
    def dropped(self, number: int) -> None:
        command = ReleaseMoney(named(f"gesture {number}"), "withdrawn")
        self.send(lambda context: release_money(command, context, record=self.shop.record))

    @rule(ref=REFS, granted=st.integers(0, 30_000), limit=st.integers(0, 12_000))
    def granted(self, ref: str, granted: int, limit: int) -> None:
        self.cuts += 30_000
        change = AgentChange(grants=(Grant("EUR", granted, BudgetPeriod.WEEK, limit),))
        command = UpsertAgent(request_id=self.shop.ids.new(), ref=ref, requested_by="lena", change=change)
        self.send(lambda context: upsert_agent(command, context, record=self.shop.record, calendar=CALENDAR))

    @rule(days=st.integers(1, 5))
    def time_passes(self, days: int) -> None:
        self.shop.clock.at += timedelta(days=days)
        self.loop.run_until_complete(self.shop.keep_hours())

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), same_key=st.booleans())
    def delivered_again(self, data: st.DataObject, same_key: bool) -> None:
        """After a crash, or twice by the transport: under the same key nothing happens, under another no more money."""
        context, step, back = data.draw(st.sampled_from(self.sent))
        facts = len(self.shop.record.all_facts())
        committed = context.command_id in self.shop.record._commands
        self.deliver(context if same_key else self.shop.context(), step, back)
        assert not (same_key and committed) or len(self.shop.record.all_facts()) == facts

    def returns(self) -> set[UUID]:
        return {reversal_id for account in self.accounts() for reversal_id in account.reversals}

    def accounts(self) -> list[Budget]:
        return [account for ref in ("anna", "bram", "care") for account in self.shop.accounts(ref)]

    def holds(self) -> list[Hold]:
        return [hold for account in self.accounts() for hold in account.holds.values()]

    @invariant()
    def what_the_ledger_spent_is_what_the_payer_paid(self) -> None:
        if not hasattr(self, "shop"):
            return
        spent = {hold.gesture_id: hold.captured_minor - hold.reversed_minor for hold in self.holds()}
        assert {key: amount for key, amount in spent.items() if amount} == +self.paid
        assert sum(account.standing.spent_minor for account in self.accounts()) == sum(self.paid.values())

    @invariant()
    def no_case_costs_more_than_its_cap(self) -> None:
        if not hasattr(self, "shop"):
            return
        left = {id_of_hold: one for account in self.accounts() for id_of_hold, one in account.holds.items()}
        for case in self.shop.floor.all_of(CaseMoney):
            assert case.total_minor <= CAP + self.forced
            for hold_id, counted in case.holds.items():
                hold = left[hold_id]
                unsettled = hold.amount_minor if hold.state in UNSETTLED else 0
                assert counted == unsettled + hold.captured_minor - hold.reversed_minor
        assert {hold_id for case in self.shop.floor.all_of(CaseMoney) for hold_id in case.holds} == set(left)

    @invariant()
    def money_is_neither_lost_nor_made(self) -> None:
        if not hasattr(self, "shop"):
            return
        accounts = self.accounts()
        for account in accounts:
            standing, holds = account.standing, account.holds.values()
            assert standing.reserved_minor == sum(hold.amount_minor for hold in holds if hold.state in UNSETTLED)
            assert standing.spent_minor == sum(hold.captured_minor - hold.reversed_minor for hold in holds)
            cuts = 0 if standing.owner_ref == "care" else self.cuts
            assert standing.available_minor >= -cuts - self.forced
        placed = [hold for account in accounts for hold in account.holds.values()]
        by_gesture = {hold.gesture_id for hold in placed}
        assert len(placed) == len(by_gesture), "a gesture is held for once"
        held = {one.gesture_id: one for one in self.shop.floor.all_of(GestureMoney) if one.hold_id is not None}
        assert set(held) == by_gesture
        for hold in placed:
            dropped = held[hold.gesture_id].state is MoneyState.DROPPED
            if hold.gesture_id not in self.paid:
                assert hold.state is HoldState.EXPIRED or (hold.state is HoldState.RELEASED) == dropped
            else:
                assert hold.state is HoldState.CAPTURED

    @invariant()
    def nobody_approved_an_own_gesture(self) -> None:
        if not hasattr(self, "shop"):
            return
        for one in self.shop.floor.all_of(GestureMoney):
            messages = [message for _, message in self.shop.told(one.id)]
            approved = [m.approval_id for m in messages if isinstance(m, told.HoldPlaced) and m.approval_id]
            refused = {m.approval_id for m in messages if isinstance(m, told.ApprovalRefused)}
            assert len(approved) <= 1
            for approval in approved:
                first, second = self.approvers[approval]
                assert one.agent_ref not in {first, second}
                assert one.amount_minor <= TWO_ABOVE or (first is not None and first != second)
            assert not refused & set(approved)

    @invariant()
    def the_last_thing_told_of_a_budget_is_how_it_stands(self) -> None:
        if not hasattr(self, "shop"):
            return
        for ref in ("anna", "bram", "care"):
            for account in self.shop.accounts(ref):
                changes = [m for subject, m in self.shop.told(account.id) if subject == subjects.BUDGET_CHANGED]
                figures = (changes[-1].granted_minor, changes[-1].reserved_minor, changes[-1].spent_minor)
                standing = account.standing
                assert figures == (standing.granted_minor, standing.reserved_minor, standing.spent_minor)


TestSagaMachine = SagaMachine.TestCase
TestSagaMachine.settings = settings(max_examples=RUNS, stateful_step_count=50, deadline=None)


async def test_a_self_approval_never_reaches_the_team_account() -> None:
    shop = await a_shop()
    gesture: UUID = named("gesture")
    await shop.ask("gesture", 9_000)
    for number in range(3):
        await shop.approve("gesture", 9_000, by="anna", approval=f"try {number}")
    assert shop.accounts("care")[0].holds == {}
    assert (await shop.money("gesture")).gesture_id == gesture
