"""Contacts that an agent writes down, and handles an agent learns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contracts.content import AliasContent, HandleContent
from contracts.stored import Committed
from contracts.vocabulary import (
    CaseStatus,
    Channel,
    Direction,
    HandleAssurance,
    HandleKind,
    Refusal,
    RefusalCode,
    Visibility,
)
from services.case.commands.add_handle import AddHandle, add_handle
from services.case.commands.link_handles import LinkHandles, link_handles
from services.case.commands.record_contact import HandleGiven, RecordContact, record_contact
from services.case.commands.resolve_case import ResolveCase, resolve_case
from services.case.domain.customer import Customer
from tests.unit.case.world import AUDITOR, PHONE, World


async def recorded(world: World, **given: object) -> Committed:
    defaults = {"channel": Channel.VOICE, "direction": Direction.INBOUND, "text": "They called."}
    if "customer_id" not in given:
        defaults["handle"] = HandleGiven(HandleKind.PHONE, "06 12345678")  # type: ignore[assignment]
    command = RecordContact(
        contact_id=world.new_id(),
        new_case_id=world.new_id(),
        new_customer_id=world.new_id(),
        **{**defaults, **given},  # type: ignore[arg-type]
    )
    return await record_contact(
        command, world.by(), record=world.record, directory=world.directory, policy=world.policy
    )


async def refusal_of(world: World, **given: object) -> tuple[RefusalCode, tuple[str, ...]]:
    with pytest.raises(Refusal) as refused:
        await recorded(world, **given)
    return refused.value.code, refused.value.path


async def test_a_call_of_somebody_unknown_makes_a_customer_with_that_number() -> None:
    world = World()
    case = await world.case_of(await recorded(world))
    (customer,) = world.directory.customers()
    (handle,) = customer.handles.values()
    assert (handle.value, handle.assurance) == (PHONE, HandleAssurance.AGENT_RECORDED)
    (contact,) = case.contacts.values()
    assert (contact.account, contact.handle_id, contact.visibility) == (None, handle.handle_id, Visibility.PRIVATE)


async def test_a_call_raises_the_number_somebody_typed_and_whatsapp_then_finds_them() -> None:
    world = World()
    form = await world.attach(world.form(email="sam@shop.example", phone=PHONE))
    call = await recorded(world)
    message = await world.attach(world.whatsapp())
    assert call.outcome["case_id"] == form.outcome["case_id"] == message.outcome["case_id"]
    (customer,) = world.directory.customers()
    assert {(handle.kind, handle.assurance) for handle in customer.handles.values()} == {
        (HandleKind.EMAIL, HandleAssurance.SELF_ASSERTED),
        (HandleKind.PHONE, HandleAssurance.AGENT_RECORDED),
        (HandleKind.WHATSAPP, HandleAssurance.PLATFORM),
    }


async def test_a_call_goes_to_who_holds_the_number_for_sure_not_to_who_typed_it() -> None:
    world = World()
    typed = await world.attach(world.form(email="thief@nowhere.example", phone=PHONE))
    sure = await world.attach(world.whatsapp())
    assert sure.outcome["customer_id"] != typed.outcome["customer_id"]
    call = await recorded(world)
    assert call.outcome["customer_id"] == sure.outcome["customer_id"]


async def test_a_new_case_is_opened_where_it_is_asked_for() -> None:
    world = World()
    case = await world.open_case()
    other = await recorded(world, customer_id=case.customer_id, new_case=True)
    assert other.outcome["case_id"] != str(case.id)
    assert other.outcome["customer_id"] == str(case.customer_id)


async def test_what_we_did_on_a_resolved_case_leaves_it_resolved_what_they_did_reopens_it() -> None:
    world = World()
    case = await world.open_case()
    await resolve_case(ResolveCase(case.id), world.by(), record=world.record, policy=world.policy)
    await recorded(world, customer_id=case.customer_id, case_id=case.id, direction=Direction.OUTBOUND)
    assert (await world.case(case.id)).status is CaseStatus.RESOLVED
    await recorded(world, customer_id=case.customer_id, case_id=case.id)
    assert (await world.case(case.id)).status is CaseStatus.OPEN


async def test_what_was_said_before_others_is_public() -> None:
    world = World()
    case = await world.case_of(await recorded(world, channel=Channel.FACEBOOK))
    assert [contact.visibility for contact in case.contacts.values()] == [Visibility.PUBLIC]


async def test_a_contact_written_down_wrongly_is_refused() -> None:
    world = World()
    case = await world.open_case()
    other = await world.open_case(number="+31699999999")
    invalid = RefusalCode.INVALID_INPUT
    own = {"customer_id": case.customer_id}
    assert await refusal_of(world, text=" ") == (invalid, ("text",))
    assert await refusal_of(world, text="x" * 65_537) == (RefusalCode.TEXT_TOO_LONG, ("text",))
    assert await refusal_of(world, handle=HandleGiven(HandleKind.PHONE, "call me")) == (
        invalid,
        ("customer", "handle", "value"),
    )
    assert await refusal_of(world, customer_id=world.new_id()) == (RefusalCode.NOT_FOUND, ("customer", "id"))
    assert await refusal_of(world, **own, case_id=world.new_id()) == (RefusalCode.NOT_FOUND, ("caseId",))
    assert await refusal_of(world, **own, case_id=other.id) == (invalid, ("caseId",))
    assert await refusal_of(world, **own, case_id=case.id, new_case=True) == (invalid, ("newCase",))
    assert await refusal_of(world, occurred_at=world.at + timedelta(hours=1)) == (invalid, ("occurredAt",))
    assert await refusal_of(world, customer_id=None) == (invalid, ("customer",))
    assert len(world.directory.cases()) == 2


async def test_a_contact_written_down_repeatedly_or_in_a_race_is_one() -> None:
    world = World()
    world.record.lose_races(2)
    command = RecordContact(
        world.new_id(),
        Channel.VOICE,
        Direction.INBOUND,
        "Hi",
        world.new_id(),
        world.new_id(),
        handle=HandleGiven(HandleKind.EMAIL, "Sam@Shop.example"),
    )
    context = world.by()
    ports: dict[str, Any] = {"record": world.record, "directory": world.directory, "policy": world.policy}
    first = await record_contact(command, context, **ports)
    assert (await record_contact(command, context, **ports)).outcome == first.outcome
    case = await world.case_of(first)
    assert len(case.contacts) == 1


# handles


async def add(world: World, customer: Customer, kind: HandleKind, value: str) -> Committed:
    return await add_handle(
        AddHandle(customer.id, kind, value),
        world.by(),
        record=world.record,
        directory=world.directory,
        policy=world.policy,
    )


async def test_a_handle_is_added_once_and_a_typed_one_becomes_sure() -> None:
    world = World()
    await world.attach(world.form(email="sam@shop.example"))
    (customer,) = world.directory.customers()
    for _ in range(2):
        await add(world, customer, HandleKind.EMAIL, " Sam@Shop.example ")
    (customer,) = world.directory.customers()
    (handle,) = customer.handles.values()
    assert handle.assurance is HandleAssurance.AGENT_RECORDED


async def test_a_handle_that_another_holds_for_sure_is_taken_a_typed_one_is_not() -> None:
    world = World()
    await world.open_case()
    await world.attach(world.form(email="other@shop.example"))
    first, second = world.directory.customers()
    with pytest.raises(Refusal) as refused:
        await add(world, second, HandleKind.WHATSAPP, PHONE)
    assert (refused.value.code, refused.value.path) == (RefusalCode.HANDLE_TAKEN, ("value",))
    await add(world, first, HandleKind.EMAIL, "other@shop.example")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (HandleKind.EMAIL, "nobody"),
        (HandleKind.EMAIL, "a b@shop.example"),
        (HandleKind.PHONE, "12"),
        (HandleKind.WHATSAPP, "hello"),
        (HandleKind.X, ""),
        (HandleKind.X, "a\nb"),
        (HandleKind.X, "x" * 321),
    ],
)
async def test_what_is_no_address_is_refused(kind: HandleKind, value: str) -> None:
    world = World()
    await world.open_case()
    (customer,) = world.directory.customers()
    with pytest.raises(Refusal) as refused:
        await add(world, customer, kind, value)
    assert (refused.value.code, refused.value.path) == (RefusalCode.INVALID_INPUT, ("value",))


async def test_an_auditor_adds_no_handle_and_an_unknown_customer_gets_none() -> None:
    world = World()
    ports: dict[str, Any] = {"record": world.record, "directory": world.directory, "policy": world.policy}
    command = AddHandle(world.new_id(), HandleKind.EMAIL, "a@shop.example")
    for actor_context, code in ((world.by(AUDITOR), RefusalCode.FORBIDDEN), (world.by(), RefusalCode.NOT_FOUND)):
        with pytest.raises(Refusal) as refused:
            await add_handle(command, actor_context, **ports)
        assert refused.value.code is code


# aliases


async def alias(world: World, old: str, new: str) -> None:
    content = AliasContent(HandleContent(HandleKind.WHATSAPP, old), HandleContent(HandleKind.WHATSAPP, new))
    await link_handles(
        LinkHandles(content), world.told(), record=world.record, directory=world.directory, policy=world.policy
    )


async def test_a_changed_number_stays_the_same_customers() -> None:
    world = World()
    case = await world.open_case()
    for _ in range(2):
        await alias(world, PHONE, "+31687654321")
    again = await world.open_case("it is me", number="+31687654321")
    assert again.id == case.id


async def test_an_alias_that_joins_two_customers_or_nobody_does_nothing() -> None:
    world = World()
    await world.open_case()
    await world.open_case(number="+31687654321")
    before = len(world.record.all_facts())
    await alias(world, PHONE, "+31687654321")
    await alias(world, "+31600000001", "+31600000002")
    assert len(world.record.all_facts()) == before


async def test_a_call_from_an_unknown_number_about_a_case_is_of_that_cases_customer() -> None:
    world = World()
    case = await world.open_case()
    new_number = HandleGiven(HandleKind.PHONE, "+31687654321")
    call = await recorded(world, handle=new_number, case_id=case.id)
    assert call.outcome["customer_id"] == str(case.customer_id)
    (customer,) = world.directory.customers()
    assert ("+31687654321", HandleAssurance.AGENT_RECORDED) in {
        (handle.value, handle.assurance) for handle in customer.handles.values()
    }


async def test_a_call_from_a_number_that_another_holds_for_sure_is_not_put_on_somebody_elses_case() -> None:
    world = World()
    case = await world.open_case()
    await recorded(world, handle=HandleGiven(HandleKind.PHONE, "+31687654321"))
    refused = await refusal_of(world, handle=HandleGiven(HandleKind.PHONE, "+31687654321"), case_id=case.id)
    assert refused == (RefusalCode.INVALID_INPUT, ("caseId",))
