"""Nobody overspends under any interleaving: the account as a state machine, with repetitions, races and crashes."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from datetime import timedelta
from uuid import uuid5

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from contracts.stored import CommandContext, Work
from contracts.vocabulary import NAMESPACE, BudgetPeriod, Refusal, RefusalCode, system_actor
from services.routing.domain.budget import Budget
from services.routing.domain.budget_facts import (
    CaptureForced,
    HoldCaptured,
    HoldExpired,
    HoldReleased,
    HoldState,
)
from services.routing.domain.carry_over import carry_over
from services.routing.domain.grant import Grant
from services.routing.domain.hold import UNSETTLED
from tests.support.account_steps import (
    ACCOUNT,
    ANNA,
    NAMES,
    NEXT_ACCOUNT,
    NEXT_PERIOD,
    PERIOD,
    START,
    AccountSteps,
    named,
)
from tests.support.memory_record import MemoryRecord

AMOUNTS = st.integers(1, 40) | st.integers(-1, 120)
RUNS = int(os.environ.get("EENDER_LEDGER_RUNS", "500"))
"""How many histories; `just ledger` takes 10,000."""


class AccountMachine(AccountSteps):
    """Everything that can happen to one account, in any order."""

    @rule(number=NAMES, granted=st.integers(60, 300) | st.integers(-1, 60), limit=st.integers(20, 120))
    def change_grant(self, number: int, granted: int, limit: int) -> None:
        change_id = named("change", number)
        self.do(
            lambda account, at: account.change_grant(
                change_id=change_id, granted_minor=granted, item_limit_minor=limit, at=at
            )
        )

    @rule(number=NAMES, amount=AMOUNTS, minutes=st.none() | st.integers(0, 60))
    def place(self, number: int, amount: int, minutes: int | None) -> None:
        before = self.account()
        hold_id = named("hold", number)
        expires_at = None if minutes is None else self.now + timedelta(minutes=minutes)
        overdue = sum(
            hold.amount_minor
            for hold in before.holds.values()
            if hold.state is HoldState.OPEN and hold.expires_at is not None and hold.expires_at <= self.now
        )
        fits = 0 < amount <= min(before.standing.available_minor + overdue, before.standing.item_limit_minor)
        refusal = self.do(
            lambda account, at: account.place_hold(
                hold_id=hold_id, gesture_id=hold_id, amount_minor=amount, at=at, expires_at=expires_at
            )
        )
        if hold_id not in before.holds:
            assert (refusal is None) == (fits and before.standing.open and PERIOD.holds(self.now))
        else:
            assert len(self.record.facts[ACCOUNT]) == before.version, "a known hold wrote something"

    @rule(data=st.data())
    def pay(self, data: st.DataObject) -> None:
        hold_id = self.some_hold(data, HoldState.OPEN)
        self.do(lambda account, at: account.start_payment(hold_id=hold_id, at=at))

    @rule(data=st.data(), amount=st.none() | AMOUNTS)
    def capture(self, data: st.DataObject, amount: int | None) -> None:
        hold_id = self.some_hold(data)
        self.do(lambda account, at: account.capture(hold_id=hold_id, amount_minor=amount, at=at))

    @rule(data=st.data(), state=st.sampled_from([HoldState.RELEASED, HoldState.EXPIRED, HoldState.OPEN]))
    def capture_by_force(self, data: st.DataObject, state: HoldState) -> None:
        """A payer paid: whatever became of the hold meanwhile, it is never denied."""
        hold_id = self.some_hold(data, state)
        known = hold_id in self.account().holds
        refusal = self.do(lambda account, at: account.force_capture(hold_id=hold_id, at=at))
        partial = known and refusal is not None
        assert not partial or self.account().holds[hold_id].state is HoldState.CAPTURED, (
            "only another amount is refused"
        )
        assert known or refusal is not None

    @rule(data=st.data(), state=st.sampled_from(HoldState))
    def release(self, data: st.DataObject, state: HoldState) -> None:
        hold_id = self.some_hold(data, state)
        self.do(lambda account, at: account.release(hold_id=hold_id, reason="test", at=at))

    @rule()
    def expire(self) -> None:
        self.do(lambda account, at: account.expire_holds(at=at))

    @rule(number=NAMES, amount=st.integers(1, 40), settled=st.sampled_from(["captured", "expired", "paying", "left"]))
    def a_whole_gesture(self, number: int, amount: int, settled: str) -> None:
        """A usual way, taken in one step so that what comes after it is met more often."""
        self.place(number, amount, 0 if settled in {"expired", "paying"} else None)
        if settled == "paying":
            self.do(lambda account, at: account.start_payment(hold_id=named("hold", number), at=at))
        if settled in {"expired", "paying"}:
            self.expire()
        elif settled == "captured":
            self.do(lambda account, at: account.capture(hold_id=named("hold", number), at=at))

    @precondition(lambda self: any(hold.captured_minor for hold in self.account().holds.values()))
    @rule(data=st.data(), reversal=NAMES)
    def reverse(self, data: st.DataObject, reversal: int) -> None:
        hold_id = self.some_hold(data, HoldState.CAPTURED)
        hold = self.account().holds.get(hold_id)
        amount = data.draw(AMOUNTS if hold is None else AMOUNTS | st.just(hold.captured_minor))
        self.do(
            lambda account, at: account.reverse(
                reversal_id=named("reversal", reversal), hold_id=hold_id, amount_minor=amount, at=at
            )
        )

    @rule(chance=st.integers(0, 4))
    def close(self, chance: int) -> None:
        if chance == 0:
            self.do(lambda account, at: account.close(at=at))

    @precondition(lambda self: not self.account().standing.open)
    @rule()
    def reopen(self) -> None:
        self.do(lambda account, at: account.reopen(at=at))

    @rule(most=st.integers(0, 100), races=st.integers(0, 2))
    def carry_over(self, most: int, races: int) -> None:
        """As at the end of a period; before it nothing is carried, and afterwards once."""
        before = self.account()

        async def decide() -> Work:
            ended = await self.record.load(Budget, ACCOUNT)
            assert ended is not None
            grant = Grant("EUR", 100, BudgetPeriod.WEEK, 100)
            running = await self.record.load(Budget, NEXT_ACCOUNT) or Budget.open(
                account_id=NEXT_ACCOUNT, owner=ANNA, grant=grant, period=NEXT_PERIOD, at=self.now
            )
            carry_over(ended, running, amount_max_minor=most, at=self.now)
            return Work(streams=tuple(each for each in (ended, running) if each.pending_events))

        self.record.lose_races(races)
        self.loop.run_until_complete(self.record.transact(self.context(), decide))
        self.record.lose_races(0)
        gone = before.standing.granted_minor - self.account().standing.granted_minor
        due = self.now >= PERIOD.end and before.standing.open and before.carried_to is None
        assert gone == (min(most, max(0, before.standing.available_minor)) if due else 0)

    @rule(minutes=st.integers(1, 60))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(chance=st.integers(0, 9))
    def the_period_ends(self, chance: int) -> None:
        """Seldom: afterwards nothing can be held any more."""
        if chance == 0:
            self.now = PERIOD.end

    @precondition(lambda self: self.steps)
    @rule(data=st.data())
    def repeat_an_earlier_command(self, data: st.DataObject) -> None:
        self.do(data.draw(st.sampled_from(self.steps)))

    @precondition(lambda self: len(self.steps) > 1)
    @rule(data=st.data())
    def two_commands_on_the_same_version(self, data: st.DataObject) -> None:
        ours, theirs = data.draw(st.sampled_from(self.steps)), data.draw(st.sampled_from(self.steps))
        before = self.account().standing.granted_minor
        self.loop.run_until_complete(self._do(ours, rival=theirs))
        # Either may have cut the grant; more than all of it nobody cuts twice.
        self.cuts += 2 * max(before, self.account().standing.granted_minor)

    @invariant()
    def the_sums_agree(self) -> None:
        if ACCOUNT not in self.record.facts:
            return
        account = self.account()
        standing, holds = account.standing, account.holds.values()
        assert standing.granted_minor == standing.available_minor + standing.reserved_minor + standing.spent_minor
        assert standing.reserved_minor == sum(hold.amount_minor for hold in holds if hold.state in UNSETTLED)
        assert standing.spent_minor == sum(hold.captured_minor - hold.reversed_minor for hold in holds)
        assert standing.reserved_minor >= 0
        assert standing.spent_minor >= 0
        # A payment by force may come of any command that is asked again, once the hold has ended meanwhile.
        facts = self.record.facts[ACCOUNT]
        forced = sum(fact.captured_minor for fact in facts if isinstance(fact, CaptureForced))
        assert standing.available_minor >= -self.cuts - forced
        for hold in holds:
            assert 0 <= hold.reversed_minor <= hold.captured_minor <= hold.amount_minor
        assert standing.granted_minor == standing.allocated_minor + standing.carried_minor
        running = self.loop.run_until_complete(self.record.load(Budget, NEXT_ACCOUNT))
        if running is not None:
            assert running.standing.carried_minor == -standing.carried_minor, "carrying over made money or lost some"
        assert sum(amount for _, amount in account.reversals.values()) == sum(hold.reversed_minor for hold in holds)

    @invariant()
    def a_hold_ends_at_most_once(self) -> None:
        facts = self.record.facts.get(ACCOUNT, [])
        ended = Counter(f.hold_id for f in facts if isinstance(f, HoldCaptured | HoldReleased | HoldExpired))
        assert all(count == 1 for count in ended.values())
        forced = Counter(fact.hold_id for fact in facts if isinstance(fact, CaptureForced))
        assert all(count == 1 for count in forced.values())

    @invariant()
    def a_crash_after_any_fact_loses_nothing_before_it(self) -> None:
        """The state after the first k facts is what the k-th fact says it is, and all of them give the live state."""
        account = self.followed
        behind = 0 if account is None else account.version
        for version, fact in enumerate(self.record.facts.get(ACCOUNT, [])[behind:], start=behind + 1):
            if isinstance(fact, HoldExpired):
                assert account is not None
                expired = account.holds[fact.hold_id]
                assert expired.state is HoldState.OPEN, "what is being paid never expires"
                assert expired.expires_at is not None
                assert expired.expires_at <= fact.timestamp
            account = fact.mutate(account)
            assert account is not None
            assert account.version == version
            if hasattr(fact, "standing"):
                assert account.standing == fact.standing
            standing, holds = account.standing, account.holds.values()
            assert standing.reserved_minor == sum(hold.amount_minor for hold in holds if hold.state in UNSETTLED)
        self.followed = account
        if account is not None:
            live = self.account()
            assert (account.holds, account.standing) == (live.holds, live.standing)
            assert (account.reversals, account.grant_changes) == (live.reversals, live.grant_changes)


TestAccountMachine = AccountMachine.TestCase
TestAccountMachine.settings = settings(max_examples=RUNS, stateful_step_count=50, deadline=None)


async def test_the_last_euro_is_held_once_however_many_ask_for_it() -> None:
    record = MemoryRecord()
    grant = Grant("EUR", 100, BudgetPeriod.WEEK, 100)

    def context(name: str) -> CommandContext:
        key = uuid5(NAMESPACE, name)
        return CommandContext(command_id=key, actor=system_actor("test"), at=START, correlation_id=key)

    async def opened() -> Work:
        return Work(streams=(Budget.open(account_id=ACCOUNT, owner=ANNA, grant=grant, period=PERIOD, at=START),))

    await record.transact(context("open"), opened)

    async def ask(number: int) -> RefusalCode | None:
        async def decide() -> Work:
            account = await record.load(Budget, ACCOUNT)
            assert account is not None
            await asyncio.sleep(0)
            account.place_hold(hold_id=named("hold", number), gesture_id=ACCOUNT, amount_minor=60, at=START)
            return Work(streams=(account,))

        try:
            await record.transact(context(f"ask {number}"), decide)
        except Refusal as refusal:
            return refusal.code
        return None

    answers = await asyncio.gather(*(ask(number) for number in range(8)))
    assert answers.count(None) == 1
    assert answers.count(RefusalCode.OVER_OWN_LIMIT) == 7
