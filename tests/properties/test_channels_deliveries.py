"""A reply ends in the same state in whatever order its platform tells of it, and never goes back."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.delivery import moves_forward
from contracts.vocabulary import Channel, DeliveryStatus
from services.channels.commands.record_attempt import RecordAttempt, record_attempt
from services.channels.commands.record_outcome import RecordOutcome, record_outcome
from services.channels.commands.record_status import RecordStatus, record_status
from services.channels.domain.delivery import ATTEMPTS_MAX, Delivery
from services.channels.domain.delivery_facts import Accepted, Attempted
from services.channels.domain.outbound import OutcomeLost, SendRefused, TakenOver, TryLater
from tests.unit.channels.in_memory import ACCOUNT, ACCOUNT_ID, NOW, REPLY_ID, ChannelsRecord, context, requested, status

REPORTS = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ, DeliveryStatus.FAILED)


async def after(steps: list[Any]) -> tuple[ChannelsRecord, Delivery]:
    """The reply after reports, outcomes and tries in the given order."""
    record = ChannelsRecord()
    await requested(record)
    for number, step in enumerate(steps):
        here = context(f"step {number}", at=NOW + timedelta(seconds=number))
        if isinstance(step, DeliveryStatus):
            item = status("wamid.OUT1", step)
            command = RecordStatus(item, Channel.WHATSAPP, ACCOUNT)
            await record_status(command, here, record=record, directory=record)
        elif step == "try":
            await record_attempt(RecordAttempt(REPLY_ID), here, record=record)
        else:
            outcome = RecordOutcome(REPLY_ID, ACCOUNT_ID, step)
            await record_outcome(outcome, here, record=record, directory=record)
    delivery = await record.load(Delivery, REPLY_ID)
    assert delivery is not None
    return record, delivery


@pytest.mark.parametrize("order", list(permutations(REPORTS)))
@pytest.mark.parametrize("known_after", range(5))
async def test_all_orders_of_four_reports_end_equal(order: tuple[DeliveryStatus, ...], known_after: int) -> None:
    """`known_after`: how many reports come before the platform's answer."""
    steps: list[Any] = ["try", *order]
    steps.insert(1 + known_after, TakenOver("wamid.OUT1"))
    _, delivery = await after(steps)
    assert delivery.status is DeliveryStatus.READ


@settings(max_examples=60)
@given(
    reports=st.lists(st.sampled_from(REPORTS), max_size=6),
    seed=st.randoms(use_true_random=False),
)
async def test_any_reports_in_two_orders_end_equal(reports: list[DeliveryStatus], seed: Any) -> None:
    shuffled = list(reports)
    seed.shuffle(shuffled)
    answer = TakenOver("wamid.OUT1")
    _, first = await after(["try", answer, *reports])
    _, second = await after(["try", *shuffled, answer])
    assert first.status is second.status


STEPS = st.sampled_from(
    [*REPORTS, "try", "try", TakenOver("wamid.OUT1"), TryLater("x", "x"), SendRefused("x", "x"), OutcomeLost("x")]
)


@settings(max_examples=100)
@given(steps=st.lists(STEPS, max_size=14))
async def test_a_reply_never_goes_back_and_is_accepted_once(steps: list[Any]) -> None:
    record, delivery = await after(steps)
    seen = [DeliveryStatus.REQUESTED]
    for end in range(1, len(record.facts[REPLY_ID]) + 1):
        aggregate: Any = None
        for fact in record.facts[REPLY_ID][:end]:
            aggregate = fact.mutate(aggregate)
        if aggregate.status is not seen[-1]:
            assert moves_forward(seen[-1], aggregate.status)
            seen.append(aggregate.status)
    facts = record.facts[REPLY_ID]
    assert sum(isinstance(fact, Accepted) for fact in facts) <= 1
    assert sum(isinstance(fact, Attempted) for fact in facts) <= ATTEMPTS_MAX
    assert (REPLY_ID in record.due) == (delivery.status is DeliveryStatus.REQUESTED and not delivery.in_flight)
