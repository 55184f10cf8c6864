"""Some platforms carry one private answer to something public: it is given once, and offered once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.vocabulary import DeliveryStatus, Refusal, RefusalCode, Visibility
from services.case.commands.record_delivery import RecordDelivery, record_delivery
from services.case.commands.request_reply import RequestReply, request_reply
from services.case.domain import held_replies, holding, replies
from services.case.domain.contact_facts import ReplyRequested
from services.case.domain.recipients import routes
from tests.unit.case.test_publicity import comment, refused
from tests.unit.case.world import LEA, World


async def test_s007_a_second_private_answer_to_a_comment_is_refused_beforehand_and_names_the_way_that_is_open() -> None:
    world = World()
    case = await world.case_of(await world.attach(comment(world, "never an answer")))
    (first,) = case.contacts
    assert await refused(world, case, "Which order?", visibility=Visibility.PRIVATE) is None
    again = RequestReply(case.id, world.new_id(), "Hello?", visibility=Visibility.PRIVATE)
    with pytest.raises(Refusal, match=r"one private answer was given: answer by INSTAGRAM \(PUBLIC\)$") as told:
        await request_reply(again, world.by(), record=world.record, policy=world.policy)
    assert (told.value.code, told.value.path) == (RefusalCode.CHANNEL_CANNOT_REPLY, ("visibility",))
    world.later(minutes=1)
    second = await world.attach(comment(world, "still none"))
    assert await refused(world, case, "Hello?", visibility=Visibility.PRIVATE, in_reply_to=first) is not None
    assert await refused(world, case, "Which order number?", visibility=Visibility.PRIVATE) is None
    sent = [fact for fact in world.record.facts[case.id] if isinstance(fact, ReplyRequested)][-1]
    assert sent.in_reply_to == UUID(second.outcome["contact_id"])
    failed = RecordDelivery(
        case.id, sent.contact_id, DeliveryStatus.FAILED, world.at, "unreachable", "no", retryable=True
    )
    await record_delivery(failed, world.told(), record=world.record)
    assert await refused(world, case, "Which order was it?", visibility=Visibility.PRIVATE) is None
    await world.attach(comment(world, "order 1", visibility=Visibility.PRIVATE))
    assert await refused(world, case, "Thank you.", visibility=Visibility.PRIVATE) is None


async def test_the_age_of_the_comment_that_is_answered_in_private_counts_and_no_later_one() -> None:
    world = World()
    case = await world.case_of(await world.attach(comment(world, "never an answer")))
    (old,) = case.contacts
    world.later(days=8)
    await world.attach(comment(world, "still none"))
    closed = await refused(world, case, "Which order?", visibility=Visibility.PRIVATE, in_reply_to=old)
    assert closed == (RefusalCode.CHANNEL_WINDOW_CLOSED, ("channel",))


async def test_a_second_private_answer_that_was_held_does_not_leave() -> None:
    world = World()
    case = await world.case_of(await world.attach(comment(world, "never an answer")))
    (route,) = [each for each in routes(tuple(case.contacts.values())) if each.quoted]
    said: dict[str, Any] = {"route": route, "agent_ref": "anna", "at": world.at, "text": "Which order?"}
    held_id = world.new_id()
    holding.hold(case, contact_id=held_id, rules=("tone-blame",), open_for=timedelta(hours=1), **said)
    replies.send(case, contact_id=world.new_id(), **said)
    with pytest.raises(Refusal) as told:
        held_replies.approve(case, case.held[held_id], approver=LEA, as_read="Which order?", at=world.at)
    assert told.value.code is RefusalCode.CHANNEL_CANNOT_REPLY
