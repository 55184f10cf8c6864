"""Money for gestures end to end: asked, approved, given, dropped, repeated and raced; nobody overspends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from contracts import routing as told
from contracts import subjects
from contracts.stored import CommandContext
from contracts.vocabulary import BudgetPeriod, Refusal
from services.routing.commands.capture_money import CaptureMoney, capture_money
from services.routing.commands.hold_money import HoldMoney, hold_money
from services.routing.commands.hold_team_money import HoldTeamMoney, hold_team_money
from services.routing.commands.release_money import ReleaseMoney, release_money
from services.routing.commands.upsert_agent import UpsertAgent, upsert_agent
from services.routing.domain.agent import AgentChange
from services.routing.domain.budget_facts import HoldState
from services.routing.domain.gesture_money import GestureMoney
from services.routing.domain.gesture_money_facts import MoneyState
from services.routing.domain.grant import Grant
from services.routing.domain.hold import UNSETTLED
from tests.unit.routing.memory_floor import ZONE
from tests.unit.routing.the_shop import Shop, a_shop, named

REFS = st.sampled_from(["anna", "bram"])
NUMBERS = st.integers(0, 5)
AMOUNTS = st.integers(1, 12_000)
PEOPLE = st.sampled_from(["anna", "bram", "lena"])

Step = Callable[[CommandContext], Awaitable[Any]]


class SagaMachine(RuleBasedStateMachine):
    """What the case service may tell, in any order; `sent`: (context, step) of every message, to be delivered again."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.sent: list[tuple[CommandContext, Step]] = []
        self.cuts = 0
        self.approvers: dict[UUID, str] = {}
        self.shop: Shop

    def teardown(self) -> None:
        self.loop.close()

    @initialize()
    def open(self) -> None:
        self.shop = self.loop.run_until_complete(a_shop())

    def deliver(self, context: CommandContext, step: Step) -> None:
        async def handled() -> None:
            try:
                await step(context)
            except Refusal:
                return  # ends as a dead letter

        self.loop.run_until_complete(handled())

    def send(self, step: Step) -> None:
        context = self.shop.context()
        self.sent.append((context, step))
        self.deliver(context, step)

    def gesture(self, number: int) -> GestureMoney | None:
        wanted = named(f"gesture {number}")
        return next((one for one in self.shop.floor.all_of(GestureMoney) if one.gesture_id == wanted), None)

    @rule(number=NUMBERS, ref=REFS, amount=AMOUNTS, races=st.integers(0, 3))
    def requested(self, number: int, ref: str, amount: int, races: int) -> None:
        command = HoldMoney(named(f"gesture {number}"), named("case"), ref, amount, "EUR")
        self.shop.record.lose_races(races)
        self.send(lambda context: hold_money(command, context, record=self.shop.record, zone=ZONE))
        self.shop.record.lose_races(0)

    @rule(number=NUMBERS, by=PEOPLE, races=st.integers(0, 3))
    def approved(self, number: int, by: str, races: int) -> None:
        gesture = self.gesture(number)
        if gesture is None:
            return
        approval = named(f"approval {len(self.approvers)}")
        self.approvers[approval] = by
        command = HoldTeamMoney(
            gesture.gesture_id, gesture.case_id, approval, gesture.agent_ref, by, gesture.amount_minor, "EUR"
        )
        self.shop.record.lose_races(races)
        self.send(lambda context: hold_team_money(command, context, record=self.shop.record, zone=ZONE))
        self.shop.record.lose_races(0)

    @rule(number=NUMBERS)
    def given(self, number: int) -> None:
        gesture = self.gesture(number)
        if gesture is not None and gesture.hold_id is not None and gesture.state is MoneyState.HELD:
            command = CaptureMoney(gesture.gesture_id, gesture.hold_id)
            self.send(lambda context: capture_money(command, context, record=self.shop.record))

    @rule(number=NUMBERS)
    def dropped(self, number: int) -> None:
        command = ReleaseMoney(named(f"gesture {number}"), "withdrawn")
        self.send(lambda context: release_money(command, context, record=self.shop.record))

    @rule(ref=REFS, granted=st.integers(0, 30_000), limit=st.integers(0, 12_000))
    def granted(self, ref: str, granted: int, limit: int) -> None:
        self.cuts += 30_000
        change = AgentChange(grants=(Grant("EUR", granted, BudgetPeriod.WEEK, limit),))
        command = UpsertAgent(request_id=self.shop.ids.new(), ref=ref, requested_by="lena", change=change)
        self.send(lambda context: upsert_agent(command, context, record=self.shop.record, zone=ZONE))

    @rule(days=st.integers(1, 5))
    def time_passes(self, days: int) -> None:
        self.shop.clock.at += timedelta(days=days)
        self.loop.run_until_complete(self.shop.keep_hours())

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), same_key=st.booleans())
    def delivered_again(self, data: st.DataObject, same_key: bool) -> None:
        """After a crash, or twice by the transport: under the same key nothing happens, under another no more money."""
        context, step = data.draw(st.sampled_from(self.sent))
        facts = len(self.shop.record.all_facts())
        self.deliver(context if same_key else self.shop.context(), step)
        committed = context.command_id in self.shop.record._commands
        assert not (same_key and committed) or len(self.shop.record.all_facts()) == facts

    @invariant()
    def money_is_neither_lost_nor_made(self) -> None:
        if not hasattr(self, "shop"):
            return
        accounts = [account for ref in ("anna", "bram", "care") for account in self.shop.accounts(ref)]
        for account in accounts:
            standing, holds = account.standing, account.holds.values()
            assert standing.reserved_minor == sum(hold.amount_minor for hold in holds if hold.state in UNSETTLED)
            assert standing.spent_minor == sum(hold.captured_minor for hold in holds)
            cuts = 0 if standing.owner_ref == "care" else self.cuts
            assert standing.available_minor >= -cuts
        placed = [hold for account in accounts for hold in account.holds.values()]
        by_gesture = {hold.gesture_id for hold in placed}
        assert len(placed) == len(by_gesture), "a gesture is held for once"
        held = {one.gesture_id: one for one in self.shop.floor.all_of(GestureMoney) if one.hold_id is not None}
        assert set(held) == by_gesture
        for hold in placed:
            dropped = held[hold.gesture_id].state is MoneyState.DROPPED
            assert (hold.state is HoldState.RELEASED) == dropped

    @invariant()
    def nobody_approved_an_own_gesture(self) -> None:
        if not hasattr(self, "shop"):
            return
        for one in self.shop.floor.all_of(GestureMoney):
            messages = [message for _, message in self.shop.told(one.id)]
            approved = [m.approval_id for m in messages if isinstance(m, told.HoldPlaced) and m.approval_id]
            refused = {m.approval_id for m in messages if isinstance(m, told.ApprovalRefused)}
            assert len(approved) <= 1
            assert all(self.approvers[approval] != one.agent_ref for approval in approved)
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
TestSagaMachine.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


async def test_a_self_approval_never_reaches_the_team_account() -> None:
    shop = await a_shop()
    gesture: UUID = named("gesture")
    await shop.ask("gesture", 9_000)
    for number in range(3):
        await shop.approve("gesture", 9_000, by="anna", approval=f"try {number}")
    assert shop.accounts("care")[0].holds == {}
    assert (await shop.money("gesture")).gesture_id == gesture
