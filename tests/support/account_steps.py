"""One account of the ledger under test: what it is asked, asked again and raced, in a record in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from contracts.stored import CommandContext, Work
from contracts.vocabulary import NAMESPACE, BudgetOwnerKind, BudgetPeriod, Refusal, system_actor
from services.routing.domain.budget import Budget
from services.routing.domain.budget_facts import HoldState
from services.routing.domain.grant import Grant, Owner
from services.routing.domain.period import Period
from tests.support.memory_record import MemoryRecord

START = datetime(2026, 11, 16, tzinfo=UTC)
PERIOD = Period(START, START + timedelta(days=7))
NEXT_PERIOD = Period(PERIOD.end, PERIOD.end + timedelta(days=7))
ACCOUNT = uuid5(NAMESPACE, "the account")
NEXT_ACCOUNT = uuid5(NAMESPACE, "the account of the next period")
ANNA = Owner(BudgetOwnerKind.AGENT, "anna")
NAMES = st.integers(0, 2)
"""Few, so that commands meet on the same hold."""

Step = Callable[[Budget, datetime], None]


def named(kind: str, number: int) -> UUID:
    return uuid5(NAMESPACE, f"{kind} {number}")


class AccountSteps(RuleBasedStateMachine):
    """`steps`: what was asked so far, to be asked again. `cuts`: by how much it may be below nothing at most."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.record = MemoryRecord()
        self.now = START
        self.asked = 0
        self.cuts = 0
        self.steps: list[Step] = []
        self.seen: Budget | None = None
        self.followed: Budget | None = None

    def teardown(self) -> None:
        self.loop.close()

    @initialize(granted=st.integers(20, 200), limit=st.integers(20, 120))
    def open(self, granted: int, limit: int) -> None:
        grant = Grant("EUR", granted, BudgetPeriod.WEEK, limit)

        async def decide() -> Work:
            account = Budget.open(account_id=ACCOUNT, owner=ANNA, grant=grant, period=PERIOD, at=self.now)
            return Work(streams=(account,))

        self.loop.run_until_complete(self.record.transact(self.context(), decide))

    def context(self) -> CommandContext:
        self.asked += 1
        key = named("command", self.asked)
        return CommandContext(command_id=key, actor=system_actor("test"), at=self.now, correlation_id=key)

    def account(self) -> Budget:
        """As folded from all facts; nobody changes what is handed out."""
        if self.seen is None or self.seen.version != len(self.record.facts[ACCOUNT]):
            self.seen = self.loop.run_until_complete(self.record.load(Budget, ACCOUNT))
            assert self.seen is not None
        return self.seen

    async def _do(self, step: Step, rival: Step | None = None) -> Refusal | None:
        """Carry out a step. `rival`: what somebody else does between our look and our append."""
        rivals = [rival] if rival is not None else []

        async def decide() -> Work:
            account = await self.record.load(Budget, ACCOUNT)
            assert account is not None
            if rivals:
                await self._do(rivals.pop())
            step(account, self.now)
            return Work(streams=(account,))

        before = len(self.record.facts[ACCOUNT])
        try:
            await self.record.transact(self.context(), decide)
        except Refusal as refusal:
            assert rival is not None or len(self.record.facts[ACCOUNT]) == before, "a refused command wrote something"
            return refusal
        return None

    def do(self, step: Step) -> Refusal | None:
        self.steps.append(step)
        granted = self.account().standing.granted_minor
        refusal = self.loop.run_until_complete(self._do(step))
        if refusal is None:
            version = self.account().version
            assert self.loop.run_until_complete(self._do(step)) is None, "a repetition has the same answer"
            assert self.account().version == version, "a repetition wrote something"
        self.cuts += max(0, granted - self.account().standing.granted_minor)
        return refusal

    def some_hold(self, data: st.DataObject, *states: HoldState) -> UUID:
        """Mostly a hold that is known and in one of those states, else any, else none that exists."""
        holds = self.account().holds
        wanted = [hold_id for hold_id, hold in holds.items() if not states or hold.state in states]
        likely = st.sampled_from(wanted or list(holds) or [named("hold", 99)])
        return data.draw(st.one_of(likely, likely, likely, NAMES.map(lambda number: named("hold", number))))
