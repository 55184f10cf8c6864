"""Answers on their way past the guard rails, as commands of a record: held, signed, and the press desk called."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from contracts.configuration import parse_configuration
from contracts.content import ContactContent, HandleContent, ReachContent
from contracts.stored import Work
from contracts.vocabulary import (
    AgentKind,
    CaseStatus,
    Channel,
    HandleAssurance,
    HandleKind,
    Presence,
    Priority,
    Refusal,
    RefusalCode,
    Visibility,
    WaitingFor,
    id_of,
)
from infra.clock import SystemIds
from services.case.commands.approve_reply import ApproveReply, approve_reply
from services.case.commands.hasten_case import HastenCase, hasten_case
from services.case.commands.note_agent import NoteAgent, note_agent
from services.case.commands.placing import Newcomers
from services.case.commands.request_reply import RequestReply, request_reply
from services.case.domain.case import Case
from services.case.domain.contact_facts import ReplyRequested
from services.case.domain.customer import Customer
from services.case.domain.customer_detail_facts import ExternalIdLearnt
from services.case.domain.guard_facts import PressCalled, ReplyGuarded
from services.case.domain.handling_facts import TransferRequested
from services.case.domain.known_agent_facts import AgentCard
from services.case.domain.policy import CasePolicy
from services.case.domain.utterance import Reach
from tests.unit.case.office import ROUTING
from tests.unit.case.world import ANNA, BOB, LEA, World

CONFIGURATION = """
[[brands]]
ref = "shop"
name = "The Shop"
[[teams]]
ref = "press"
name = "Press"
[[agents]]
ref = "bob"
name = "Bob"
skills = ["public"]
[[channel_accounts]]
channel = "instagram"
account = "ig-1"
brand = "shop"
secrets = { app_secret = "of a test" }
[guards]
order_numbers = ["NL-####"]
[[personas]]
channels = ["instagram"]
signature = "^{initials}"
[press_desk]
team = "press"
followers = 1000
shares_per_hour = 50
transfer = true
"""


@pytest.fixture
async def world() -> World:
    policy = CasePolicy.of(parse_configuration(CONFIGURATION, {}, lambda path: path))
    made = World(policy)
    for ref, skills in (("anna", ()), ("bob", ("public",))):
        card = AgentCard(ref, AgentKind.PERSON, Presence.ONLINE, 20, 0, active=True, skills=skills)
        told = NoteAgent(id_of("agent", ref), card, f"{ref.title()} Visser")
        await note_agent(told, made.by(ROUTING), record=made.record)
    return made


async def commented(world: World, text: str = "never an answer", *, public: bool = True, **reach: int) -> Case:
    handles = (HandleContent(HandleKind.INSTAGRAM, "7770", display="cat99"),)
    told = world.contact(Channel.INSTAGRAM, "ig-1", handles, HandleAssurance.PLATFORM, text, name="Sam Visser")
    content = told.content or ContactContent()
    if reach:
        content = msgspec.structs.replace(content, reach=ReachContent(world.at, **reach))
    visibility = Visibility.PUBLIC if public else Visibility.PRIVATE
    return await world.case_of(
        await world.attach(msgspec.structs.replace(told, visibility=visibility, content=content))
    )


async def reply(world: World, case: Case, text: str, *, by: Any = ANNA, **wish: Any) -> UUID:
    wish.setdefault("visibility", Visibility.PUBLIC)
    command = RequestReply(case_id=case.id, contact_id=world.new_id(), text=text, **wish)
    await request_reply(command, world.by(by), record=world.record, policy=world.policy)
    return command.contact_id


async def approve(world: World, contact_id: UUID, *, by: Any = BOB) -> None:
    await approve_reply(
        ApproveReply(contact_id), world.by(by), record=world.record, directory=world.directory, policy=world.policy
    )


def left(world: World, case: Case) -> list[ReplyRequested]:
    return [fact for fact in world.record.facts[case.id] if isinstance(fact, ReplyRequested)]


async def test_s071_what_is_held_leaves_signed_by_who_wrote_it_and_the_record_says_who(world: World) -> None:
    case = await commented(world)
    contact_id = await reply(world, case, "Sorry! We look into it.")
    held = await world.case(case.id)
    assert (held.status, held.waiting_for, list(held.contacts)) == (
        CaseStatus.WAITING,
        WaitingFor.APPROVAL,
        list(case.contacts),
    )
    await approve(world, contact_id)
    (fact,) = left(world, case)
    assert (fact.agent_ref, fact.content and fact.content.text) == ("anna", "Sorry! We look into it. ^AV")
    assert (await world.case(case.id)).waiting_for is WaitingFor.CUSTOMER


async def test_who_may_speak_in_public_is_not_held(world: World) -> None:
    case = await commented(world)
    await reply(world, case, "Sorry! We look into it.", by=BOB)
    world.later(minutes=3)
    await reply(world, case, "It is found.", by=LEA)
    assert [fact.agent_ref for fact in left(world, case)] == ["bob", "lea"]


async def test_no_answer_leaves_after_its_time_or_in_a_resolved_case(world: World) -> None:
    case = await commented(world)
    contact_id = await reply(world, case, "Sorry! We look into it.")
    world.later(hours=24)
    with pytest.raises(Refusal) as late:
        await approve(world, contact_id)
    assert late.value.code is RefusalCode.APPROVAL_EXPIRED
    assert left(world, case) == []


async def test_s067_numbers_of_ours_and_answers_in_a_form_are_not_said_in_public(world: World) -> None:
    case = await commented(world)
    for text in ("Order nl-1234 is found", "NL-9999!"):
        with pytest.raises(Refusal) as refused:
            await reply(world, case, text)
        assert refused.value.code is RefusalCode.PUBLIC_PERSONAL_DATA
    assert sum(isinstance(fact, ReplyGuarded) for fact in world.record.facts[case.id]) == 2
    assert (await world.case(case.id)).status is CaseStatus.OPEN


async def test_s067_what_other_systems_call_the_customer_is_not_said_in_public(world: World) -> None:
    case = await commented(world)
    customer = await world.record.load(Customer, case.customer_id)
    assert customer is not None
    customer.trigger_event(
        ExternalIdLearnt,
        timestamp=world.at,
        external_id=id_of("external", "crm", "KX7741"),
        system="crm",
        value="KX7741",
        url=None,
    )

    async def learn() -> Work:
        return Work(streams=(customer,))

    await world.record.transact(world.by(), learn)
    with pytest.raises(Refusal) as refused:
        await reply(world, case, "Found you: kx-7741!", by=BOB)
    assert refused.value.code is RefusalCode.PUBLIC_PERSONAL_DATA
    await reply(world, case, "Found you!", by=BOB)


async def test_s009_s058_what_travels_far_calls_the_press_desk_once(world: World) -> None:
    case = await commented(world, followers=5000)
    await commented(world, "and again", followers=5000)
    facts = world.record.facts[case.id]
    (called,) = [fact for fact in facts if isinstance(fact, PressCalled)]
    assert (called.team_ref, called.reason) == ("press", "reach: 1000 followers or more")
    assert "press-desk" in (await world.case(case.id)).tags
    (transfer,) = [fact for fact in facts if isinstance(fact, TransferRequested)]
    assert transfer.team_ref == "press"


async def test_s058_velocity_counts_per_hour(world: World) -> None:
    case = await commented(world, shares=49)
    assert not (await world.case(case.id)).press_called
    await commented(world, "now it goes fast", shares=70)
    fast = await world.case(case.id)
    assert (fast.press_called, fast.priority) == (True, Priority.HIGH)


async def test_s058_what_travels_far_only_later_is_sooner_and_calls_the_press_desk_then(world: World) -> None:
    case = await commented(world, shares=2)
    (contact_id,) = case.contacts
    for shares in (40, 75, 400):
        measure = HastenCase(contact_id, world.at + timedelta(hours=1), Reach(shares=shares))
        newcomers = Newcomers(customer_id=SystemIds().new(), case_id=SystemIds().new())
        ports: dict[str, Any] = {"record": world.record, "directory": world.directory, "policy": world.policy}
        await hasten_case(measure, newcomers, world.told(), **ports)
        assert (await world.case(case.id)).press_called is (shares > 40)
    fast = await world.case(case.id)
    assert fast.priority is Priority.HIGH
    (called,) = [fact for fact in world.record.facts[case.id] if isinstance(fact, PressCalled)]
    assert called.reason.startswith("velocity: shared")


async def test_what_is_said_in_private_calls_nobody(world: World) -> None:
    case = await commented(world, public=False, followers=50_000)
    assert not (await world.case(case.id)).press_called


async def test_a_held_answer_waits_no_longer_than_the_window_of_its_channel(world: World) -> None:
    guards = msgspec.structs.replace(
        world.policy.guards, every={"tone-blame": "second-person"}, approval_open_for=timedelta(days=9)
    )
    world.policy = msgspec.structs.replace(world.policy, guards=guards)
    case = await commented(world, public=False)
    contact_id = await reply(world, case, "That is your own fault.", visibility=Visibility.PRIVATE)
    world.later(hours=25)
    with pytest.raises(Refusal) as closed:
        await approve(world, contact_id)
    assert closed.value.code is RefusalCode.CHANNEL_WINDOW_CLOSED
    await commented(world, "are you there?", public=False)
    await approve(world, contact_id)
    assert len(left(world, case)) == 1
