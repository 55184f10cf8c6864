"""Gestures: each step of the saga with the ledger, in any order it may be told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from contracts.vocabulary import Actor, GestureKind, GestureStatus, Refusal, RefusalCode, Role, system_actor
from services.case.commands.approve_gesture import ApproveGesture, approve_gesture
from services.case.commands.await_approval import AwaitApproval, await_approval
from services.case.commands.decline_gesture import DeclineGesture, decline_gesture
from services.case.commands.give_gesture import GiveGesture, give_gesture
from services.case.commands.record_approval_refused import RecordApprovalRefused, record_approval_refused
from services.case.commands.record_hold import RecordHold, record_hold
from services.case.commands.refuse_gesture import RefuseGesture, refuse_gesture
from services.case.commands.resolve_case import ResolveCase, resolve_case
from services.case.domain.case import Case
from services.case.domain.gesture_facts import GestureGiven, GestureRequested, HoldReturned
from tests.unit.case.world import ANNA, AUDITOR, LEA, World

ROUTING = system_actor("routing")
ORDER = {"kind": "ORDER", "value": "7"}


class Giving(World):
    """A case on which anna, who has euros, gives something."""

    def __init__(self) -> None:
        super().__init__()
        self.directory.budgets = {("anna", "EUR")}

    async def give(self, case_id: UUID, *, by: Actor = ANNA, **given: object) -> UUID:
        wish = {
            "kind": GestureKind.REFUND,
            "reference": ORDER,
            "amount_minor": 2500,
            "currency": "EUR",
            "reason": "goodwill",
            **given,
        }
        command = GiveGesture(case_id, self.new_id(), **wish)  # type: ignore[arg-type]
        await give_gesture(command, self.by(by), record=self.record, directory=self.directory, policy=self.policy)
        return command.gesture_id

    async def hold(self, case_id: UUID, gesture_id: UUID, hold: int = 900, amount_minor: int = 2500) -> None:
        command = RecordHold(case_id, gesture_id, UUID(int=hold), UUID(int=901), amount_minor)
        await record_hold(command, self.by(ROUTING), record=self.record, policy=self.policy)

    async def above_the_limit(self, case_id: UUID) -> UUID:
        gesture_id = await self.give(case_id)
        await await_approval(AwaitApproval(case_id, gesture_id), self.by(ROUTING), record=self.record)
        return gesture_id

    async def approve(self, gesture_id: UUID, by: Actor = LEA, **given: object) -> UUID:
        command = ApproveGesture(gesture_id, self.new_id(), **given)  # type: ignore[arg-type]
        await approve_gesture(command, self.by(by), record=self.record, directory=self.directory)
        return command.approval_id

    async def decline(self, gesture_id: UUID, by: Actor = LEA, reason: str = "not now") -> None:
        await decline_gesture(
            DeclineGesture(gesture_id, reason), self.by(by), record=self.record, directory=self.directory
        )

    async def status(self, case: Case, gesture_id: UUID) -> GestureStatus:
        return (await self.case(case.id)).gestures[gesture_id].status


async def test_a_gesture_is_requested_and_given_when_its_money_is_held() -> None:
    world = Giving()
    case = await world.open_case()
    gesture_id = await world.give(case.id, note=" as agreed ", reference={"kind": "ORDER", "value": "7"})
    assert await world.status(case, gesture_id) is GestureStatus.REQUESTED
    (fact,) = [fact for fact in world.record.all_facts() if isinstance(fact, GestureRequested)]
    assert (fact.agent_ref, fact.amount_minor, fact.note) == ("anna", 2500, "as agreed")
    for _ in range(2):
        await world.hold(case.id, gesture_id)
    assert await world.status(case, gesture_id) is GestureStatus.GIVEN
    assert sum(isinstance(fact, GestureGiven) for fact in world.record.all_facts()) == 1


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"amount_minor": 0}, RefusalCode.INVALID_INPUT, ("amount", "amount")),
        ({"currency": "USD"}, RefusalCode.CURRENCY_MISMATCH, ("amount", "currencyCode")),
        ({"reason": "because"}, RefusalCode.REASON_UNKNOWN, ("reason",)),
        ({"note": "x" * 2001}, RefusalCode.TEXT_TOO_LONG, ("note",)),
        ({"reference": None}, RefusalCode.INVALID_INPUT, ("reference",)),
        ({"reference": {"kind": "SHIPMENT", "value": "7"}}, RefusalCode.INVALID_INPUT, ("reference",)),
        ({"reference": {"kind": "PAYMENT", "value": " "}}, RefusalCode.INVALID_INPUT, ("reference", "value")),
        ({"reference": {"kind": "ORDER", "value": "7" * 201}}, RefusalCode.TEXT_TOO_LONG, ("reference", "value")),
        ({"by": AUDITOR}, RefusalCode.FORBIDDEN, ()),
    ],
)
async def test_a_gesture_that_breaks_a_rule_is_refused(
    given: dict[str, object], code: RefusalCode, path: tuple[str, ...]
) -> None:
    world = Giving()
    case = await world.open_case()
    with pytest.raises(Refusal) as refused:
        await world.give(case.id, **given)  # type: ignore[arg-type]
    assert (refused.value.code, refused.value.path) == (code, path)
    assert (await world.case(case.id)).gestures == {}


async def test_nothing_is_given_in_a_resolved_case_but_what_was_asked_before_is() -> None:
    world = Giving()
    case = await world.open_case()
    gesture_id = await world.give(case.id)
    await resolve_case(ResolveCase(case.id), world.by(), record=world.record, policy=world.policy)
    with pytest.raises(Refusal) as refused:
        await world.give(case.id)
    assert refused.value.code is RefusalCode.CASE_RESOLVED
    await world.hold(case.id, gesture_id)
    assert await world.status(case, gesture_id) is GestureStatus.GIVEN


async def test_a_gesture_repeated_under_its_key_is_one() -> None:
    world = Giving()
    case = await world.open_case()
    context = world.by()
    ports: dict[str, Any] = {"record": world.record, "directory": world.directory, "policy": world.policy}
    outcomes = [
        (
            await give_gesture(
                GiveGesture(case.id, world.new_id(), GestureKind.GIFT, 100, "EUR", "goodwill"), context, **ports
            )
        ).outcome
        for _ in range(3)
    ]
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert len((await world.case(case.id)).gestures) == 1


async def test_a_gesture_that_loses_the_race_is_one() -> None:
    world = Giving()
    case = await world.open_case()
    world.record.lose_races(4)
    await world.give(case.id)
    assert len((await world.case(case.id)).gestures) == 1


async def test_above_the_limit_another_person_approves_less_or_all_of_it() -> None:
    world = Giving()
    case = await world.open_case()
    gesture_id = await world.above_the_limit(case.id)
    assert await world.status(case, gesture_id) is GestureStatus.AWAITING_APPROVAL
    await world.approve(gesture_id, amount_minor=2000, currency="EUR")
    assert await world.status(case, gesture_id) is GestureStatus.PAYING
    await world.hold(case.id, gesture_id, amount_minor=2000)
    gesture = (await world.case(case.id)).gestures[gesture_id]
    assert (gesture.status, gesture.amount_minor) == (GestureStatus.GIVEN, 2000)


async def test_an_approval_beyond_the_approvers_limits_sets_it_back_for_somebody_else() -> None:
    world = Giving()
    case = await world.open_case()
    gesture_id = await world.above_the_limit(case.id)
    approval_id = await world.approve(gesture_id, amount_minor=100)
    refused = RecordApprovalRefused(case.id, gesture_id, approval_id, RefusalCode.OVER_OWN_LIMIT)
    for _ in range(2):
        await record_approval_refused(refused, world.by(ROUTING), record=world.record)
    gesture = (await world.case(case.id)).gestures[gesture_id]
    assert (gesture.status, gesture.amount_minor) == (GestureStatus.AWAITING_APPROVAL, 2500)
    await world.approve(gesture_id)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"amount_minor": 2501}, RefusalCode.INVALID_INPUT),
        ({"amount_minor": 0}, RefusalCode.INVALID_INPUT),
        ({"currency": "USD"}, RefusalCode.CURRENCY_MISMATCH),
        ({"by": ANNA}, RefusalCode.FORBIDDEN),
        ({"by": Actor(ANNA.kind, "anna", Role.LEAD)}, RefusalCode.SELF_APPROVAL),
    ],
)
async def test_an_approval_that_breaks_a_rule_is_refused(given: dict[str, object], code: RefusalCode) -> None:
    world = Giving()
    case = await world.open_case()
    gesture_id = await world.above_the_limit(case.id)
    with pytest.raises(Refusal) as refused:
        await world.approve(gesture_id, **given)  # type: ignore[arg-type]
    assert refused.value.code is code
    assert await world.status(case, gesture_id) is GestureStatus.AWAITING_APPROVAL


async def test_what_does_not_wait_is_neither_approved_nor_declined() -> None:
    world = Giving()
    case = await world.open_case()
    gesture_id = await world.give(case.id)
    for work in (world.approve(gesture_id), world.decline(gesture_id)):
        with pytest.raises(Refusal) as refused:
            await work
        assert refused.value.code is RefusalCode.NOT_AWAITING_APPROVAL


async def test_after_the_time_for_it_nobody_approves() -> None:
    world = Giving()
    case = await world.open_case()
    gesture_id = await world.above_the_limit(case.id)
    world.later(days=14)
    with pytest.raises(Refusal) as refused:
        await world.approve(gesture_id)
    assert refused.value.code is RefusalCode.APPROVAL_EXPIRED


async def test_a_declined_gesture_stays_declined_and_money_held_for_it_goes_back() -> None:
    world = Giving()
    case = await world.open_case()
    gesture_id = await world.above_the_limit(case.id)
    await world.decline(gesture_id)
    await world.hold(case.id, gesture_id)
    await world.hold(case.id, gesture_id)
    assert await world.status(case, gesture_id) is GestureStatus.DECLINED
    assert sum(isinstance(fact, HoldReturned) for fact in world.record.all_facts()) == 1


async def test_the_ledgers_no_is_final() -> None:
    world = Giving()
    case = await world.open_case()
    gesture_id = await world.give(case.id)
    refuse = RefuseGesture(case.id, gesture_id, RefusalCode.BUDGET_CLOSED)
    for _ in range(2):
        await refuse_gesture(refuse, world.by(ROUTING), record=world.record)
    await await_approval(AwaitApproval(case.id, gesture_id), world.by(ROUTING), record=world.record)
    assert await world.status(case, gesture_id) is GestureStatus.REFUSED


async def test_a_gesture_nobody_knows_is_not_found() -> None:
    world = Giving()
    await world.open_case()
    with pytest.raises(Refusal) as refused:
        await world.approve(world.new_id())
    assert (refused.value.code, refused.value.path) == (RefusalCode.NOT_FOUND, ("gestureId",))
