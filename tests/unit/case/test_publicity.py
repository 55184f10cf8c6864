from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.content import HandleContent
from contracts.vocabulary import Channel, HandleAssurance, HandleKind, Refusal, RefusalCode, Visibility
from services.case.commands.attach_contact import AttachContact
from services.case.commands.request_reply import RequestReply, request_reply
from services.case.domain.case import Case
from services.case.domain.contact_facts import ReplyRequested
from services.case.domain.publicity import Known, personal_data
from tests.unit.case.world import World

SAM = Known(
    shown=("7770", "Sam"),
    names=("Sam de Visser",),
    addresses=("sam.visser@customer.example", "+31612345678"),
    case_number="57",
    told=("My order is NL-2026-001234, I live at number 12.",),
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("We mail sam.visser@customer.example", "a mail address"),
        ("We mail SAM.VISSER@CUSTOMER.EXAMPLE.", "a mail address"),
        ("Write to someone.else@other.example", "a mail address"),
        ("We call you on 06-12345678", "a phone number"),
        ("We call you on +31 6 12 34 56 78", "a phone number"),
        ("We call you on 06 / 1234.5678 today", "a phone number"),
        ("Is it \uff10\uff16\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18?", "a phone number"),
        ("Call Jan on 020 123 45 67", "a phone number"),
        ("Dear mr Visser", "the customer's name"),
        ("Dear VISSER!", "the customer's name"),
        ("See case 57", "the case's number"),
        ("Zaak: #57 is open", "the case's number"),
        ("We found NL-2026-001234", "what was told in private"),
        ("We found nl2026001234", "what was told in private"),
        ("Your number 111222333 is known", "a citizen's number"),
        ("Paid from NL91 ABNA 0417 1643 00", "a bank account"),
        ("Card 4111 1111 1111 1111 was refused", "a card's number"),
        ("We send it to 1234 AB", "an address"),
    ],
)
def test_s067_what_would_tell_the_public_more_is_found(text: str, kind: str) -> None:
    assert kind in personal_data(text, SAM)


@pytest.mark.parametrize(
    "text",
    [
        "Hi Sam, sorry to read that! Would you send us a private message?",
        "Mail us at webcare@shop.example, or call 0800-1234 or 088 123 45 67.",
        "It costs 57 euros until 01-12-2026, order before 23:59.",
        "We were open from 2010 MB or not, and 1000 KM away.",
        "@7770 thanks, 12 of 57 people said so.",
        "Delivered between 09:00-12:00 on 2026-11-21.",
        "A visser caught 1234 fish.",
        "",
    ],
)
def test_what_tells_nothing_may_be_said(text: str) -> None:
    assert personal_data(text, SAM) == ()


def test_the_number_of_the_account_itself_is_no_secret() -> None:
    known = Known(shown=("4111111111111111",))
    assert personal_data("@4111111111111111 thanks", known) == ()
    assert personal_data("@4111111111111112 4111 1111 1111 1111", Known()) == ("a card's number",)


def test_a_name_that_the_account_shows_may_be_said() -> None:
    assert personal_data("Thanks, Sam Visser!", Known(shown=("@sam.visser",), names=("Sam Visser",))) == ()
    assert personal_data("Thanks, Sam!", Known(shown=("@cat99",), names=("Sam Visser",))) == ("the customer's name",)


@given(
    number=st.from_regex(r"\+316[0-9]{8}", fullmatch=True),
    separators=st.lists(st.sampled_from(["", " ", "-", ".", "/", " - "[:2]]), min_size=9, max_size=9),
    before=st.sampled_from(["", "call ", "Tel: ", "(", "on: "]),
)
def test_a_known_number_is_found_however_it_is_written(number: str, separators: list[str], before: str) -> None:
    national = "0" + number[3:]
    written = national[0] + "".join(gap + digit for gap, digit in zip(separators, national[1:], strict=True))
    assert "a phone number" in personal_data(f"{before}{written} today", Known(addresses=(number,)))


@given(text=st.text(max_size=200), told=st.text(max_size=50), name=st.text(max_size=30))
def test_any_text_has_an_answer(text: str, told: str, name: str) -> None:
    assert isinstance(personal_data(text, Known(names=(name,), told=(told,))), tuple)


