"""Replies, notes, resolutions, assignments and what becomes of a reply: happens, refused, repeated, loses the race."""

from __future__ import annotations

from uuid import UUID

import pytest

from contracts.stored import IdempotencyMismatch
from contracts.vocabulary import (
    CaseStatus,
    Channel,
    DeliveryStatus,
    Refusal,
    RefusalCode,
    Visibility,
    WaitingFor,
    id_of,
)
from services.case.commands.add_note import AddNote, add_note
from services.case.commands.record_delivery import RecordDelivery, record_delivery
from services.case.commands.request_reply import RequestReply, request_reply
from services.case.commands.resolve_case import ResolveCase, resolve_case
from services.case.domain.case import Case
from services.case.domain.case_facts import NoteAdded, Resolved
from services.case.domain.contact_facts import ReplyRequested
from services.case.domain.policy import CasePolicy
from tests.unit.case.world import ANNA, AUDITOR, PHONE, World


async def replied(world: World, case: Case, text: str = "On its way.", **given: object) -> UUID:
    command = RequestReply(case.id, world.new_id(), text, **given)  # type: ignore[arg-type]
    await request_reply(command, world.by(), record=world.record, policy=world.policy)
    return command.contact_id


async def refusal_of(
    world: World, case: Case, text: str = "On its way.", **given: object
) -> tuple[RefusalCode, tuple[str, ...]]:
    with pytest.raises(Refusal) as refused:
        await replied(world, case, text, **given)
    return refused.value.code, refused.value.path


# replies


async def test_a_reply_leaves_by_the_way_the_customer_came_and_the_case_waits() -> None:
    world = World()
    case = await world.open_case()
    contact_id = await replied(world, case)
    after = await world.case(case.id)
    assert (after.status, after.waiting_for) == (CaseStatus.WAITING, WaitingFor.CUSTOMER)
    assert after.contacts[contact_id].delivery_status is DeliveryStatus.REQUESTED
    (fact,) = [fact for fact in world.record.facts[case.id] if isinstance(fact, ReplyRequested)]
    assert (fact.channel, fact.account, fact.agent_ref) == (Channel.WHATSAPP, "waba-1", "anna")
    assert fact.content is not None
    assert (fact.content.to.value, fact.content.text) == (PHONE, "On its way.")
    assert not fact.quoted


async def test_a_reply_to_one_message_says_which() -> None:
    world = World()
    case = await world.open_case(external_id="wamid.IN")
    (contact_id,) = case.contacts
    await replied(world, case, in_reply_to=contact_id)
    (fact,) = [fact for fact in world.record.facts[case.id] if isinstance(fact, ReplyRequested)]
    assert (fact.in_reply_to, fact.quoted) == (contact_id, True)


async def test_a_reply_is_refused_where_it_cannot_be_sent() -> None:
    world = World()
    case = await world.open_case()
    codes = RefusalCode
    assert await refusal_of(world, case, "  ") == (codes.INVALID_INPUT, ("text",))
    assert await refusal_of(world, case, "x" * 4097) == (codes.TEXT_TOO_LONG, ("text",))
    assert await refusal_of(world, case, channel=Channel.FORM) == (codes.CHANNEL_CANNOT_REPLY, ("channel",))
    assert await refusal_of(world, case, handle_id=world.new_id()) == (codes.NO_HANDLE_FOR_CHANNEL, ("handleId",))
    assert await refusal_of(world, case, account_id=world.new_id()) == (codes.NO_HANDLE_FOR_CHANNEL, ("accountId",))
    assert await refusal_of(world, case, in_reply_to=world.new_id()) == (codes.INVALID_INPUT, ("inReplyTo",))
    assert await refusal_of(world, case, visibility=Visibility.PUBLIC) == (
        codes.CHANNEL_CANNOT_REPLY,
        ("visibility",),
    )
    assert (await world.case(case.id)).version == case.version


