from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid5

import pytest

from contracts.vocabulary import NAMESPACE, Channel, DeliveryStatus, Refusal, RefusalCode
from services.channels.commands.record_attempt import RecordAttempt, record_attempt
from services.channels.commands.record_outcome import RecordOutcome, record_outcome
from services.channels.commands.record_status import RecordStatus, record_status
from services.channels.domain.delivery import ATTEMPTS_MAX, Delivery
from services.channels.domain.inbound import StatusReported
from services.channels.domain.outbound import OutcomeLost, SendOutcome, SendRefused, TakenOver, TryLater
from tests.unit.channels.in_memory import (
    ACCOUNT,
    ACCOUNT_ID,
    NOW,
    REPLY_ID,
    ChannelsRecord,
    context,
    requested,
    status,
)

SENT, DELIVERED, READ, FAILED = (
    DeliveryStatus.SENT,
    DeliveryStatus.DELIVERED,
    DeliveryStatus.READ,
    DeliveryStatus.FAILED,
)


async def attempt(record: ChannelsRecord, name: str) -> bool:
    done = await record_attempt(RecordAttempt(REPLY_ID), context(f"attempt {name}"), record=record)
    return bool(done.outcome["claimed"])


async def conclude(record: ChannelsRecord, outcome: SendOutcome, name: str) -> None:
    command = RecordOutcome(REPLY_ID, ACCOUNT_ID, outcome)
    await record_outcome(command, context(f"outcome {name}"), record=record, directory=record)


async def report(record: ChannelsRecord, item: StatusReported, name: str) -> None:
    command = RecordStatus(item, Channel.WHATSAPP, ACCOUNT)
    await record_status(command, context(f"report {name}"), record=record, directory=record)


async def reply(record: ChannelsRecord) -> Delivery:
    delivery = await record.load(Delivery, REPLY_ID)
    assert delivery is not None
    return delivery


async def test_a_reply_is_requested_once_however_often_it_is_asked_for() -> None:
    record = ChannelsRecord()
    record.lose_races(1)
    for _ in range(3):
        await requested(record)
    assert record.topics() == ["channels.delivery.requested.v1"]
    assert record.due == {REPLY_ID: NOW}


async def test_only_one_may_try_at_a_time() -> None:
    record = ChannelsRecord()
    await requested(record)
    record.lose_races(1)
    assert await attempt(record, "first")
    assert not await attempt(record, "second")
    assert record.due == {}


async def test_a_try_for_a_reply_that_is_not_there_is_refused() -> None:
    record = ChannelsRecord()
    with pytest.raises(Refusal) as refused:
        await attempt(record, "x")
    assert refused.value.code is RefusalCode.NOT_FOUND
    with pytest.raises(Refusal):
        await conclude(record, TakenOver("x"), "x")


async def test_what_the_platform_took_is_accepted_and_known_by_its_id() -> None:
    record = ChannelsRecord()
    await requested(record)
    await attempt(record, "1")
    record.lose_races(1)
    await conclude(record, TakenOver("wamid.OUT1"), "1")
    delivery = await reply(record)
    assert (delivery.status, delivery.external_id) == (DeliveryStatus.ACCEPTED, "wamid.OUT1")
    assert record.external_ids == {(ACCOUNT_ID, "wamid.OUT1"): REPLY_ID}
    await conclude(record, TakenOver("wamid.OUT1"), "again")
    assert record.topics().count("channels.delivery.accepted.v1") == 1


async def test_what_was_not_taken_is_tried_again_later_and_later_until_it_has_failed() -> None:
    record = ChannelsRecord()
    await requested(record)
    waits = []
    for number in range(ATTEMPTS_MAX):
        assert await attempt(record, str(number))
        await conclude(record, TryLater(code="http-503", reason="away"), str(number))
        waits.append((record.due.get(REPLY_ID, NOW) - NOW).total_seconds())
    assert waits == [2, 8, 30, 60, 120, 0]
    delivery = await reply(record)
    assert delivery.status is FAILED
    assert record.all_facts()[-1].retryable
    assert not await attempt(record, "once more")


