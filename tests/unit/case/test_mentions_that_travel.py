"""What asks nothing of us is judged by how far it travels, when it comes and when its platform counts again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from contracts.channels import ReachMeasured
from contracts.content import ReachContent
from contracts.envelope import Message
from contracts.guards import PressDesk
from contracts.triage import TriageRule
from contracts.vocabulary import Channel, Priority, TriageOutcome
from infra.clock import SystemIds
from services.case.domain.guard_facts import PressCalled
from services.case.domain.mention import Mention
from services.case.domain.policy import CasePolicy
from services.case.domain.triage import TriagePolicy
from services.case.reactions.hasten_case_on_reach_measured import hasten_case_on_reach_measured
from tests.unit.case.test_mentions import heard, mention_of, noted
from tests.unit.case.world import World

DESK = PressDesk("press", shares_per_hour=70)


def world_of(**policy: Any) -> World:
    return World(CasePolicy(triage=TriagePolicy(**{"press": DESK, **policy})))


async def measured(world: World, mention: Mention, *, shares: int, hours: float = 1) -> Mention:
    """Its platform, or a system beside it, counted again."""
    at = mention.occurred_at + timedelta(hours=hours)
    fact = ReachMeasured(mention.id, Channel.X, "x-1", at, shares=shares)
    message = Message("channels", 1, at, stream_id=mention.id, data=msgspec.Raw(msgspec.json.encode(fact)))
    ports: dict[str, Any] = {
        "record": world.record,
        "directory": world.directory,
        "ids": SystemIds(),
        "policy": world.policy,
    }
    await hasten_case_on_reach_measured(message, world.told(), **ports)
    return await mention_of(world, mention.id)


async def test_s009_s058_s106_praise_that_spreads_later_is_taken_up_and_calls_the_press_desk() -> None:
    world = world_of()
    mention = await noted(world)
    assert (await measured(world, mention, shares=69)).case_id is None
    taken = await measured(world, mention, shares=71)
    assert taken.case_id is not None
    case = await world.case(taken.case_id)
    (called,) = [fact for fact in world.record.facts[case.id] if isinstance(fact, PressCalled)]
    assert called.reason == "velocity: shared 70 times or more an hour"
    assert (case.press_called, case.tags, case.priority) == (True, ("press-desk",), Priority.HIGH)
    await measured(world, mention, shares=500)
    assert len([fact for fact in world.record.facts[case.id] if isinstance(fact, PressCalled)]) == 1


async def test_s058_how_often_it_is_shared_counts_per_hour_since_it_was_said() -> None:
    world = world_of()
    assert (await measured(world, await noted(world), shares=600, hours=10)).case_id is None


@pytest.mark.parametrize(
    ("policy", "text", "taken"),
    [
        ({"press": None}, "de fiets van shop is kapot", True),
        ({"press": None}, "shop bestaat honderd jaar", False),
        ({"modes": {(Channel.X, "x-1"): "listen"}}, "shop bestaat honderd jaar", True),
        ({"modes": {(Channel.X, "x-1"): "listen"}, "press": None}, "de fiets van shop is kapot", False),
        ({"rules": (TriageRule(reason="not ours", answer="no"),)}, "de fiets van shop is kapot", False),
        ({}, "Win gratis bitcoin, klik hier: https://a.example https://b.example https://c.example", False),
    ],
    ids=["a complaint", "news", "who listens calls the desk", "who listens", "a rule of the brand", "spam"],
)
async def test_s106_what_harms_is_taken_up_where_it_travels_and_the_brand_did_not_decide(
    policy: dict[str, Any], text: str, *, taken: bool
) -> None:
    world = world_of(**policy)
    told = heard(world, text)
    unaddressed = msgspec.structs.replace(told, flags=("not-summoned",))
    done = await world.attach(unaddressed)
    mention = await mention_of(world, unaddressed.contact_id)
    assert (done.outcome, mention.triage.outcome is TriageOutcome.CASE) == ({"mention_id": str(mention.id)}, False)
    assert ((await measured(world, mention, shares=100)).case_id is not None) is taken


async def test_s009_what_travels_far_when_it_comes_is_a_case_at_once() -> None:
    world = world_of()
    reach = {"reach": ReachContent(world.at, followers=250_000)}
    case = await world.case_of(await world.attach(heard(world, told=reach)))
    assert (case.press_called, case.priority) == (True, Priority.URGENT)
    (attached,) = case.attached.values()
    assert attached.triage is not None
    assert attached.triage.reason.endswith("it travels, reach: 100000 followers or more")
