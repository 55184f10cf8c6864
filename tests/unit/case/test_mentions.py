"""What asks nothing of us: noted without a customer, found by what its platform tells of it later, taken up once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
import pytest

from contracts.content import EditContent, HandleContent, ReachContent
from contracts.stored import Committed
from contracts.vocabulary import (
    Channel,
    ContactKind,
    Direction,
    HandleAssurance,
    HandleKind,
    Priority,
    Refusal,
    RefusalCode,
    ResolutionOutcome,
    TriageClass,
    TriageOutcome,
    Visibility,
    id_of,
)
from services.case.commands.attach_contact import AttachContact
from services.case.commands.edit_contact import EditContact
from services.case.commands.edit_mention import edit_mention
from services.case.commands.expire_mention import ExpireMention, expire_mention
from services.case.commands.placing import Newcomers
from services.case.commands.promote_mention import PromoteMention, promote_mention
from services.case.commands.record_withholding import RecordWithholding, record_withholding
from services.case.commands.remove_contact import RemoveContact, remove_contact
from services.case.commands.resolve_case import ResolveCase, resolve_case
from services.case.domain.handling_facts import PrioritySet
from services.case.domain.mention import Mention, mention_scope
from services.case.domain.mention_facts import CopiesWithheld, Promoted
from tests.unit.case.world import ANNA, AUDITOR, World

PRAISE = "Bedankt @shop, top service!"


def heard(world: World, text: str = PRAISE, *, user: str = "4711", **given: Any) -> AttachContact:
    """A post of X, as channels hands it over."""
    told = given.pop("told", {})
    handles = (HandleContent(HandleKind.X, user, "@sam"),)
    command = world.contact(Channel.X, "x-1", handles, HandleAssurance.PLATFORM, text, name="Sam", **given)
    assert command.content is not None
    content = msgspec.structs.replace(command.content, **told)
    return msgspec.structs.replace(
        command, kind=ContactKind.MENTION, visibility=Visibility.PUBLIC, brand="shop", content=content
    )


async def noted(world: World, text: str = PRAISE, **given: Any) -> Mention:
    done = await world.attach(heard(world, text, **given))
    return await mention_of(world, UUID(done.outcome["mention_id"]))


async def mention_of(world: World, mention_id: UUID) -> Mention:
    found = await world.record.load(Mention, mention_id)
    assert found is not None
    return found


async def taken_up(world: World, mention_id: UUID, reason: str = "We thank her", actor: Any = ANNA) -> Committed:
    command = PromoteMention(mention_id, reason, world.new_id(), world.new_id(), world.new_id())
    ports: dict[str, Any] = {"record": world.record, "directory": world.directory, "policy": world.policy}
    return await promote_mention(command, world.by(actor), **ports)


async def refused(world: World, mention_id: UUID, **given: Any) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        await taken_up(world, mention_id, **given)
    return refusal.value


async def test_s022_who_asks_nothing_becomes_nobodys_customer_and_is_on_record_all_the_same() -> None:
    world = World()
    mention = await noted(world)
    assert world.directory.customers() == world.directory.cases() == []
    assert (mention.triage.outcome, mention.triage.class_) == (TriageOutcome.NO_REPLY, TriageClass.COMPLIMENT)
    assert mention.sealing() == mention_scope(mention.id)
    assert (mention.expires_at - mention.occurred_at).days == 90


async def test_a_mention_told_twice_is_noted_once_also_when_it_loses_the_race() -> None:
    world = World()
    command = heard(world)
    await world.attach(command)
    assert (await world.attach(command)).outcome == {}
    world.record.lose_races(2)
    await world.attach(heard(world, "Dank je wel!"))
    assert len(world.record.facts) == 2


async def test_s018_a_mention_that_is_taken_up_is_a_contact_said_when_it_was_said_with_the_reason_beside_it() -> None:
    world = World()
    mention = await noted(world)
    world.later(days=3)
    case = await world.case_of(await taken_up(world, mention.id))
    (contact,) = case.contacts.values()
    assert (contact.contact_id, contact.text) == (mention.id, PRAISE)
    assert contact.occurred_at == mention.occurred_at
    assert contact.due_from == world.at, "we are to move from now on, not from then"
    (customer,) = world.directory.customers()
    assert customer.name == "Sam"
    assert [fact.text for fact in world.record.facts[case.id] if hasattr(fact, "note_id")] == ["We thank her"]
    after = await mention_of(world, mention.id)
    assert (after.case_id, after.content) == (case.id, None), "the words stand on the case alone"
    assert [fact.withheld for fact in world.record.facts[mention.id] if isinstance(fact, Promoted)] == [(1,)]


async def test_whoever_takes_a_mention_up_second_gets_the_same_case_also_in_a_race() -> None:
    world = World()
    mention = await noted(world)
    world.record.lose_races(3)
    first, second = await taken_up(world, mention.id), await taken_up(world, mention.id, "me too")
    assert second.outcome == first.outcome
    (case,) = world.directory.cases()
    assert len(case.contacts) == 1
    assert len(world.directory.customers()) == 1


async def test_what_cannot_be_taken_up_says_why() -> None:
    world = World()
    mention = await noted(world)
    forbidden, wordless = await refused(world, mention.id, actor=AUDITOR), await refused(world, mention.id, reason=" ")
    assert (forbidden.code, wordless.code) == (RefusalCode.FORBIDDEN, RefusalCode.INVALID_INPUT)
    assert wordless.path == ("reason",)
    unknown = await refused(world, world.new_id())
    assert (unknown.code, unknown.path) == (RefusalCode.NOT_FOUND, ("mentionId",))
    await remove_contact(
        RemoveContact(mention.id, world.at), world.told(), record=world.record, directory=world.directory
    )
    assert (await refused(world, mention.id)).code is RefusalCode.NOT_FOUND
    assert world.directory.cases() == []


async def test_a_mention_goes_when_its_time_has_come_and_not_before_and_channels_answers_once() -> None:
    world = World()
    mention = await noted(world)
    await expire_mention(ExpireMention(mention.id), world.by(), record=world.record)
    assert not (await mention_of(world, mention.id)).expired
    world.later(days=91)
    for _ in range(2):
        await expire_mention(ExpireMention(mention.id), world.by(), record=world.record)
        await record_withholding(
            RecordWithholding(mention.id, 1, 2, ("channels.raws",)), world.told(), record=world.record
        )
    assert (await mention_of(world, mention.id)).expired
    answers = [fact for fact in world.record.facts[mention.id] if isinstance(fact, CopiesWithheld)]
    assert [fact.keys_destroyed for fact in answers] == [2]
    assert (await refused(world, mention.id)).code is RefusalCode.NOT_FOUND


async def test_a_mention_that_became_a_contact_does_not_go_before_its_case() -> None:
    world = World()
    mention = await noted(world)
    await taken_up(world, mention.id)
    world.later(days=91)
    await expire_mention(ExpireMention(mention.id), world.by(), record=world.record)
    assert not (await mention_of(world, mention.id)).expired


async def test_new_words_that_still_ask_nothing_are_the_mentions_and_asking_ones_make_it_a_case() -> None:
    world = World()
    mention = await noted(world)
    ports: dict[str, Any] = {"record": world.record, "directory": world.directory, "policy": world.policy}

    async def edit(text: str) -> None:
        newcomers = Newcomers(customer_id=world.new_id(), case_id=world.new_id())
        command = EditContact(mention.id, world.at, EditContent(text))
        await edit_mention(command, newcomers, world.told(), **ports)

    await edit("Nogmaals bedankt!")
    edited = await mention_of(world, mention.id)
    assert edited.content is not None
    assert (edited.content.text, world.directory.cases()) == ("Nogmaals bedankt!", [])
    await edit("@shop toch kapot")
    (case,) = world.directory.cases()
    assert case.contacts[mention.id].text == "@shop toch kapot"
    assert (await mention_of(world, mention.id)).case_id == case.id
    await edit("@shop opgelost")
    assert (await world.case(case.id)).contacts[mention.id].text == "@shop opgelost"


async def test_who_takes_a_mention_back_leaves_no_words() -> None:
    world = World()
    mention = await noted(world)
    for _ in range(2):
        command = RemoveContact(mention.id, world.at)
        await remove_contact(command, world.told(), record=world.record, directory=world.directory)
    assert (await mention_of(world, mention.id)).content is None
    assert len(world.record.facts[mention.id]) == 2


async def test_an_author_who_goes_on_and_asks_has_a_case_with_both_in_it() -> None:
    world = World()
    first = await noted(world)
    world.later(hours=1)
    case = await world.case_of(await world.attach(heard(world, "@shop maar waar is de lader?", in_reply_to=first.id)))
    assert first.id in case.contacts
    assert len(case.contacts) == 2
    assert (await mention_of(world, first.id)).case_id == case.id


async def test_what_somebody_else_asks_below_a_mention_leaves_it_alone() -> None:
    world = World()
    first = await noted(world)
    other = await world.attach(heard(world, "@shop waar koop ik die?", user="99", in_reply_to=first.id))
    assert list((await world.case_of(other)).contacts) != [first.id]
    assert (await mention_of(world, first.id)).case_id is None


async def test_s042_a_known_customer_with_an_open_case_is_heard_there_whatever_they_say() -> None:
    world = World()
    case = await world.case_of(await world.attach(heard(world, "@shop mijn fiets is kapot")))
    thanks = await world.attach(heard(world, PRAISE))
    assert thanks.outcome["case_id"] == str(case.id)
    await resolve_case(
        ResolveCase(case.id, ResolutionOutcome.SOLVED), world.by(), record=world.record, policy=world.policy
    )
    assert "mention_id" in (await world.attach(heard(world, PRAISE))).outcome, "thanks afterwards open nothing again"


async def test_what_we_said_ourselves_is_not_judged() -> None:
    world = World()
    echo = await world.attach(heard(world, PRAISE, direction=Direction.OUTBOUND))
    assert (await world.case_of(echo)).contacts


async def test_the_contact_says_why_it_is_a_case_and_in_which_language() -> None:
    world = World()
    done = await world.attach(heard(world, "@shop waar is mijn pakket, het is er nog niet"))
    attached = next(fact for fact in world.record.facts[UUID(done.outcome["case_id"])] if hasattr(fact, "triage"))
    assert (attached.triage.class_, attached.triage.language) == (TriageClass.QUESTION, "nl")
    assert attached.triage.reason == "asks something (waar is): said to us"
    assert attached.language is None, "what we guess is no fact of the channel's"


async def test_s058_a_case_of_somebody_whom_many_follow_is_sooner_and_says_why() -> None:
    world = World()
    reach = {"reach": ReachContent(world.at, followers=250_000)}
    case = await world.case_of(await world.attach(heard(world, "@shop mijn fiets is kapot", told=reach)))
    assert case.priority is Priority.URGENT
    (raised,) = [fact for fact in world.record.facts[case.id] if isinstance(fact, PrioritySet)]
    assert raised.reason == "reach: 100000 followers or more"
    again = await world.attach(heard(world, "@shop en nu?", told={"reach": ReachContent(world.at, followers=20_000)}))
    assert (await world.case_of(again)).priority is Priority.URGENT, "never later"


def test_the_id_of_a_mention_is_that_of_the_contact_it_would_be() -> None:
    world = World()
    command = heard(world, external_id="9")
    assert command.contact_id == id_of("contact", Channel.X, "x-1", "9")
