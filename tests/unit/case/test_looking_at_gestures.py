"""What is to be seen of a gesture after it was given: told by its id and by figures, recorded once, held up never."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

import msgspec
import pytest

from contracts.controls import Controls
from contracts.gesture_rules import Cap
from contracts.stored import CommandContext
from contracts.vocabulary import NAMESPACE, Actor, GestureStatus, Refusal, RefusalCode, system_actor
from services.case.commands.look_at_gesture import LookAtGesture, look_at_gesture
from services.case.commands.review_gesture import ReviewGesture, review_gesture
from services.case.domain.control_signs import ControlFigures, GestureSign, ReviewOutcome, is_sampled, signs_of
from services.case.domain.gesture_control_facts import GestureLookedAt, GestureReviewed
from tests.unit.case.test_approving_gestures import BOB_AS_LEAD, MAX, needing_two
from tests.unit.case.test_giving_gestures import Giving
from tests.unit.case.test_publish import told
from tests.unit.case.world import ANNA, AUDITOR, LEA

QUIET = ControlFigures("EUR")
RULES = Controls(customer_caps=(Cap("100.00", "EUR"),))
GESTURES = [uuid5(NAMESPACE, f"gesture {number}") for number in range(20_000)]


@pytest.mark.parametrize("percent", [0, 1, 5, 50, 100])
def test_the_share_that_is_drawn_is_the_configured_one_and_always_the_same(percent: int) -> None:
    drawn = {each for each in GESTURES if is_sampled(each, percent)}
    assert len(drawn) / len(GESTURES) == pytest.approx(percent / 100, abs=0.005)
    assert drawn == {each for each in GESTURES if is_sampled(each, percent)}
    assert all(is_sampled(each, 100) for each in drawn)


def test_a_higher_share_contains_the_lower_one() -> None:
    five = {each for each in GESTURES if is_sampled(each, 5)}
    assert five < {each for each in GESTURES if is_sampled(each, 10)}


@pytest.mark.parametrize(
    ("seen", "still", "sign"),
    [
        ({"in_hour": 11}, {"in_hour": 10}, GestureSign.MANY_PER_HOUR),
        ({"same_customer": 4}, {"same_customer": 3}, GestureSign.SAME_CUSTOMER),
        ({"near_limit": 3}, {"near_limit": 2}, GestureSign.NEAR_ITEM_LIMIT),
        ({"own_handle": True}, {"own_handle": False}, GestureSign.OWN_HANDLE),
        ({"approved": 3, "approved_back": 3}, {"approved": 3, "approved_back": 2}, GestureSign.MUTUAL_APPROVAL),
        ({"customer_minor": 10_001}, {"customer_minor": 10_000}, GestureSign.CUSTOMER_OVER_CAP),
    ],
)
def test_each_sign_begins_just_above_its_figure(seen: dict[str, Any], still: dict[str, Any], sign: GestureSign) -> None:
    assert signs_of(msgspec.structs.replace(QUIET, **seen), RULES) == (sign,)
    assert signs_of(msgspec.structs.replace(QUIET, **still), RULES) == ()


def test_a_third_voice_and_another_currency_are_no_sign() -> None:
    pair = msgspec.structs.replace(QUIET, approved=9, approved_back=9, approved_elsewhere=1)
    assert signs_of(pair, RULES) == ()
    assert signs_of(msgspec.structs.replace(QUIET, currency="USD", customer_minor=10**9), RULES) == ()


async def looked_at(world: Giving, gesture_id: UUID, case_id: UUID, *, percent: int = 100, by: Actor = LEA) -> None:
    command = LookAtGesture(gesture_id, case_id, "anna", by.ref, QUIET)
    controls = Controls(second_read_percent=percent)
    await look_at_gesture(command, world.by(system_actor("case")), record=world.record, controls=controls)


async def reviewed(world: Giving, gesture_id: UUID, by: Actor, context: CommandContext | None = None) -> None:
    command = ReviewGesture(gesture_id, ReviewOutcome.WRONG, "amount")
    await review_gesture(command, context or world.by(by), record=world.record, controls=RULES)


def facts(world: Giving) -> list[type]:
    kept = (GestureLookedAt, GestureReviewed)
    return [type(fact) for fact in world.record.all_facts() if isinstance(fact, kept)]


async def test_what_was_seen_is_recorded_once_and_nobody_outside_is_told() -> None:
    world = Giving()
    case = await world.open_case()
    gesture_id = await world.give(case.id)
    before = len(told(world.record))
    for percent in (100, 0):
        await looked_at(world, gesture_id, case.id, percent=percent)
    assert facts(world) == [GestureLookedAt]
    assert len(told(world.record)) == before
    assert await world.status(case, gesture_id) is GestureStatus.REQUESTED, "nothing waits for it, and nothing moves"


async def test_a_finding_is_recorded_once_by_who_may_and_whoever_comes_late_is_told() -> None:
    world = Giving()
    case = await world.open_case()
    gesture_id = await world.give(case.id)
    for by, code in ((ANNA, RefusalCode.FORBIDDEN), (AUDITOR, RefusalCode.FORBIDDEN), (LEA, RefusalCode.NOT_FOUND)):
        with pytest.raises(Refusal) as refused:
            await reviewed(world, gesture_id, by)
        assert refused.value.code is code
    await looked_at(world, gesture_id, case.id, by=AUDITOR)
    context = world.by(LEA)
    for _ in range(2):
        await reviewed(world, gesture_id, LEA, context)
    assert facts(world) == [GestureLookedAt, GestureReviewed]
    with pytest.raises(Refusal) as late:
        await reviewed(world, gesture_id, LEA)
    assert late.value.code is RefusalCode.NOT_AWAITING_APPROVAL


async def test_neither_of_two_approvers_reads_what_they_approved() -> None:
    world = Giving()
    case = await world.open_case()
    gesture_id = await needing_two(world, case.id)
    for by in (LEA, MAX):
        await world.approve(gesture_id, by)
    await looked_at(world, gesture_id, case.id, by=MAX)
    for by in (LEA, MAX):
        with pytest.raises(Refusal) as refused:
            await reviewed(world, gesture_id, by)
        assert refused.value.code is RefusalCode.SELF_APPROVAL
    await reviewed(world, gesture_id, BOB_AS_LEAD)
    assert facts(world) == [GestureLookedAt, GestureReviewed]
