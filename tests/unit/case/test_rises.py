"""What is written about more than usual is told once when it begins, and once when it is over."""

from __future__ import annotations

from contracts import subjects, trends
from contracts.rise import Rise
from contracts.stored import FactMeta
from contracts.vocabulary import Channel, TriageClass
from services.case.commands.note_rises import NoteRises, note_rises
from services.case.domain.rises import ROSE_COUNT_MAX, turned
from services.case.publish import contract_fact
from tests.unit.case.world import ANNA, World

MANY = Rise("shop", Channel.X, TriageClass.COMPLAINT, counted=40, usual=4.0, once_in=1_000_000)
CALM = Rise("shop", Channel.X, TriageClass.COMPLAINT, counted=5, usual=4.0, once_in=3)
KEPT = Rise("shop", Channel.X, TriageClass.COMPLAINT)
"""The same where few agents stand behind it by now."""
OTHER = Rise("shop", Channel.EMAIL, TriageClass.QUESTION, counted=6, usual=5.0, once_in=2)


async def look(world: World, *seen: Rise) -> dict[str, int]:
    done = await note_rises(NoteRises(seen), world.by(), record=world.record)
    return {name: int(value) for name, value in done.outcome.items()}


def messages(world: World) -> list[trends.TrendsChanged]:
    told = []
    for fact in world.record.all_facts():
        stream, version = fact.originator_id, fact.originator_version
        meta = FactMeta(stream, version, stream, fact.TOPIC, fact.timestamp, ANNA, stream, None)
        subject, message = contract_fact(fact, meta) or (None, None)
        assert subject == subjects.TRENDS_CHANGED
        assert isinstance(message, trends.TrendsChanged)
        told.append(message)
    return told


async def test_s105_a_rise_and_its_end_are_told_to_others_once_however_often_somebody_looks() -> None:
    world = World()
    assert await look(world, CALM, OTHER) == {"rose": 0, "ended": 0}
    for _ in range(3):
        await look(world, MANY, OTHER)
    for _ in range(3):
        await look(world, CALM, OTHER)
    await look(world, MANY, OTHER)
    assert [(each.rose, each.ended) for each in messages(world)] == [((MANY,), ()), ((), (CALM,)), ((MANY,), ())]


async def test_of_two_who_look_at_once_one_tells_it() -> None:
    world = World()
    await look(world, OTHER)
    world.record.lose_races(1)
    await look(world, MANY, OTHER)
    await look(world, MANY, OTHER)
    assert len(messages(world)) == 1


def test_what_begins_is_far_more_unusual_than_what_goes_on() -> None:
    near = Rise("shop", Channel.X, TriageClass.COMPLAINT, counted=12, usual=4.0, once_in=150)
    assert turned((), (near,)) == ((near,), ())
    assert turned((), (near, OTHER)) == ((), ()), "of two comparisons it has to be twice as unusual"
    assert turned((MANY,), (near, OTHER)) == ((), ())
    assert turned((MANY,), (CALM, OTHER)) == ((), (CALM,))


def test_less_than_usual_few_and_what_has_no_past_are_no_rise() -> None:
    fall = Rise("shop", Channel.X, TriageClass.COMPLAINT, counted=6, usual=60.0, once_in=1_000_000)
    few = Rise("shop", Channel.X, TriageClass.SPAM, counted=4, usual=0.0, once_in=1_000_000)
    new = Rise("shop", Channel.X, TriageClass.OTHER, counted=500)
    assert turned((), (fall, few, new, KEPT)) == ((), ())


def test_what_is_not_seen_any_more_is_over_without_figures() -> None:
    assert turned((MANY,), ()) == ((), (KEPT,))
    assert turned((MANY,), (KEPT,)) == ((), (KEPT,))


def test_one_look_tells_a_bounded_number_the_most_unusual_first_and_the_next_one_the_rest() -> None:
    seen = tuple(Rise(f"brand-{number:03}", counted=100 + number, usual=1.0, once_in=1_000_000) for number in range(80))
    first, _ = turned((), seen)
    assert [each.counted for each in first] == [179 - number for number in range(ROSE_COUNT_MAX)]
    second, ended = turned(first, seen)
    assert (len(second), ended) == (30, ())
