"""Complaints are never left unanswered unseen: closing one says so, answering it ends that."""

from __future__ import annotations

import pytest

from contracts.vocabulary import ResolutionOutcome
from services.case.commands.request_reply import RequestReply, request_reply
from services.case.commands.resolve_case import ResolveCase, resolve_case
from services.case.domain.case import Case
from services.case.domain.case_facts import ComplaintLeft
from services.case.domain.complaints import UNANSWERED
from tests.unit.case.world import World


async def closed(world: World, case: Case, outcome: ResolutionOutcome) -> Case:
    await resolve_case(ResolveCase(case.id, outcome), world.by(), record=world.record, policy=world.policy)
    return await world.case(case.id)


@pytest.mark.parametrize(
    ("outcome", "seen"),
    [
        (ResolutionOutcome.SOLVED, True),
        (ResolutionOutcome.NO_REPLY_NEEDED, True),
        (ResolutionOutcome.DUPLICATE, False),
        (ResolutionOutcome.SPAM, False),
    ],
)
async def test_s053_a_complaint_closed_without_an_answer_is_seen(outcome: ResolutionOutcome, *, seen: bool) -> None:
    world = World()
    case = await closed(world, await world.open_case("Mijn fiets is kapot"), outcome)
    left = [fact for fact in world.record.facts[case.id] if isinstance(fact, ComplaintLeft)]
    assert bool(left) is seen
    assert (UNANSWERED in case.tags) is seen


async def test_s053_an_answered_complaint_is_no_alarm_and_a_later_answer_ends_one() -> None:
    world = World()
    answered = await world.open_case("Mijn fiets is kapot")
    world.later(minutes=1)
    await request_reply(
        RequestReply(answered.id, world.new_id(), "Wat naar!"), world.by(), record=world.record, policy=world.policy
    )
    assert (await closed(world, answered, ResolutionOutcome.SOLVED)).tags == ()

    left = await closed(world, await world.open_case("Kapot!", number="+31687654321"), ResolutionOutcome.SOLVED)
    assert left.tags == (UNANSWERED,)
    world.later(minutes=1)
    await world.attach(world.whatsapp("Hallo?", number="+31687654321"))
    await request_reply(
        RequestReply(left.id, world.new_id(), "Sorry!"), world.by(), record=world.record, policy=world.policy
    )
    world.later(minutes=1)
    assert UNANSWERED not in (await closed(world, left, ResolutionOutcome.SOLVED)).tags


async def test_a_question_may_be_closed_with_the_outcome_that_no_answer_is_needed() -> None:
    world = World()
    case = await closed(world, await world.open_case("Hoe laat open?"), ResolutionOutcome.NO_REPLY_NEEDED)
    assert (case.outcome, case.tags) == (ResolutionOutcome.NO_REPLY_NEEDED, ())
