"""STOP by short message: nothing leaves for that address until its owner says START."""

from __future__ import annotations

import msgspec
import pytest

from contracts.content import HandleContent
from contracts.vocabulary import Channel, HandleAssurance, HandleKind, Refusal, RefusalCode
from services.case.commands.attach_contact import AttachContact
from services.case.commands.request_reply import RequestReply, request_reply
from services.case.domain.case import Case
from services.case.domain.customer import Customer
from tests.unit.case.world import PHONE, World


def sms(world: World, text: str, *flags: str) -> AttachContact:
    handles = (HandleContent(HandleKind.PHONE, PHONE),)
    said = world.contact(Channel.SMS, "+31201234567", handles, HandleAssurance.PLATFORM, text)
    return msgspec.structs.replace(said, flags=flags)


async def opted_out(world: World, case: Case) -> list[bool]:
    customer = await world.record.load(Customer, case.customer_id)
    assert customer is not None
    return [handle.opted_out for handle in customer.handles.values()]


async def reply(world: World, case: Case, channel: Channel = Channel.SMS) -> None:
    command = RequestReply(case.id, world.new_id(), "Hello", channel=channel)
    await request_reply(command, world.by(), record=world.record, policy=world.policy)


async def test_who_says_stop_gets_no_short_message_and_may_be_reached_elsewhere_until_start() -> None:
    world = World()
    case = await world.case_of(await world.attach(sms(world, "Where is it?")))
    await reply(world, case)
    await world.attach(sms(world, "STOP", "opt-out"))
    assert await opted_out(world, case) == [True]
    with pytest.raises(Refusal) as refused:
        await reply(world, case)
    assert (refused.value.code, refused.value.path) == (RefusalCode.RECIPIENT_OPTED_OUT, ("handleId",))
    await world.attach(world.whatsapp("Here you may"))
    await reply(world, case, Channel.WHATSAPP)
    await world.attach(sms(world, "START", "opt-in"))
    assert await opted_out(world, case) == [False, False]
    await reply(world, case)


async def test_said_twice_it_is_taken_note_of_once() -> None:
    world = World()
    case = await world.case_of(await world.attach(sms(world, "STOP", "opt-out")))
    before = len(world.record.facts[case.customer_id])
    await world.attach(sms(world, "STOP", "opt-out"))
    assert len(world.record.facts[case.customer_id]) == before