async def test_a_reply_by_the_named_account_and_handle_is_sent() -> None:
    world = World()
    case = await world.open_case()
    (contact,) = case.contacts.values()
    account_id = id_of("account", "WHATSAPP", "waba-1")
    await replied(world, case, channel=Channel.WHATSAPP, account_id=account_id, handle_id=contact.handle_id)


async def test_a_form_brings_no_address_that_a_reply_may_go_to() -> None:
    world = World()
    case = await world.case_of(await world.attach(world.form(email="sam@shop.example", phone=PHONE)))
    assert (await refusal_of(world, case))[0] is RefusalCode.CHANNEL_CANNOT_REPLY
    assert (await refusal_of(world, case, channel=Channel.WHATSAPP)) == (
        RefusalCode.NO_HANDLE_FOR_CHANNEL,
        ("channel",),
    )


async def test_a_day_after_the_customers_last_message_the_window_is_closed() -> None:
    world = World()
    case = await world.open_case()
    world.later(hours=24)
    assert (await refusal_of(world, case))[0] is RefusalCode.CHANNEL_WINDOW_CLOSED


async def test_a_reply_on_a_resolved_case_is_refused() -> None:
    world = World()
    case = await world.open_case()
    await resolve_case(ResolveCase(case.id), world.by(), record=world.record, policy=world.policy)
    assert await refusal_of(world, case) == (RefusalCode.CASE_RESOLVED, ("caseId",))


async def test_a_reply_repeated_under_its_key_is_sent_once() -> None:
    world = World()
    case = await world.open_case()
    context = world.by(request_digest=b"1")
    command = RequestReply(case.id, world.new_id(), "Hello")
    first = await request_reply(command, context, record=world.record, policy=world.policy)
    again = await request_reply(
        RequestReply(case.id, world.new_id(), "Hello"), context, record=world.record, policy=world.policy
    )
    assert (again.outcome, again.repeated) == (first.outcome, True)
    assert sum(isinstance(fact, ReplyRequested) for fact in world.record.all_facts()) == 1


async def test_a_reply_that_loses_the_race_is_sent_once() -> None:
    world = World()
    case = await world.open_case()
    world.record.lose_races(3)
    await replied(world, case)
    assert sum(isinstance(fact, ReplyRequested) for fact in world.record.all_facts()) == 1


# deliveries


async def test_a_delivery_moves_forward_and_never_back() -> None:
    world = World()
    case = await world.open_case()
    contact_id = await replied(world, case)
    for status in (DeliveryStatus.SENT, DeliveryStatus.READ, DeliveryStatus.DELIVERED, DeliveryStatus.FAILED):
        command = RecordDelivery(case.id, contact_id, status, world.at)
        await record_delivery(command, world.told(), record=world.record)
    after = await world.case(case.id)
    assert after.contacts[contact_id].delivery_status is DeliveryStatus.READ
    assert after.status is CaseStatus.WAITING


async def test_when_the_last_reply_failed_we_are_to_move() -> None:
    world = World()
    case = await world.open_case()
    contact_id = await replied(world, case)
    command = RecordDelivery(case.id, contact_id, DeliveryStatus.FAILED, world.at, code="131047", reason="no")
    await record_delivery(command, world.told(), record=world.record)
    assert (await world.case(case.id)).status is CaseStatus.OPEN


async def test_an_answer_to_a_reply_finds_its_case() -> None:
    world = World()
    case = await world.open_case()
    contact_id = await replied(world, case)
    sent = RecordDelivery(case.id, contact_id, DeliveryStatus.SENT, world.at)
    await record_delivery(sent, world.told(), record=world.record)
    await resolve_case(ResolveCase(case.id), world.by(), record=world.record, policy=world.policy)
    world.later(days=100)
    answer = world.whatsapp("thanks?", in_reply_to=contact_id)
    committed = await world.attach(answer)
    assert committed.outcome["case_id"] == str(case.id)


# notes and resolutions


