"""Whatever people, routing, customers and time do to a case, in whatever order: its laws hold after every step."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.vocabulary import (
    CaseStatus,
    DeliveryStatus,
    GestureStatus,
    Priority,
    Refusal,
    WaitingFor,
)
from services.case.commands.record_delivery import RecordDelivery, record_delivery
from services.case.domain.case import Case
from services.case.domain.case_facts import Assigned, Reopened, Resolved
from services.case.domain.commitment import CommitmentStatus
from services.case.domain.contact_facts import ReplyRequested
from services.case.domain.gesture_facts import GestureGiven
from services.case.domain.handling_facts import TransferRequested
from services.case.domain.settlement_facts import SettlementBegun, SettlementDropped, SettlementLeft
from tests.unit.case.office import ANNA_ID, BOB_ID, CARE, Office
from tests.unit.case.world import ANNA, BOB

STEPS = (
    *("write", "transfer", "to_team", "reroute", "claim", "decide", "nobody", "wait", "pass", "resolve", "reopen"),
    *("rank", "tag", "promise", "keep", "withdraw", "due", "settle", "settle_free", "hold", "above", "decline"),
    *("refuse", "fail"),
)
PLANS = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 5)), min_size=1, max_size=30)


class Life:
    """One case, and what can happen to it; what its domain refuses did not happen."""

    def __init__(self, office: Office, case: Case) -> None:
        self.office = office
        self.case = case

    async def step(self, kind: str, number: int) -> None:
        self.office.later(minutes=1)
        try:
            await getattr(self, f"_{kind}")(await self.office.now(self.case), number)
        except Refusal:
            return

    async def _write(self, _case: Case, _number: int) -> None:
        await self.office.attach(self.office.whatsapp("And another thing"))

    async def _transfer(self, case: Case, number: int) -> None:
        await self.office.transfer(case, agent_id=(ANNA_ID, BOB_ID)[number % 2])

    async def _to_team(self, case: Case, _number: int) -> None:
        await self.office.transfer(case, team_id=CARE)

    async def _reroute(self, case: Case, _number: int) -> None:
        await self.office.transfer(case, reroute=True)

    async def _claim(self, case: Case, number: int) -> None:
        await self.office.claim(case, by=(ANNA, BOB)[number % 2])

    async def _decide(self, case: Case, number: int) -> None:
        await self.office.routed(case, (ANNA_ID, BOB_ID)[number % 2], next(iter(case.transfers), None))

    async def _nobody(self, case: Case, _number: int) -> None:
        await self.office.routed(case, None, next(iter(case.transfers), None))

    async def _wait(self, case: Case, number: int) -> None:
        await self.office.wait(case, tuple(WaitingFor)[number % 5], until=self.office.at + timedelta(hours=1))

    async def _pass(self, case: Case, number: int) -> None:
        self.office.later(minutes=20 * number)
        await self.office.end_wait(case)

    async def _resolve(self, case: Case, _number: int) -> None:
        await self.office.resolve(case)

    async def _reopen(self, case: Case, _number: int) -> None:
        await self.office.reopen(case, reason="so")

    async def _rank(self, case: Case, number: int) -> None:
        await self.office.rank(case, tuple(Priority)[number % 4])

    async def _tag(self, case: Case, number: int) -> None:
        await self.office.tag(case, f"t{number}", remove=(f"t{number + 1}",))

    async def _promise(self, case: Case, number: int) -> None:
        await self.office.promise(case, hours=number)

    def _promised(self, case: Case, number: int) -> UUID:
        return (*case.commitments, self.office.new_id())[number % (len(case.commitments) + 1)]

    async def _keep(self, case: Case, number: int) -> None:
        await self.office.keep(self._promised(case, number))

    async def _withdraw(self, case: Case, number: int) -> None:
        await self.office.withdraw(self._promised(case, number))

    async def _due(self, case: Case, number: int) -> None:
        await self.office.come_due(self._promised(case, number))

    async def _settle(self, case: Case, _number: int) -> None:
        await self.office.settle(case, 1250)

    async def _settle_free(self, case: Case, _number: int) -> None:
        await self.office.settle(case)

    def _given(self, case: Case, number: int) -> UUID:
        return (*case.gestures, self.office.new_id())[number % (len(case.gestures) + 1)]

    async def _hold(self, case: Case, number: int) -> None:
        await self.office.held(case, self._given(case, number))

    async def _above(self, case: Case, number: int) -> None:
        await self.office.above(case, self._given(case, number))

    async def _decline(self, case: Case, number: int) -> None:
        await self.office.decline(self._given(case, number))

    async def _refuse(self, case: Case, number: int) -> None:
        await self.office.refuse(case, self._given(case, number))

    async def _fail(self, case: Case, _number: int) -> None:
        replies = [fact.contact_id for fact in self.facts(ReplyRequested)]
        if replies:
            failed = RecordDelivery(case.id, replies[-1], DeliveryStatus.FAILED, self.office.at)
            await record_delivery(failed, self.office.told(), record=self.office.record)

    def facts(self, kind: type[Any]) -> list[Any]:
        return [fact for fact in self.office.record.facts[self.case.id] if isinstance(fact, kind)]


def check_its_end(life: Life, case: Case) -> None:
    """Resolved, waiting and open exclude each other, and each end has a beginning."""
    resolved, reopened = len(life.facts(Resolved)), len(life.facts(Reopened))
    assert case.is_resolved is (resolved == reopened + 1)
    assert case.is_resolved or resolved == reopened
    assert (case.outcome is not None) is case.is_resolved is (case.resolved_at is not None)
    assert (case.waiting_for is not None) is (case.status is CaseStatus.WAITING)
    assert case.waiting_until is None or case.status is CaseStatus.WAITING
    assert case.settled_with is None or case.is_resolved


def check_who_had_it(life: Life, case: Case) -> None:
    """Every decision is on record, the last one holds, and nothing that was asked is forgotten before its answer."""
    decisions = life.facts(Assigned)
    assert case.assignee_id == (decisions[-1].agent_id if decisions else None)
    answered = {decision.decision_id for decision in decisions}
    asked = [request.transfer_id for request in life.facts(TransferRequested)]
    assert set(case.transfers) == set(asked) - answered
    assert len(answered) == len(decisions)


def check_promises(life: Life, case: Case) -> None:
    """What was not open cannot become anything else; what is kept was kept in time."""
    for kind, status in (
        ("case.commitment-kept.v1", CommitmentStatus.KEPT),
        ("case.commitment-broken.v1", CommitmentStatus.BROKEN),
        ("case.commitment-withdrawn.v1", CommitmentStatus.WITHDRAWN),
    ):
        ended = [fact for fact in life.office.record.facts[case.id] if kind == fact.TOPIC]
        assert {fact.commitment_id for fact in ended} == {
            each.commitment_id for each in case.commitments.values() if each.status is status
        }
        assert len(ended) == len({fact.commitment_id for fact in ended})
        for fact in ended:
            due = case.commitments[fact.commitment_id].due_at
            assert (fact.timestamp >= due) is (status is CommitmentStatus.BROKEN)


def check_settlements(life: Life, case: Case) -> None:
    """An answer leaves once and only with its money; what was refused or declined never leaves."""
    begun = {fact.gesture_id: fact.contact_id for fact in life.facts(SettlementBegun)}
    left = [fact.gesture_id for fact in life.facts(SettlementLeft)]
    dropped = [fact.gesture_id for fact in life.facts(SettlementDropped)]
    assert len(set(left + dropped)) == len(left + dropped)
    assert set(case.settlements) == set(begun) - set(left) - set(dropped)
    assert len(case.settlements) <= 1
    sent = [fact.contact_id for fact in life.facts(ReplyRequested)]
    assert len(set(sent)) == len(sent)
    assert {begun[gesture_id] for gesture_id in left} == set(sent) & set(begun.values())
    given = {fact.gesture_id for fact in life.facts(GestureGiven)}
    assert set(left) <= given
    for gesture_id in case.settlements:
        assert case.gestures[gesture_id].status in {GestureStatus.REQUESTED, GestureStatus.AWAITING_APPROVAL}


@settings(deadline=None, max_examples=150)
@given(PLANS)
def test_a_case_keeps_its_laws(plan: list[tuple[str, int]]) -> None:
    async def run() -> None:
        office = await Office.furnished()
        life = Life(office, await office.open_case())
        seen: list[Any] = []
        for kind, number in plan:
            await life.step(kind, number)
            case = await office.now(life.case)
            for check in (check_its_end, check_who_had_it, check_promises, check_settlements):
                check(life, case)
            decisions = life.facts(Assigned)
            assert decisions[: len(seen)] == seen, "who had it before stays on record"
            seen = decisions

    asyncio.run(run())