def comment(world: World, text: str, *, visibility: Visibility = Visibility.PUBLIC) -> AttachContact:
    handles = (HandleContent(HandleKind.INSTAGRAM, "7770", display="sam"),)
    told = world.contact(Channel.INSTAGRAM, "ig-1", handles, HandleAssurance.PLATFORM, text)
    return msgspec.structs.replace(told, visibility=visibility)


async def refused(world: World, case: Case, text: str, **wish: Any) -> tuple[RefusalCode, tuple[str, ...]] | None:
    command = RequestReply(case_id=case.id, contact_id=world.new_id(), text=text, **wish)
    try:
        await request_reply(command, world.by(), record=world.record, policy=world.policy)
    except Refusal as refusal:
        return refusal.code, refusal.path
    return None


async def test_s067_s081_nothing_leaves_in_public_unless_it_is_said_so() -> None:
    world = World()
    case = await world.case_of(await world.attach(comment(world, "never an answer")))
    assert await refused(world, case, "Sorry!") == (RefusalCode.VISIBILITY_REQUIRED, ("visibility",))
    assert await refused(world, case, "Sorry!", visibility=Visibility.PUBLIC) is None


async def test_nothing_is_said_in_a_group_unless_it_is_said_so() -> None:
    world = World()
    case = await world.case_of(await world.attach(comment(world, "in a group", visibility=Visibility.LIMITED)))
    assert await refused(world, case, "Sorry!") == (RefusalCode.VISIBILITY_REQUIRED, ("visibility",))
    assert await refused(world, case, "Sorry!", visibility=Visibility.LIMITED) is None


async def test_s067_what_was_told_in_private_is_not_said_in_public_but_may_be_said_in_private() -> None:
    world = World()
    case = await world.case_of(await world.attach(comment(world, "never an answer")))
    await world.attach(comment(world, "it is order 2026-7712", visibility=Visibility.PRIVATE))
    public = await refused(world, case, "Order 20267712 is on its way", visibility=Visibility.PUBLIC)
    assert public == (RefusalCode.PUBLIC_PERSONAL_DATA, ("text",))
    assert await refused(world, case, "Order 20267712 is on its way", visibility=Visibility.PRIVATE) is None


async def test_a_public_complaint_can_be_answered_in_private_for_seven_days() -> None:
    world = World()
    case = await world.case_of(await world.attach(comment(world, "never an answer")))
    world.later(days=7, hours=1)
    closed = await refused(world, case, "Which order?", visibility=Visibility.PRIVATE)
    assert closed == (RefusalCode.CHANNEL_WINDOW_CLOSED, ("channel",))
    assert await refused(world, case, "Sorry!", visibility=Visibility.PUBLIC) is None


async def test_an_answer_to_a_private_message_never_leaves_in_public() -> None:
    world = World()
    case = await world.case_of(await world.attach(comment(world, "first in private", visibility=Visibility.PRIVATE)))
    (message,) = case.contacts
    world.later(minutes=1)
    await world.attach(comment(world, "then in public"))
    assert await refused(world, case, "Here it is.", in_reply_to=message) is None
    facts = [fact for fact in world.record.facts[case.id] if isinstance(fact, ReplyRequested)]
    assert [(fact.visibility, fact.in_reply_to) for fact in facts] == [(Visibility.PRIVATE, message)]
    wrong = await refused(world, case, "Here it is.", in_reply_to=message, visibility=Visibility.PUBLIC)
    assert wrong == (RefusalCode.CHANNEL_CANNOT_REPLY, ("visibility",))


async def test_a_private_message_in_its_window_goes_before_the_one_private_answer_to_a_comment() -> None:
    world = World()
    case = await world.case_of(await world.attach(comment(world, "in private", visibility=Visibility.PRIVATE)))
    world.later(minutes=1)
    await world.attach(comment(world, "then in public"))
    assert await refused(world, case, "One", visibility=Visibility.PRIVATE) is None
    world.later(days=2)
    assert await refused(world, case, "Two", visibility=Visibility.PRIVATE) is None
    facts = [fact for fact in world.record.facts[case.id] if isinstance(fact, ReplyRequested)]
    assert [fact.quoted for fact in facts] == [False, True]