async def test_a_platforms_wish_to_wait_is_honoured_within_bounds() -> None:
    record = ChannelsRecord()
    await requested(record)
    await attempt(record, "1")
    await conclude(record, TryLater(code="429", reason="slow", wait=timedelta(seconds=20)), "1")
    assert record.due[REPLY_ID] == NOW + timedelta(seconds=20)
    await attempt(record, "2")
    await conclude(record, TryLater(code="429", reason="slow", wait=timedelta(hours=9)), "2")
    assert record.due[REPLY_ID] == NOW + timedelta(minutes=5)


async def test_a_lost_answer_is_never_tried_again_and_a_report_still_tells() -> None:
    record = ChannelsRecord()
    await requested(record)
    await attempt(record, "1")
    await conclude(record, OutcomeLost(reason="no answer"), "1")
    assert (await reply(record)).status is DeliveryStatus.UNKNOWN
    assert record.due == {}
    assert not await attempt(record, "2")
    await report(record, status("wamid.OUT1", DELIVERED, contact_id=REPLY_ID), "d")
    delivery = await reply(record)
    assert (delivery.status, delivery.external_id) == (DELIVERED, "wamid.OUT1")


async def test_a_report_before_the_answer_of_the_call_is_not_undone_by_it() -> None:
    record = ChannelsRecord()
    await requested(record)
    await attempt(record, "1")
    await report(record, status("wamid.OUT1", DELIVERED, contact_id=REPLY_ID), "d")
    outcomes: tuple[SendOutcome, ...] = (
        TakenOver("wamid.OUT1"),
        OutcomeLost(reason="x"),
        TryLater("x", "x"),
        SendRefused("x", "x"),
    )
    for name, outcome in enumerate(outcomes):
        await conclude(record, outcome, str(name))
    assert (await reply(record)).status is DELIVERED
    assert record.external_ids == {(ACCOUNT_ID, "wamid.OUT1"): REPLY_ID}


async def test_reports_that_came_before_the_id_was_known_are_joined_with_it() -> None:
    record = ChannelsRecord()
    await requested(record)
    await report(record, status("wamid.OUT1", DELIVERED), "d")
    await report(record, status("wamid.OUT1", SENT), "s")
    await report(record, status("wamid.OUT1", DELIVERED), "d again")
    assert (await reply(record)).status is DeliveryStatus.REQUESTED
    await attempt(record, "1")
    await conclude(record, TakenOver("wamid.OUT1"), "1")
    assert (await reply(record)).status is DELIVERED
    assert record.waiting == {}


async def test_a_report_on_a_message_that_is_not_ours_is_parked_once() -> None:
    record = ChannelsRecord()
    for number in range(20):
        await report(record, status("wamid.OTHER", SENT), str(number))
    assert record.all_facts() == []
    assert list(record.waiting[ACCOUNT_ID, "wamid.OTHER"]) == ["status:SENT"]


async def test_a_report_of_another_account_does_not_move_the_reply() -> None:
    record = ChannelsRecord()
    await requested(record)
    command = RecordStatus(status("wamid.X", READ, contact_id=REPLY_ID), Channel.WHATSAPP, "waba-2")
    await record_status(command, context("other account"), record=record, directory=record)
    assert (await reply(record)).status is DeliveryStatus.REQUESTED


async def test_a_report_that_loses_the_race_is_recorded_once() -> None:
    record = ChannelsRecord()
    await requested(record)
    record.lose_races(1)
    await report(record, status("wamid.OUT1", READ, contact_id=REPLY_ID), "r")
    assert record.topics().count("channels.delivery.reported.v1") == 1


async def test_a_reply_whose_id_nobody_knows_is_not_found_by_a_stray_id() -> None:
    record = ChannelsRecord()
    stray: UUID = uuid5(NAMESPACE, "stray")
    await report(record, status("wamid.X", SENT, contact_id=stray), "s")
    assert record.all_facts() == []