async def test_a_note_is_kept_on_resolved_cases_too() -> None:
    world = World()
    case = await world.open_case()
    await resolve_case(ResolveCase(case.id), world.by(), record=world.record, policy=world.policy)
    note = AddNote(case.id, world.new_id(), " Carrier called. ")
    await add_note(note, world.by(), record=world.record)
    (fact,) = [fact for fact in world.record.all_facts() if isinstance(fact, NoteAdded)]
    assert fact.text == "Carrier called."


@pytest.mark.parametrize("text", ["", "   ", "a\x00b", "half \ud800"])
async def test_a_note_without_words_is_refused(text: str) -> None:
    world = World()
    case = await world.open_case()
    with pytest.raises(Refusal) as refused:
        await add_note(AddNote(case.id, world.new_id(), text), world.by(), record=world.record)
    assert (refused.value.code, refused.value.path) == (RefusalCode.INVALID_INPUT, ("text",))


async def test_a_note_under_a_used_key_for_another_text_is_refused() -> None:
    world = World()
    case = await world.open_case()
    context = world.by(request_digest=b"1")
    await add_note(AddNote(case.id, world.new_id(), "one"), context, record=world.record)
    other = type(context)(context.command_id, ANNA, world.at, world.new_id(), request_digest=b"2")
    with pytest.raises(IdempotencyMismatch):
        await add_note(AddNote(case.id, world.new_id(), "two"), other, record=world.record)


async def test_a_note_that_loses_the_race_is_kept_once() -> None:
    world = World()
    case = await world.open_case()
    world.record.lose_races(1)
    await add_note(AddNote(case.id, world.new_id(), "one"), world.by(), record=world.record)
    assert sum(isinstance(fact, NoteAdded) for fact in world.record.all_facts()) == 1


async def test_a_case_is_resolved_once() -> None:
    world = World()
    case = await world.open_case()
    context = world.by()
    await resolve_case(ResolveCase(case.id), context, record=world.record, policy=world.policy)
    await resolve_case(ResolveCase(case.id), context, record=world.record, policy=world.policy)
    assert sum(isinstance(fact, Resolved) for fact in world.record.all_facts()) == 1
    with pytest.raises(Refusal) as refused:
        await resolve_case(ResolveCase(case.id), world.by(), record=world.record, policy=world.policy)
    assert refused.value.code is RefusalCode.CASE_RESOLVED


async def test_a_resolution_on_what_nobody_sees_any_more_is_refused_with_the_version() -> None:
    world = World()
    case = await world.open_case()
    await add_note(AddNote(case.id, world.new_id(), "news"), world.by(), record=world.record)
    with pytest.raises(Refusal) as refused:
        await resolve_case(ResolveCase(case.id), world.by(expected_version=2), record=world.record, policy=world.policy)
    assert (refused.value.code, refused.value.current_version) == (RefusalCode.VERSION_CONFLICT, 3)


async def test_only_configured_causes_are_taken_where_some_are_configured() -> None:
    world = World(CasePolicy(causes=("carrier-late",)))
    case = await world.open_case()
    with pytest.raises(Refusal) as refused:
        await resolve_case(ResolveCase(case.id, cause="weather"), world.by(), record=world.record, policy=world.policy)
    assert (refused.value.code, refused.value.path) == (RefusalCode.INVALID_INPUT, ("cause",))
    await resolve_case(ResolveCase(case.id, cause="carrier-late"), world.by(), record=world.record, policy=world.policy)


async def test_a_case_nobody_knows_is_not_found_and_an_auditor_may_nothing() -> None:
    world = World()
    case = await world.open_case()
    with pytest.raises(Refusal) as refused:
        await add_note(AddNote(world.new_id(), world.new_id(), "x"), world.by(), record=world.record)
    assert (refused.value.code, refused.value.path) == (RefusalCode.NOT_FOUND, ("caseId",))
    with pytest.raises(Refusal) as forbidden:
        await add_note(AddNote(case.id, world.new_id(), "x"), world.by(AUDITOR), record=world.record)
    assert forbidden.value.code is RefusalCode.FORBIDDEN
