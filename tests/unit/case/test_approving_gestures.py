"""Who may say yes to money above an agent's limits: never who asked, nor their stand-in, and two above an amount."""

from __future__ import annotations

from uuid import UUID

import pytest

from contracts.case import GestureApproved as ApprovedMessage
from contracts.case import GestureDropped
from contracts.vocabulary import (
    Actor,
    ActorKind,
    CaseStatus,
    GestureStatus,
    Refusal,
    RefusalCode,
    Role,
    WaitingFor,
    id_of,
    system_actor,
)
from services.case.commands.await_approval import AwaitApproval, await_approval
from services.case.commands.expire_gesture import ExpireGesture, expire_gesture
from services.case.domain.gesture_facts import FirstApprovalGiven, GestureApproved, GestureExpired
from services.case.domain.settlement_facts import SettlementDropped
from tests.unit.case.office import Office
from tests.unit.case.test_giving_gestures import ROUTING, Giving
from tests.unit.case.test_publish import told
from tests.unit.case.world import LEA

MAX = Actor(ActorKind.STAFF, "max", Role.LEAD)
BOB_AS_LEAD = Actor(ActorKind.STAFF, "bob", Role.LEAD)


async def needing_two(world: Giving, case_id: UUID, above: int = 2000) -> UUID:
    gesture_id = await world.give(case_id)
    command = AwaitApproval(case_id, gesture_id, above)
    await await_approval(command, world.by(ROUTING), record=world.record)
    return gesture_id


async def refusal(world: Giving, gesture_id: UUID, by: Actor, **given: object) -> RefusalCode:
    with pytest.raises(Refusal) as refused:
        await world.approve(gesture_id, by, **given)
    return refused.value.code


async def test_above_the_amount_two_people_approve_and_both_are_named() -> None:
    world = Giving()
    case = await world.open_case()
    gesture_id = await needing_two(world, case.id)
    await world.approve(gesture_id, LEA)
    assert await world.status(case, gesture_id) is GestureStatus.AWAITING_APPROVAL
    assert [m for _, m in told(world.record) if isinstance(m, ApprovedMessage)] == []
    await world.approve(gesture_id, MAX)
    assert await world.status(case, gesture_id) is GestureStatus.PAYING
    (message,) = [m for _, m in told(world.record) if isinstance(m, ApprovedMessage)]
    assert (message.first_approver_ref, message.approver_ref, message.amount_minor) == ("lea", "max", 2500)


async def test_one_person_is_not_two() -> None:
    world = Giving()
    case = await world.open_case()
    gesture_id = await needing_two(world, case.id)
    await world.approve(gesture_id, LEA)
    assert await refusal(world, gesture_id, LEA) is RefusalCode.SELF_APPROVAL
    assert sum(isinstance(fact, FirstApprovalGiven) for fact in world.record.all_facts()) == 1


async def test_a_second_who_names_no_amount_approves_what_the_first_said() -> None:
    world = Giving()
    case = await world.open_case()
    gesture_id = await needing_two(world, case.id)
    await world.approve(gesture_id, LEA, amount_minor=2200, currency="EUR")
    assert await refusal(world, gesture_id, LEA) is RefusalCode.SELF_APPROVAL
    await world.approve(gesture_id, MAX)
    (fact,) = [fact for fact in world.record.all_facts() if isinstance(fact, GestureApproved)]
    assert (fact.amount_minor, fact.first_approver_ref, fact.approver_ref) == (2200, "lea", "max")


async def test_the_second_approves_no_more_than_the_first_and_less_needs_no_second() -> None:
    world = Giving()
    case = await world.open_case()
    gesture_id = await needing_two(world, case.id)
    await world.approve(gesture_id, LEA, amount_minor=2200, currency="EUR")
    assert await refusal(world, gesture_id, MAX, amount_minor=2201, currency="EUR") is RefusalCode.INVALID_INPUT
    await world.approve(gesture_id, MAX, amount_minor=2000, currency="EUR")
    (fact,) = [fact for fact in world.record.all_facts() if isinstance(fact, GestureApproved)]
    assert (fact.amount_minor, fact.first_approver_ref) == (2000, None)


async def test_the_other_one_of_the_customers_duo_stands_in_and_does_not_approve() -> None:
    world = Giving()
    case = await world.open_case()
    gesture_id = await world.above_the_limit(case.id)
    world.directory.duos[case.customer_id] = frozenset({id_of("agent", "anna"), id_of("agent", "bob")})
    assert await refusal(world, gesture_id, BOB_AS_LEAD) is RefusalCode.SELF_APPROVAL
    await world.approve(gesture_id, LEA)
    assert await world.status(case, gesture_id) is GestureStatus.PAYING


async def test_a_duo_without_the_asking_agent_is_no_stand_in() -> None:
    world = Giving()
    case = await world.open_case()
    gesture_id = await world.above_the_limit(case.id)
    world.directory.duos[case.customer_id] = frozenset({id_of("agent", "carla"), id_of("agent", "bob")})
    await world.approve(gesture_id, BOB_AS_LEAD)
    assert await world.status(case, gesture_id) is GestureStatus.PAYING


async def test_what_nobody_decides_in_time_expires_once_and_the_ledger_hears_of_it() -> None:
    world = Giving()
    case = await world.open_case()
    gesture_id = await world.above_the_limit(case.id)
    command = ExpireGesture(case.id, gesture_id)
    await expire_gesture(command, world.by(system_actor("case")), record=world.record)
    assert await world.status(case, gesture_id) is GestureStatus.AWAITING_APPROVAL
    world.later(days=14)
    for _ in range(2):
        await expire_gesture(command, world.by(system_actor("case")), record=world.record)
    assert await world.status(case, gesture_id) is GestureStatus.EXPIRED
    assert sum(isinstance(fact, GestureExpired) for fact in world.record.all_facts()) == 1
    (dropped,) = [m for _, m in told(world.record) if isinstance(m, GestureDropped)]
    assert (dropped.gesture_id, dropped.reason) == (gesture_id, "EXPIRED")
    assert await refusal(world, gesture_id, LEA) is RefusalCode.APPROVAL_EXPIRED, "as before it was put down"


async def test_an_answer_that_waited_for_it_does_not_leave_and_the_case_is_ours_again() -> None:
    office = await Office.furnished()
    case = await office.open_case()
    settled = await office.settle(case, 9000)
    assert settled.gesture is not None
    await office.above(case, settled.gesture.gesture_id)
    assert (await office.now(case)).waiting_for is WaitingFor.APPROVAL
    office.later(days=14)
    command = ExpireGesture(case.id, settled.gesture.gesture_id)
    await expire_gesture(command, office.by(system_actor("case")), record=office.record)
    assert (await office.now(case)).status is CaseStatus.OPEN
    assert office.count(SettlementDropped) == 1
