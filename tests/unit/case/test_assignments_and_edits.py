"""Routing's decisions on record, and what senders do to what they wrote."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from contracts.content import EditContent
from contracts.vocabulary import (
    AssignmentReason,
    CandidateRejection,
    ContentState,
    Direction,
    Refusal,
    id_of,
    system_actor,
)
from services.case.commands.assign_case import AssignCase, assign_case
from services.case.commands.edit_contact import EditContact, edit_contact
from services.case.commands.react_to_contact import ReactToContact, react_to_contact
from services.case.commands.remove_contact import RemoveContact, remove_contact
from services.case.commands.request_reply import RequestReply, request_reply
from services.case.domain.assignments import RoutedDecision
from services.case.domain.case import Case
from services.case.domain.case_facts import Assigned, Candidate
from services.case.domain.contact_facts import ContactReacted
from tests.unit.case.world import World

# assignments


def decision(world: World, case: Case, agent: str | None, *, left_out: int = 0) -> AssignCase:
    rejected = None if agent else CandidateRejection.UNAVAILABLE
    decided = RoutedDecision(
        world.new_id(),
        AssignmentReason.LEAST_LOADED if agent else AssignmentReason.NOBODY_AVAILABLE,
        "1",
        world.at,
        agent_id=id_of("agent", agent) if agent else None,
        candidates=(Candidate(id_of("agent", agent or "anna"), rejected=rejected),),
        rejections={"CAPACITY": left_out} if left_out else {},
    )
    return AssignCase(case.id, decided)


async def test_a_decision_is_on_record_with_its_candidates_once() -> None:
    world = World()
    case = await world.open_case()
    command = decision(world, case, "anna")
    for _ in range(2):
        await assign_case(command, world.by(system_actor("routing")), record=world.record)
    (fact,) = [fact for fact in world.record.all_facts() if isinstance(fact, Assigned)]
    assert fact.candidates == command.decision.candidates
    assert (await world.case(case.id)).assignee_id == id_of("agent", "anna")


async def test_that_still_nobody_can_is_no_news_until_the_reasons_change() -> None:
    world = World()
    case = await world.open_case()
    for left_out in (0, 0, 0, 3, 3):
        command = decision(world, case, None, left_out=left_out)
        await assign_case(command, world.by(system_actor("routing")), record=world.record)
    assert sum(isinstance(fact, Assigned) for fact in world.record.all_facts()) == 2


async def test_a_case_that_waits_for_somebody_is_told_once_and_again_when_it_waits_longer() -> None:
    world = World()
    case = await world.open_case()
    for minutes in (15, 15, 30):
        command = decision(world, case, None)
        held = msgspec.structs.replace(
            command.decision,
            reason=AssignmentReason.HELD_FOR_OWNER,
            held_until=world.at + timedelta(minutes=minutes),
        )
        await assign_case(AssignCase(case.id, held), world.by(system_actor("routing")), record=world.record)
    facts = [fact for fact in world.record.all_facts() if isinstance(fact, Assigned)]
    assert [fact.held_until for fact in facts] == [world.at + timedelta(minutes=minutes) for minutes in (15, 30)]
    assert (await world.case(case.id)).assignee_id is None


async def test_a_decision_that_loses_the_race_is_recorded_once() -> None:
    world = World()
    case = await world.open_case()
    world.record.lose_races(2)
    await assign_case(decision(world, case, "anna"), world.by(system_actor("routing")), record=world.record)
    assert sum(isinstance(fact, Assigned) for fact in world.record.all_facts()) == 1


async def test_a_decision_about_a_case_nobody_knows_is_refused() -> None:
    world = World()
    case = await world.open_case()
    unknown = AssignCase(world.new_id(), RoutedDecision(world.new_id(), AssignmentReason.OPEN_CASE, "1", world.at))
    with pytest.raises(Refusal):
        await assign_case(unknown, world.by(system_actor("routing")), record=world.record)
    assert (await world.case(case.id)).version == 2


# what senders do to what they wrote, and to what we wrote


async def test_a_thumb_up_for_an_answer_is_on_its_case_which_goes_on_waiting() -> None:
    world = World()
    case = await world.open_case()
    asked = RequestReply(case.id, world.new_id(), "Is it there?")
    await request_reply(asked, world.by(), record=world.record, policy=world.policy)
    before = (await world.case(case.id)).status
    put = ReactToContact(asked.contact_id, world.at, "👍")
    for command in (put, put, ReactToContact(world.new_id(), world.at, "👍")):
        await react_to_contact(command, world.told(), record=world.record, directory=world.directory)
    found = await world.case(case.id)
    assert (found.contacts[asked.contact_id].reaction, found.status) == ("👍", before)
    assert [type(fact) for fact in world.record.all_facts()].count(ContactReacted) == 1


async def test_an_edit_shows_the_new_words_and_a_removal_none() -> None:
    world = World()
    command = world.whatsapp("one")
    case = await world.case_of(await world.attach(command))
    ports: dict[str, Any] = {"record": world.record, "directory": world.directory}
    await edit_contact(EditContact(command.contact_id, world.at, EditContent("two")), world.told(), **ports)
    assert (await world.case(case.id)).contacts[command.contact_id].text == "two"
    for _ in range(2):
        await remove_contact(RemoveContact(command.contact_id, world.at), world.told(), **ports)
    await edit_contact(EditContact(command.contact_id, world.at, EditContent("three")), world.told(), **ports)
    contact = (await world.case(case.id)).contacts[command.contact_id]
    assert (contact.text, contact.text_state) == (None, ContentState.REMOVED_BY_SENDER)
    assert contact.direction is Direction.INBOUND
    assert (await world.case(case.id)).version == 4


async def test_an_edit_of_a_contact_nobody_knows_is_nothing() -> None:
    world = World()
    ports: dict[str, Any] = {"record": world.record, "directory": world.directory}
    await edit_contact(EditContact(world.new_id(), world.at, None), world.told(), **ports)
    await remove_contact(RemoveContact(world.new_id(), world.at), world.told(), **ports)
    assert world.record.all_facts() == []
