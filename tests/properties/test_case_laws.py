"""Laws of the record: folding, order of delivery, statuses that only move forward."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.delivery import moves_forward
from contracts.stored import Fact
from contracts.vocabulary import CaseStatus, DeliveryStatus
from services.case.commands.record_delivery import RecordDelivery, record_delivery
from services.case.commands.request_reply import RequestReply, request_reply
from services.case.commands.resolve_case import ResolveCase, resolve_case
from services.case.domain.case import Case
from services.case.domain.contact_facts import ContactAttached
from tests.unit.case.world import World

STATUSES = st.sampled_from(DeliveryStatus)
NUMBERS = st.sampled_from(["+31600000001", "+31600000002", "+31600000003"])
CONTACTS = st.lists(st.tuples(NUMBERS, st.integers(0, 100), st.booleans()), min_size=1, max_size=8)


def furthest(one: DeliveryStatus, other: DeliveryStatus) -> DeliveryStatus:
    return other if moves_forward(one, other) else one


@given(STATUSES, STATUSES, STATUSES)
def test_the_furthest_status_is_a_join(one: DeliveryStatus, two: DeliveryStatus, three: DeliveryStatus) -> None:
    assert furthest(one, one) is one
    assert furthest(one, two) is furthest(two, one)
    assert furthest(furthest(one, two), three) is furthest(one, furthest(two, three))
    assert not (moves_forward(one, two) and moves_forward(two, one))


@settings(deadline=None, max_examples=50)
@given(st.lists(STATUSES, max_size=8), st.randoms(use_true_random=False))
def test_a_replys_status_does_not_depend_on_the_order_of_the_news(news: list[DeliveryStatus], random: Any) -> None:
    async def told(statuses: list[DeliveryStatus]) -> DeliveryStatus:
        world = World()
        case = await world.open_case()
        contact_id = UUID(int=5_000)
        await request_reply(
            RequestReply(case.id, contact_id, "Hi"), world.by(), record=world.record, policy=world.policy
        )
        for status in statuses:
            await record_delivery(
                RecordDelivery(case.id, contact_id, status, world.at), world.told(), record=world.record
            )
        return (await world.case(case.id)).contacts[contact_id].delivery_status

    shuffled = random.sample(news, len(news))
    assert asyncio.run(told(news)) is asyncio.run(told(shuffled))


@settings(deadline=None, max_examples=60)
@given(CONTACTS, st.randoms(use_true_random=False))
def test_in_any_order_and_told_twice_each_contact_is_on_exactly_one_case_once(
    plan: list[tuple[str, int, bool]], random: Any
) -> None:
    async def run() -> None:
        world = World()
        commands = []
        for place, (number, days, by_form) in enumerate(plan):
            world.later(days=days)
            external_id = f"e{place}"
            if by_form:
                commands.append(world.form("hi", phone=number, external_id=external_id))
            else:
                commands.append(world.whatsapp("hi", number=number, external_id=external_id))
        for command in random.sample(commands * 2, len(commands) * 2):
            await world.attach(command)
            if random.random() < 0.3:
                case = random.choice(world.directory.cases())
                if not case.is_resolved:
                    await resolve_case(ResolveCase(case.id), world.by(), record=world.record, policy=world.policy)
        attached = [fact.contact_id for fact in world.record.all_facts() if isinstance(fact, ContactAttached)]
        assert sorted(attached) == sorted(command.contact_id for command in commands)
        for case in world.directory.cases():
            customers = {fact.customer_id for fact in world.record.facts[case.id] if isinstance(fact, ContactAttached)}
            assert customers == {case.customer_id}
        open_cases = [case.customer_id for case in world.directory.cases() if not case.is_resolved]
        assert len(open_cases) == len(set(open_cases))

    asyncio.run(run())


def state(case: Case) -> dict[str, Any]:
    known = {name: value for name, value in vars(case).items() if not name.startswith("_")}
    known["last_decision"] = None
    return msgspec.to_builtins(known)  # type: ignore[no-any-return]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from(["write", "reply", "resolve", "deliver"]), max_size=12))
def test_what_a_case_decides_on_is_what_its_facts_fold_to(steps: list[str]) -> None:
    """Folding the stored facts one by one, or in two halves, gives the case that recorded them."""

    async def run() -> None:
        world = World()
        case = await world.open_case()
        replies: list[UUID] = []
        for step in steps:
            world.later(minutes=1)
            now = await world.case(case.id)
            if step == "write":
                await world.attach(world.whatsapp("hi"))
            elif step == "reply" and not now.is_resolved:
                replies.append(world.new_id())
                said = RequestReply(case.id, replies[-1], f"This is answer {len(replies)}")
                await request_reply(said, world.by(), record=world.record, policy=world.policy)
            elif step == "resolve" and not now.is_resolved:
                await resolve_case(ResolveCase(case.id), world.by(), record=world.record, policy=world.policy)
            elif step == "deliver" and replies:
                failed = RecordDelivery(case.id, replies[-1], DeliveryStatus.FAILED, world.at)
                await record_delivery(failed, world.told(), record=world.record)
        facts = world.record.facts[case.id]
        assert [fact.originator_version for fact in facts] == list(range(1, len(facts) + 1))
        once, twice = fold(facts), fold(facts)
        assert state(once) == state(twice)
        assert once.version == len(facts)
        assert (once.resolved_at is not None) == (once.status is CaseStatus.RESOLVED)

    asyncio.run(run())


def fold(facts: list[Fact]) -> Case:
    case: Any = None
    for fact in facts:
        case = fact.mutate(case)
    assert isinstance(case, Case)
    return case
