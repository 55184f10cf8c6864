"""Customers who have to come back are seen, and are not served before others for it."""

from __future__ import annotations

from contracts.content import HandleContent
from contracts.vocabulary import Channel, HandleAssurance, HandleKind, Priority
from services.case.commands.attach_contact import AttachContact
from services.case.commands.resolve_case import ResolveCase, resolve_case
from services.case.domain.handling_facts import TagsSet
from services.case.domain.policy import CasePolicy
from tests.unit.case.clocked import ClockedOffice
from tests.unit.case.office import ANNA_ID
from tests.unit.case.world import PHONE, World

MAIL = "sam@shop.example"


def elsewhere(world: World, text: str) -> AttachContact:
    """The same person in public."""
    handles = (HandleContent(HandleKind.WHATSAPP, PHONE),)
    return world.contact(Channel.X, "shop", handles, HandleAssurance.PLATFORM, text)


async def test_s024_who_comes_back_after_the_resolution_is_seen_and_keeps_the_agent() -> None:
    office = await ClockedOffice.agreed()
    case = await office.open_case()
    await office.routed(case, ANNA_ID)
    await office.resolve(case)
    office.later(days=2)
    await office.attach(office.whatsapp("it is broken again"))
    seen = await office.now(case)
    assert (seen.tags, seen.assignee_id, seen.priority) == (("repeat-contact",), ANNA_ID, Priority.NORMAL)
    await office.attach(office.whatsapp("really"))
    assert office.count(TagsSet) == 1, "the same again is no news"


async def test_s042_who_tries_another_channel_before_anybody_answered_is_seen_and_not_moved_up() -> None:
    office = await ClockedOffice.agreed()
    case = await office.open_case()
    due = await office.due(case)
    office.later(minutes=20)
    await office.attach(office.whatsapp("hello?"))
    assert (await office.now(case)).tags == (), "the same channel"
    await office.attach(elsewhere(office, "ANSWER ME"))
    seen = await office.now(case)
    assert (seen.tags, seen.priority, await office.due(case)) == (("second-channel",), Priority.NORMAL, due)


async def test_who_goes_on_elsewhere_after_an_answer_is_no_repetition() -> None:
    office = await ClockedOffice.agreed()
    case = await office.open_case()
    await office.reply(case)
    await office.attach(elsewhere(office, "thank you"))
    assert (await office.now(case)).tags == ()


async def test_a_new_case_about_the_same_within_the_time_is_a_repetition() -> None:
    world = World(CasePolicy(reopen_days=0, repeat_days=30))
    for days, subject, tags in (
        (0, "Parcel 12", ()),
        (20, "Re: parcel  12", ("repeat-contact",)),
        (5, "An invoice", ()),
        (31, "An invoice", ()),
    ):
        world.later(days=days)
        committed = await world.attach(world.form("It is broken", email=MAIL, subject=subject))
        case = await world.case_of(committed)
        assert case.tags == tags, subject
        await resolve_case(ResolveCase(case.id), world.by(), record=world.record, policy=world.policy)
