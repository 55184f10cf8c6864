"""What we say to everybody, as commands of a record: written, looked at, agreed with, and what it became."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from contracts import subjects
from contracts.configuration import parse_configuration
from contracts.publication import PublicationRequested
from contracts.vocabulary import (
    Actor,
    AgentKind,
    Channel,
    ContactKind,
    DeliveryStatus,
    Direction,
    GuardVerdict,
    Presence,
    Refusal,
    RefusalCode,
    Visibility,
    id_of,
)
from services.case.commands.approve_publication import ApprovePublication, approve_publication
from services.case.commands.cancel_publication import CancelPublication, cancel_publication
from services.case.commands.decline_publication import DeclinePublication, decline_publication
from services.case.commands.draft_publication import DraftPublication, draft_publication
from services.case.commands.note_agent import NoteAgent, note_agent
from services.case.commands.record_publication import RecordPublication, record_publication
from services.case.commands.release_publication import ReleasePublication, release_publication
from services.case.domain.first_message import KnownAccount
from services.case.domain.guards.refusal import GuardRefusal
from services.case.domain.known_agent_facts import AgentCard
from services.case.domain.policy import CasePolicy
from services.case.domain.publication import Publication
from services.case.domain.publication_facts import PublicationState
from tests.unit.case.office import ROUTING
from tests.unit.case.test_publish import told
from tests.unit.case.world import ANNA, AUDITOR, BOB, LEA, World

PAGE = id_of("account", Channel.FACEBOOK, "page-1")
CONFIGURATION = """
[[brands]]
ref = "shop"
name = "The Shop"
%s
[[agents]]
ref = "bob"
name = "Bob"
skills = ["public"]
[[channel_accounts]]
channel = "facebook"
account = "page-1"
brand = "shop"
secrets = { app_secret = "of a test" }
[guards]
order_numbers = ["NL-####"]
"""


async def world_of(brand: str = "") -> World:
    policy = CasePolicy.of(parse_configuration(CONFIGURATION % brand, {}, lambda path: path))
    made = World(msgspec.structs.replace(policy, guards=msgspec.structs.replace(policy.guards, secret=b"s" * 32)))
    made.directory.accounts[PAGE] = KnownAccount(Channel.FACEBOOK, "page-1", "shop")
    for ref, skills in (("anna", ()), ("bob", ("public",))):
        card = AgentCard(ref, AgentKind.PERSON, Presence.ONLINE, 20, 0, active=True, skills=skills)
        told_of = NoteAgent(id_of("agent", ref), card, ref.title())
        await note_agent(told_of, made.by(ROUTING), record=made.record)
    return made


@pytest.fixture
async def world() -> World:
    return await world_of()


async def drafted(world: World, text: str = "Open on Sundays.", by: Actor = ANNA, **more: Any) -> UUID:
    command = DraftPublication(world.new_id(), PAGE, text, **more)
    given: dict[str, Any] = {"record": world.record, "directory": world.directory, "policy": world.policy}
    done = await draft_publication(command, world.by(by), **given)
    return UUID(done.outcome["publication_id"])


async def approved(world: World, publication_id: UUID, by: Actor = LEA) -> None:
    command = ApprovePublication(publication_id)
    await approve_publication(command, world.by(by), record=world.record, policy=world.policy)


async def found(world: World, publication_id: UUID) -> Publication:
    publication = await world.record.load(Publication, publication_id)
    assert publication is not None
    return publication


async def refusal_of(work: Any) -> Refusal:
    with pytest.raises(Refusal) as refused:
        await work
    return refused.value


async def test_s089_what_was_agreed_with_is_asked_of_channels_once(world: World) -> None:
    publication_id = await drafted(world)
    assert told(world.record) == []
    world.record.lose_races(1)
    await approved(world, publication_id)
    ((subject, message),) = told(world.record)
    assert subject == subjects.PUBLICATION_REQUESTED
    assert message == PublicationRequested(publication_id, Channel.FACEBOOK, "page-1", world.at)
    assert (await refusal_of(approved(world, publication_id))).code is RefusalCode.NOT_AWAITING_APPROVAL
    assert len(told(world.record)) == 1


async def test_s089_nobody_agrees_with_their_own_words_whatever_they_may(world: World) -> None:
    publication_id = await drafted(world, by=BOB)
    for by, code in ((BOB, RefusalCode.SELF_APPROVAL), (ANNA, RefusalCode.FORBIDDEN), (AUDITOR, RefusalCode.FORBIDDEN)):
        assert (await refusal_of(approved(world, publication_id, by))).code is code
    assert (await found(world, publication_id)).state is PublicationState.AWAITING_APPROVAL


async def test_s081_the_skill_to_speak_in_public_is_on_record_and_can_be_demanded() -> None:
    world = await world_of()
    fact = world.record.facts[await drafted(world)][0]
    assert fact.rules == ("public-skill",)
    assert world.record.facts[await drafted(world, by=BOB)][0].rules == ()
    strict = await world_of('guards = { public-skill = "block" }')
    refused = await refusal_of(drafted(strict))
    assert isinstance(refused, GuardRefusal)
    assert [(each.rule, each.verdict) for each in refused.findings] == [("public-skill", GuardVerdict.BLOCK)]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Thanks to sam@example.com!", "public-personal-data"),
        ("About order NL-1234: it was our mistake.", "public-personal-data"),
        ("That was your own fault.", "tone-blame"),
        ("THIS IS REALLY COMING TODAY", "tone-shouting"),
        ("Helaas, jammer maar helaas.", "tone-coaching"),
        ("Wat is je e-mailadres?", "data-asked-in-public"),
    ],
)
async def test_s089_guard_rails_look_at_what_everybody_reads(world: World, text: str, rule: str) -> None:
    refused = await refusal_of(drafted(world, text))
    assert isinstance(refused, GuardRefusal)
    assert (refused.path, [each.rule for each in refused.findings]) == (("text",), [rule])
    if rule == "public-personal-data":
        assert refused.confirm_token is None
        return
    other = await refusal_of(drafted(world, f"{text} Really.", confirm_token=refused.confirm_token))
    assert other.code is RefusalCode.GUARD_WARNING
    publication_id = await drafted(world, text, confirm_token=refused.confirm_token)
    assert world.record.facts[publication_id][0].confirmed == (rule,)


@pytest.mark.parametrize("text", ["Nu in de aanbieding: fietsen.", "Bel ons.", "Sorry, thanks, haha: we moved."])
async def test_s089_what_is_only_wrong_in_an_answer_may_be_said_to_everybody(world: World, text: str) -> None:
    assert await found(world, await drafted(world, text))


async def test_s089_a_rule_that_came_meanwhile_stops_it_at_the_yes(world: World) -> None:
    publication_id = await drafted(world)
    stricter = await world_of('guards = { public-skill = "block" }')
    world.policy = stricter.policy
    refused = await refusal_of(approved(world, publication_id))
    assert (refused.code, refused.path) == (RefusalCode.GUARD_BLOCKED, ("publicationId",))


async def test_s089_it_leaves_at_its_time_and_not_before(world: World) -> None:
    publication_id = await drafted(world, publish_at=world.at + timedelta(hours=2))
    await approved(world, publication_id)
    command = ReleasePublication(publication_id)
    await release_publication(command, world.by(), record=world.record)
    assert told(world.record) == []
    world.later(hours=2)
    for _ in range(2):
        await release_publication(command, world.by(), record=world.record)
    assert len(told(world.record)) == 1
    await release_publication(ReleasePublication(UUID(int=9999)), world.by(), record=world.record)


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(seconds=-1), timedelta(days=90, seconds=1)])
async def test_s089_a_moment_that_is_past_or_too_far_is_refused(world: World, ahead: timedelta) -> None:
    refused = await refusal_of(drafted(world, publish_at=world.at + ahead))
    assert (refused.code, refused.path) == (RefusalCode.INVALID_INPUT, ("publishAt",))
    assert await drafted(world, publish_at=world.at + timedelta(days=90))


async def test_s089_it_can_be_taken_back_or_declined_as_long_as_it_has_not_left(world: World) -> None:
    async def cancelled(publication_id: UUID, by: Actor = ANNA) -> None:
        command = CancelPublication(publication_id)
        await cancel_publication(command, world.by(by), record=world.record, policy=world.policy)

    scheduled = await drafted(world, publish_at=world.at + timedelta(hours=1))
    await approved(world, scheduled)
    for by in (LEA, ANNA):
        await cancelled(scheduled, by)
    assert [type(each).__name__ for each in world.record.facts[scheduled]][-1] == "PublicationCancelled"
    assert len(world.record.facts[scheduled]) == 3
    world.later(hours=2)
    await release_publication(ReleasePublication(scheduled), world.by(), record=world.record)
    assert told(world.record) == []

    declined, by_reason = await drafted(world), DeclinePublication
    for reason, code in ((" ", RefusalCode.INVALID_INPUT), ("x" * 10_001, RefusalCode.TEXT_TOO_LONG)):
        work = decline_publication(by_reason(declined, reason), world.by(LEA), record=world.record, policy=world.policy)
        assert (await refusal_of(work)).code is code
    await decline_publication(by_reason(declined, "No"), world.by(BOB), record=world.record, policy=world.policy)
    assert (await refusal_of(cancelled(declined))).code is RefusalCode.INVALID_INPUT
    assert (await refusal_of(cancelled(await drafted(world, by=BOB)))).code is RefusalCode.FORBIDDEN


@pytest.mark.parametrize(
    ("told_so", "state"),
    [
        ((DeliveryStatus.ACCEPTED,), PublicationState.PUBLISHED),
        ((DeliveryStatus.FAILED,), PublicationState.FAILED),
        ((DeliveryStatus.UNKNOWN, DeliveryStatus.ACCEPTED), PublicationState.PUBLISHED),
        ((DeliveryStatus.FAILED, DeliveryStatus.SENT), PublicationState.PUBLISHED),
        ((DeliveryStatus.ACCEPTED, DeliveryStatus.FAILED), PublicationState.PUBLISHED),
        ((DeliveryStatus.FAILED, DeliveryStatus.UNKNOWN), PublicationState.FAILED),
    ],
)
async def test_s089_what_stands_there_stands_there(
    world: World, told_so: tuple[DeliveryStatus, ...], state: PublicationState
) -> None:
    publication_id = await drafted(world)
    await approved(world, publication_id)
    for status in told_so:
        command = RecordPublication(publication_id, status, world.at, external_id="1_2")
        await record_publication(command, world.by(ROUTING), record=world.record)
    assert (await found(world, publication_id)).state is state


async def beneath(world: World, answered: UUID, text: str, **more: Any) -> UUID:
    said = world.whatsapp(text, number=f"+316{world.new_id().int:08}")
    comment = msgspec.structs.replace(
        said,
        channel=Channel.FACEBOOK,
        account="page-1",
        kind=ContactKind.COMMENT,
        visibility=Visibility.PUBLIC,
        in_reply_to=answered,
        **more,
    )
    await world.attach(comment)
    return comment.contact_id


async def test_s094_what_the_community_was_asked_for_is_a_mention_and_all_else_is_as_ever(world: World) -> None:
    for asks, mentions in ((True, {"Paarse sokken", "Groene ook", "You should add socks"}), (False, set())):
        publication_id = await drafted(world, asks_community=asks)
        await approved(world, publication_id)
        ids = {"Paarse sokken": await beneath(world, publication_id, "Paarse sokken")}
        ids["Groene ook"] = await beneath(world, ids["Paarse sokken"], "Groene ook")
        for text in ("You should add socks", "Hoe laat zijn jullie open?", "Mijn pakket is nog steeds niet binnen"):
            ids[text] = await beneath(world, publication_id, text)
        assert {text for text, said in ids.items() if world.record.facts.get(said)} == mentions


async def test_what_we_say_ourselves_beneath_a_post_of_ours_is_no_contact(world: World) -> None:
    publication_id = await drafted(world)
    await approved(world, publication_id)
    before = len(world.record.facts)
    content = msgspec.structs.replace(world.whatsapp("We open at noon").content or None, handles=())  # type: ignore[type-var]
    await beneath(world, publication_id, "", direction=Direction.OUTBOUND, content=content)
    assert len(world.record.facts) == before
