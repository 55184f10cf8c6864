"""Agents and budgets as routing told of them: facts of this log, so that the past can be read again."""

from __future__ import annotations

from uuid import UUID

import msgspec
import pytest

from contracts.stored import AlreadyDone, SealingScope
from contracts.vocabulary import AgentKind, BudgetOwnerKind, BudgetPeriod, Presence, id_of
from services.case.commands.note_agent import NoteAgent, note_agent
from services.case.commands.note_budget import NoteBudget, note_budget
from services.case.domain.known_agent import KnownAgent
from services.case.domain.known_agent_facts import AgentCard
from services.case.domain.known_budget import KnownBudget
from services.case.domain.known_budget_facts import BudgetStanding
from tests.unit.case.world import World

ANNA_ID = id_of("agent", "anna")
CARD = AgentCard("anna", AgentKind.PERSON, Presence.ONLINE, 20, 0, active=True)
ANNA = NoteAgent(ANNA_ID, CARD, "Anna", "anna@shop.example")
ACCOUNT, GESTURE = UUID(int=1), UUID(int=2)


def a_budget(world: World, *, spent: int = 0, gesture_id: UUID | None = None) -> NoteBudget:
    standing = BudgetStanding(
        BudgetOwnerKind.AGENT, ANNA_ID, "EUR", BudgetPeriod.DAY, world.at, world.at, 100, 0, spent, 50, open=True
    )
    return NoteBudget(ACCOUNT, standing, gesture_id)


async def versions(world: World, stream_id: UUID) -> int:
    return len(world.record.facts.get(stream_id, ()))


async def test_an_agent_is_on_record_as_told_under_a_key_of_her_own() -> None:
    world = World()
    await note_agent(ANNA, world.told(), record=world.record)
    away = msgspec.structs.replace(ANNA, card=msgspec.structs.replace(CARD, presence=Presence.AWAY))
    await note_agent(away, world.told(), record=world.record)
    known = await world.record.load(KnownAgent, ANNA_ID)
    assert known is not None
    assert (known.card.presence, known.called(), known.email) == (Presence.AWAY, "Anna", "anna@shop.example")
    assert known.sealing() == SealingScope(ANNA_ID, ANNA_ID)
    assert known.version == 2


async def test_the_same_told_again_is_no_news_but_still_answers_the_desk() -> None:
    world = World()
    await note_agent(ANNA, world.told(), record=world.record)
    request_id = world.new_id()
    await note_agent(msgspec.structs.replace(ANNA, request_id=request_id), world.told(), record=world.record)
    await note_budget(a_budget(world), world.told(), record=world.record)
    await note_budget(a_budget(world), world.told(), record=world.record)
    assert (await versions(world, ANNA_ID), await versions(world, ACCOUNT)) == (1, 1)
    assert [(row.statement, row.args[0]) for row in world.record.rows] == [("answer_desk_request", request_id)]


async def test_a_repeated_message_is_noted_once() -> None:
    world = World()
    context = world.told()
    await note_budget(a_budget(world), context, record=world.record)
    with pytest.raises(AlreadyDone):
        await note_budget(a_budget(world, spent=10), context, record=world.record)
    assert await versions(world, ACCOUNT) == 1


@pytest.mark.parametrize("races", [1, 3])
async def test_a_budget_that_lost_a_race_is_noted_on_top_of_the_winner(races: int) -> None:
    world = World()
    await note_budget(a_budget(world), world.told(), record=world.record)
    world.record.lose_races(races)
    await note_budget(a_budget(world, spent=10, gesture_id=GESTURE), world.told(), record=world.record)
    known = await world.record.load(KnownBudget, ACCOUNT)
    assert known is not None
    assert (known.standing.spent_minor, known.gesture_id) == (10, GESTURE)


async def test_an_agent_whose_key_is_gone_goes_by_her_reference() -> None:
    world = World()
    await note_agent(ANNA, world.told(), record=world.record)
    known = await world.record.load(KnownAgent, ANNA_ID)
    assert known is not None
    known.display_name = None
    assert known.called() == "anna"
