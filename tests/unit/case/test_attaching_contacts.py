"""Where a contact goes: its customer, its case, once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
import pytest

from contracts.content import HandleContent
from contracts.stored import AlreadyDone, CommandContext
from contracts.vocabulary import (
    AssignmentReason,
    CaseStatus,
    Channel,
    ContactKind,
    ContentState,
    Direction,
    HandleAssurance,
    HandleKind,
    ResolutionOutcome,
    Visibility,
    id_of,
    system_actor,
)
from services.case.commands.assign_case import AssignCase, assign_case
from services.case.commands.attach_contact import AttachContact, attach_contact
from services.case.commands.resolve_case import ResolveCase, resolve_case
from services.case.domain.assignments import RoutedDecision
from services.case.domain.case import Case
from services.case.domain.case_facts import Opened, Reopened
from services.case.domain.contact_facts import ContactAttached
from services.case.domain.policy import CasePolicy
from services.case.domain.reopening import KnownCase
from tests.unit.case.world import BOB, PHONE, World


async def resolved(world: World, case: Case) -> None:
    await resolve_case(ResolveCase(case.id), world.by(), record=world.record, policy=world.policy)


async def test_a_first_contact_makes_a_customer_and_a_case() -> None:
    world = World()
    case = await world.open_case("My parcel is late.\nWhere is it?", name="Sam Visser")
    assert (case.status, case.number) == (CaseStatus.OPEN, "100001")
    assert case.subject == "My parcel is late. Where is it?"
    (customer,) = world.directory.customers()
    assert customer.id == case.customer_id
    assert customer.name == "Sam Visser"
    (handle,) = customer.handles.values()
    assert (handle.kind, handle.value, handle.assurance) == (HandleKind.WHATSAPP, PHONE, HandleAssurance.PLATFORM)
    (contact,) = case.contacts.values()
    assert contact.handle_id == handle.handle_id


async def test_the_content_goes_under_the_customers_key_and_the_first_key_is_noted() -> None:
    world = World()
    command = world.whatsapp()
    case = await world.case_of(await world.attach(command))
    scope = case.sealing()
    assert (scope.subject_id, scope.scope_id) == (case.customer_id, case.id)
    (attached,) = [fact for fact in world.record.all_facts() if isinstance(fact, ContactAttached)]
    assert attached.content_key_id == command.content_key_id


async def test_a_contact_told_twice_is_attached_once() -> None:
    world = World()
    command = world.whatsapp()
    first = await world.attach(command)
    again = await world.attach(command)
    assert again.outcome["case_id"] == first.outcome["case_id"]
    assert len([fact for fact in world.record.all_facts() if isinstance(fact, ContactAttached)]) == 1


async def test_a_message_of_the_log_that_took_effect_takes_none_again() -> None:
    world = World()
    context = world.told()
    ports: dict[str, Any] = {"record": world.record, "directory": world.directory, "policy": world.policy}
    await attach_contact(world.whatsapp(), context, **ports)
    other = CommandContext(world.new_id(), context.actor, context.at, world.new_id(), once=context.once)
    with pytest.raises(AlreadyDone):
        await attach_contact(world.whatsapp("another"), other, **ports)


async def test_a_contact_that_loses_the_race_is_decided_again_and_attached_once() -> None:
    world = World()
    world.record.lose_races(2)
    case = await world.open_case()
    assert len(case.contacts) == 1
    assert len(world.directory.customers()) == 1


async def test_a_second_contact_joins_the_open_case() -> None:
    world = World()
    case = await world.open_case("one")
    world.later(hours=1)
    again = await world.open_case("two")
    assert again.id == case.id
    assert [contact.text for contact in again.contacts.values()] == ["one", "two"]
    assert again.subject == "one"


async def test_a_resolved_case_reopens_with_its_assignee_when_its_customer_writes_again() -> None:
    world = World()
    case = await world.open_case()
    bob = id_of("agent", "bob")
    decision = AssignCase(
        case.id, RoutedDecision(world.new_id(), AssignmentReason.LEAST_LOADED, "1", world.at, agent_id=bob)
    )
    await assign_case(decision, world.by(system_actor("routing")), record=world.record)
    await resolved(world, case)
    world.later(days=13)
    again = await world.open_case("it is broken again")
    assert again.id == case.id
    assert again.status is CaseStatus.OPEN
    assert again.assignee_id == bob
    assert again.resolved_at is None


async def test_after_the_days_for_reopening_a_new_case_begins() -> None:
    world = World()
    case = await world.open_case()
    await resolved(world, case)
    world.later(days=15)
    again = await world.open_case("something else")
    assert again.id != case.id
    assert again.customer_id == case.customer_id


async def test_without_days_for_reopening_only_a_thread_reopens() -> None:
    world = World(CasePolicy(reopen_days=0))
    first = await world.attach(world.whatsapp())
    case = await world.case_of(first)
    await resolved(world, case)
    world.later(minutes=1)
    other = await world.open_case("new matter")
    assert other.id != case.id
    answer = world.whatsapp("about the old one", in_reply_to=UUID(first.outcome["contact_id"]))
    assert (await world.case_of(await world.attach(answer))).id == case.id


async def test_a_thread_in_somebody_elses_case_is_not_followed() -> None:
    world = World()
    first = await world.attach(world.whatsapp())
    stranger = world.whatsapp("mine", number="+31699999999", in_reply_to=UUID(first.outcome["contact_id"]))
    case = await world.case_of(await world.attach(stranger))
    assert str(case.id) != first.outcome["case_id"]


async def test_a_contact_whose_key_is_gone_is_attached_without_words() -> None:
    world = World()
    command = world.contact(Channel.FORM, "site", (), HandleAssurance.SELF_ASSERTED, None)
    gone = type(command)(**{**{f: getattr(command, f) for f in command.__struct_fields__}, "content": None})
    case = await world.case_of(await world.attach(gone))
    (contact,) = case.contacts.values()
    assert contact.text_state is ContentState.ERASED


async def test_an_echo_of_the_channels_own_app_is_an_outbound_contact_and_the_case_waits() -> None:
    world = World()
    case = await world.open_case()
    world.later(minutes=5)
    echo = world.whatsapp("On its way.", direction=Direction.OUTBOUND, name="The shop")
    after = await world.case_of(await world.attach(echo))
    assert after.id == case.id
    assert after.status is CaseStatus.WAITING
    assert [contact.direction for contact in after.contacts.values()] == [Direction.INBOUND, Direction.OUTBOUND]
    (customer,) = world.directory.customers()
    assert customer.name is None


def commented(world: World, text: str = "My bike is broken", **given: Any) -> AttachContact:
    handles = () if given.get("direction") is Direction.OUTBOUND else (HandleContent(HandleKind.FACEBOOK, "7001"),)
    comment = world.contact(Channel.FACEBOOK, "page-1", handles, HandleAssurance.PLATFORM, text, **given)
    return msgspec.structs.replace(comment, kind=ContactKind.COMMENT, visibility=Visibility.PUBLIC)


async def test_an_echo_that_names_nobody_goes_where_what_it_answers_is() -> None:
    world = World()
    comment = commented(world)
    case = await world.case_of(await world.attach(comment))
    echo = commented(world, "Sorry!", direction=Direction.OUTBOUND, in_reply_to=comment.contact_id)
    after = await world.case_of(await world.attach(echo))
    assert (after.id, after.status) == (case.id, CaseStatus.WAITING)
    said, answer = after.contacts.values()
    assert (answer.direction, answer.handle_id) == (Direction.OUTBOUND, said.handle_id)
    assert len(world.directory.customers()) == 1
    # What we say below our own answer belongs there as well.
    more = commented(world, "We call you.", direction=Direction.OUTBOUND, in_reply_to=echo.contact_id)
    assert (await world.case_of(await world.attach(more))).id == case.id


async def test_an_echo_below_a_mention_takes_it_up_and_one_below_nothing_we_know_opens_nothing() -> None:
    world = World()
    praise = commented(world, "What a great shop, thank you")
    assert "mention_id" in (await world.attach(praise)).outcome
    thanks = commented(world, "You are welcome!", direction=Direction.OUTBOUND, in_reply_to=praise.contact_id)
    case = await world.case_of(await world.attach(thanks))
    assert list(case.contacts) == [praise.contact_id, thanks.contact_id]
    assert case.status is CaseStatus.WAITING
    lost = commented(world, "Hello?", direction=Direction.OUTBOUND, in_reply_to=world.new_id())
    assert (await world.attach(lost)).outcome == {}
    assert len(world.directory.customers()) == 1


async def test_an_echo_on_a_resolved_case_does_not_reopen_it() -> None:
    world = World()
    case = await world.open_case()
    await resolved(world, case)
    world.later(minutes=5)
    echo = world.whatsapp("All the best.", direction=Direction.OUTBOUND)
    after = await world.case_of(await world.attach(echo))
    assert (after.id, after.status) == (case.id, CaseStatus.RESOLVED)


async def test_a_customer_who_answers_makes_us_move() -> None:
    world = World()
    case = await world.open_case()
    await world.attach(world.whatsapp("Which order?", direction=Direction.OUTBOUND))
    world.later(minutes=5)
    assert (await world.open_case("number 7")).status is CaseStatus.OPEN
    assert not any(isinstance(fact, Reopened) for fact in world.record.facts[case.id])


async def test_two_contacts_of_one_customer_at_once_open_one_case() -> None:
    """The second decides on what it saw before the first was stored, and loses the customer's version."""
    world = World()
    case = await world.open_case()
    await resolved(world, case)
    world.later(days=20)
    holders = world.directory.cases_of_customer
    seen_before = await holders(case.customer_id)
    stale = iter([seen_before])

    async def late(customer_id: UUID) -> Sequence[KnownCase]:
        return next(stale, None) or await holders(customer_id)

    ports: dict[str, Any] = {"record": world.record, "policy": world.policy}
    slow = world.whatsapp("one")
    original_load = world.record.load
    interrupted = False

    async def load(kind: Any, stream_id: UUID) -> Any:
        nonlocal interrupted
        found = await original_load(kind, stream_id)
        if not interrupted and kind.__name__ == "Customer":
            interrupted = True
            await attach_contact(world.whatsapp("two"), world.told(), directory=world.directory, **ports)
            world.directory.cases_of_customer = late  # type: ignore[method-assign]
        return found

    world.record.load = load  # type: ignore[method-assign]
    context = world.told()
    await attach_contact(slow, context, directory=world.directory, **ports)
    opened = [fact for fact in world.record.all_facts() if isinstance(fact, Opened)]
    assert len(opened) == 2  # the old one and one new one
    assert len((await world.case(opened[1].originator_id)).contacts) == 2


