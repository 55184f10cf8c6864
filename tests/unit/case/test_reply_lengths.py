"""A reply is as long as its channel counts, and leaves as public as it was asked for."""

from __future__ import annotations

import msgspec
import pytest

from contracts.content import HandleContent
from contracts.vocabulary import Channel, HandleAssurance, HandleKind, Refusal, RefusalCode, Visibility
from services.case.commands.attach_contact import AttachContact
from services.case.commands.request_reply import RequestReply, request_reply
from services.case.domain.contact_facts import ReplyRequested
from tests.unit.case.world import World

SAM = {
    Channel.TELEGRAM: HandleContent(HandleKind.TELEGRAM, "5550001"),
    Channel.SMS: HandleContent(HandleKind.PHONE, "+31612345678"),
    Channel.X: HandleContent(HandleKind.X, "2222222222222222222"),
}


def told(world: World, channel: Channel, visibility: Visibility) -> AttachContact:
    contact = world.contact(channel, "account-1", (SAM[channel],), HandleAssurance.PLATFORM, "Where is it?")
    return msgspec.structs.replace(contact, visibility=visibility)


async def answer(channel: Channel, text: str, visibility: Visibility) -> None:
    world = World()
    case = await world.case_of(await world.attach(told(world, channel, visibility)))
    command = RequestReply(case_id=case.id, contact_id=world.new_id(), text=text, visibility=visibility)
    await request_reply(command, world.by(), record=world.record, policy=world.policy)


@pytest.mark.parametrize(
    ("channel", "visibility", "fits", "too_long"),
    [
        (Channel.TELEGRAM, Visibility.PRIVATE, "😀" * 2048, "😀" * 2048 + "x"),
        (Channel.SMS, Visibility.PRIVATE, "x" * 1530, "x" * 1531),
        (Channel.SMS, Visibility.PRIVATE, "ж" * 670, "ж" * 671),
        (Channel.X, Visibility.PUBLIC, "日" * 140, "日" * 141),
        (Channel.X, Visibility.PRIVATE, "日" * 10_000, "日" * 10_001),
    ],
    ids=["telegram", "sms", "sms in unicode", "x in public", "x in private"],
)
async def test_what_is_too_long_for_its_channel_is_refused_before_it_leaves(
    channel: Channel, visibility: Visibility, fits: str, too_long: str
) -> None:
    await answer(channel, fits, visibility)
    with pytest.raises(Refusal) as refused:
        await answer(channel, too_long, visibility)
    assert (refused.value.code, refused.value.path) == (RefusalCode.TEXT_TOO_LONG, ("text",))


async def test_where_somebody_wrote_in_public_and_in_private_both_ways_are_open() -> None:
    world = World()
    case = await world.case_of(await world.attach(told(world, Channel.X, Visibility.PUBLIC)))
    world.later(minutes=1)
    await world.attach(told(world, Channel.X, Visibility.PRIVATE))
    for visibility in (Visibility.PUBLIC, Visibility.PRIVATE):
        command = RequestReply(case_id=case.id, contact_id=world.new_id(), text="Soon.", visibility=visibility)
        await request_reply(command, world.by(), record=world.record, policy=world.policy)
    asked = [fact for fact in world.record.facts[case.id] if isinstance(fact, ReplyRequested)]
    assert [fact.visibility for fact in asked] == [Visibility.PUBLIC, Visibility.PRIVATE]
