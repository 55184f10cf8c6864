"""A matter settled at one stroke: the answer, the money and the resolution belong together, whatever comes between."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.vocabulary import CaseStatus, DeliveryStatus, GestureStatus, Refusal, RefusalCode, WaitingFor, id_of
from services.case.commands.record_delivery import RecordDelivery, record_delivery
from services.case.domain.case import Case
from services.case.domain.case_facts import Resolved
from services.case.domain.contact_facts import ReplyRequested
from services.case.domain.settlement_facts import SettlementBegun, SettlementDropped, SettlementLeft
from tests.unit.case.office import Office
from tests.unit.case.world import AUDITOR, BOB


async def settled(office: Office, amount_minor: int | None = 1250) -> tuple[Case, Any]:
    case = await office.open_case()
    return case, await office.settle(case, amount_minor)


def order(office: Office, case: Case) -> list[str]:
    return [type(fact).__name__ for fact in office.record.facts[case.id][2:]]


async def test_without_money_the_answer_leaves_and_the_case_is_resolved() -> None:
    office = await Office.furnished()
    case, command = await settled(office, None)
    assert order(office, case) == ["ReplyRequested", "Resolved"]
    now = await office.now(case)
    assert (now.status, now.settled_with) == (CaseStatus.RESOLVED, command.contact_id)


async def test_the_answer_is_held_until_the_money_is_and_all_of_it_is_one_step() -> None:
    office = await Office.furnished()
    case, command = await settled(office)
    assert order(office, case) == ["SettlementBegun", "GestureRequested"]
    for _ in range(2):
        await office.held(case, command.gesture.gesture_id)
    assert order(office, case)[2:] == ["GestureGiven", "SettlementLeft", "ReplyRequested", "Resolved"]
    (reply,) = [fact for fact in office.record.all_facts() if isinstance(fact, ReplyRequested)]
    assert (reply.contact_id, reply.content and reply.content.text) == (command.contact_id, "You get it back.")


async def test_above_the_limit_the_case_waits_for_the_approval_and_leaves_on_it() -> None:
    office = await Office.furnished()
    case, command = await settled(office)
    for _ in range(2):
        await office.above(case, command.gesture.gesture_id)
    now = await office.now(case)
    assert (now.status, now.waiting_for) == (CaseStatus.WAITING, WaitingFor.APPROVAL)
    await office.held(case, command.gesture.gesture_id)
    assert (await office.now(case)).is_resolved
    assert (await office.now(case)).settlements == {}


async def test_nothing_is_sent_if_the_money_is_refused_or_declined() -> None:
    office = await Office.furnished()
    for end in ("refuse", "decline"):
        case = await office.open_case(number=f"+3160000000{len(end)}")
        gesture = (await office.settle(case, 9000)).gesture
        assert gesture is not None
        if end == "decline":
            await office.above(case, gesture.gesture_id)
            await office.decline(gesture.gesture_id)
        else:
            await office.refuse(case, gesture.gesture_id)
        now = await office.now(case)
        assert (now.status, now.waiting_for, now.settlements) == (CaseStatus.OPEN, None, {})
    assert office.count(ReplyRequested) == 0
    assert office.count(SettlementDropped) == 2


async def test_a_matter_is_not_resolved_over_words_that_came_meanwhile() -> None:
    office = await Office.furnished()
    case, command = await settled(office)
    await office.above(case, command.gesture.gesture_id)
    office.later(minutes=5)
    await office.attach(office.whatsapp("One more thing"))
    await office.held(case, command.gesture.gesture_id)
    assert office.count(SettlementLeft) == 1
    assert office.count(ReplyRequested) == 1
    assert (await office.now(case)).status is CaseStatus.OPEN


async def test_an_answer_that_has_no_way_left_is_dropped_and_the_case_is_ours() -> None:
    office = await Office.furnished()
    case, command = await settled(office)
    await office.above(case, command.gesture.gesture_id)
    office.later(days=2)
    await office.held(case, command.gesture.gesture_id)
    (dropped,) = [fact for fact in office.record.all_facts() if isinstance(fact, SettlementDropped)]
    assert dropped.code is RefusalCode.CHANNEL_WINDOW_CLOSED
    now = await office.now(case)
    assert now.status is CaseStatus.OPEN
    assert now.gestures[command.gesture.gesture_id].status is GestureStatus.GIVEN, "what was promised is paid"


async def test_a_customer_who_was_erased_meanwhile_is_not_written_to() -> None:
    office = await Office.furnished()
    case, command = await settled(office)
    erased = await office.now(case)
    erased.erase_content(request_id=office.new_id(), at=office.at)
    office.record.facts[case.id].extend(erased.collect_events())
    await office.held(case, command.gesture.gesture_id)
    (dropped,) = [fact for fact in office.record.all_facts() if isinstance(fact, SettlementDropped)]
    assert dropped.code is RefusalCode.CUSTOMER_ERASED
    assert office.count(ReplyRequested) == 0


async def test_somebody_who_resolved_the_case_meanwhile_does_not_keep_the_answer_from_leaving() -> None:
    office = await Office.furnished()
    case, command = await settled(office)
    await office.resolve(case)
    await office.held(case, command.gesture.gesture_id)
    assert office.count(ReplyRequested) == 1
    assert office.count(Resolved) == 1


async def test_an_answer_that_never_arrived_opens_the_case_again() -> None:
    office = await Office.furnished()
    case, command = await settled(office, None)
    failed = RecordDelivery(case.id, command.contact_id, DeliveryStatus.FAILED, office.at)
    await record_delivery(failed, office.told(), record=office.record)
    assert (await office.now(case)).status is CaseStatus.OPEN


@pytest.mark.parametrize(
    ("amount", "given", "code", "path"),
    [
        (None, {"text": " "}, "INVALID_INPUT", ("reply", "text")),
        (None, {"account_id": id_of("account", "none")}, "NO_HANDLE_FOR_CHANNEL", ("reply", "accountId")),
        (0, {}, "INVALID_INPUT", ("gesture", "amount", "amount")),
        (100, {"reason": "because"}, "REASON_UNKNOWN", ("gesture", "reason")),
        (100, {"currency": "USD"}, "CURRENCY_MISMATCH", ("gesture", "amount", "currencyCode")),
        (100, {"by": BOB}, "CURRENCY_MISMATCH", ("gesture", "amount", "currencyCode")),
        (None, {"by": AUDITOR}, "FORBIDDEN", ()),
    ],
)
async def test_a_settlement_that_breaks_a_rule_leaves_nothing_behind(
    amount: int | None, given: dict[str, Any], code: str, path: tuple[str, ...]
) -> None:
    office = await Office.furnished()
    case = await office.open_case()
    with pytest.raises(Refusal) as refused:
        await office.settle(case, amount, **given)
    assert (refused.value.code, refused.value.path) == (code, path)
    assert order(office, case) == []


async def test_one_settlement_at_a_time_and_none_of_a_resolved_case_or_another_version() -> None:
    office = await Office.furnished()
    case, command = await settled(office)
    with pytest.raises(Refusal) as second:
        await office.settle(case)
    assert second.value.code is RefusalCode.IDEMPOTENCY_IN_PROGRESS
    with pytest.raises(Refusal) as stale:
        await office.settle(case, how=office.by(expected_version=1))
    assert stale.value.code is RefusalCode.VERSION_CONFLICT
    await office.held(case, command.gesture.gesture_id)
    with pytest.raises(Refusal) as late:
        await office.settle(case)
    assert late.value.code is RefusalCode.CASE_RESOLVED


async def test_a_settlement_is_begun_once_per_key_whoever_writes_first() -> None:
    office = await Office.furnished()
    case = await office.open_case()
    how = office.by()
    office.record.lose_races(3)
    for _ in range(2):
        await office.settle(case, 100, how=how)
    assert office.count(SettlementBegun) == 1