async def test_a_platforms_user_id_keeps_a_customer_whose_number_changed() -> None:
    world = World()
    user = HandleContent(HandleKind.WHATSAPP, "NL.1234abcd")

    def message(number: str) -> AttachContact:
        handles = (HandleContent(HandleKind.WHATSAPP, number), user)
        return world.contact(Channel.WHATSAPP, "waba-1", handles, HandleAssurance.PLATFORM, "hi")

    first = await world.attach(message(PHONE))
    second = await world.attach(message("+31687654321"))
    assert first.outcome["customer_id"] == second.outcome["customer_id"]
    (customer,) = world.directory.customers()
    assert {handle.value for handle in customer.handles.values()} == {PHONE, "NL.1234abcd", "+31687654321"}


async def test_resolving_as_spam_is_no_reason_to_reopen_elsewhere() -> None:
    world = World()
    case = await world.open_case()
    spam = ResolveCase(case.id, outcome=ResolutionOutcome.SPAM)
    await resolve_case(spam, world.by(BOB), record=world.record, policy=world.policy)
    assert (await world.open_case("again")).id == case.id


async def test_a_form_names_a_new_customer_but_nobody_who_exists() -> None:
    world = World()
    await world.attach(world.form(email="sam@shop.example"))
    await world.attach(world.form(email="sam@shop.example", name="Mallory"))
    await world.attach(world.form(email="kim@shop.example", name=" Kim \n de Wit "))
    assert [customer.name for customer in world.directory.customers()] == [None, "Kim de Wit"]


async def test_a_platforms_name_is_taken_for_a_customer_without_one() -> None:
    world = World()
    await world.open_case()
    await world.open_case(name="Sam")
    await world.open_case(name="Sammy")
    assert [customer.name for customer in world.directory.customers()] == ["Sam"]
