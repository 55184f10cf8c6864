"""Which contact a mail answers: the surest sign first, and never one of nobody."""

from __future__ import annotations

from uuid import UUID

import pytest

from contracts.content import HandleContent, ReplyContent
from contracts.vocabulary import Channel, HandleKind, Visibility
from services.channels.commands.receive_contact import ReceiveContact, receive_contact
from services.channels.commands.record_attempt import RecordAttempt, record_attempt
from services.channels.commands.record_outcome import RecordOutcome, record_outcome
from services.channels.commands.request_delivery import RequestDelivery, request_delivery
from services.channels.domain.contact_facts import Received
from services.channels.domain.outbound import TakenOver
from services.channels.domain.raw import account_id_of, contact_id_of
from services.channels.domain.reply_address import case_mark, message_id_of
from tests.unit.channels.in_memory import NOW, ChannelsRecord, context
from tests.unit.channels.mail_under_test import REPLY_ID, SUPPORT, contact, raw_mail, with_headers

CASE_ID, OTHER = UUID(int=77), UUID(int=78)


def id_of_mail(message_id: str) -> UUID:
    return contact_id_of(Channel.EMAIL, SUPPORT, message_id)


async def answers(
    record: ChannelsRecord, *headers: str, message_id: str = "<new@x>", told: UUID | None = None
) -> UUID | None:
    """The contact that a mail with these headers is recorded as answering."""
    data = with_headers(f"Message-ID: {message_id}", *headers)
    item, raw = contact(data, answers=told), raw_mail(data.encode(), answers=told)
    await receive_contact(ReceiveContact(item, raw), context(message_id), record=record, directory=record)
    fact = next(
        fact
        for fact in record.all_facts()
        if isinstance(fact, Received) and fact.originator_id == id_of_mail(message_id)
    )
    return fact.in_reply_to


async def replied(record: ChannelsRecord) -> None:
    """A reply of ours is on its way, and the mail server took it."""
    command = RequestDelivery(
        contact_id=REPLY_ID,
        case_id=CASE_ID,
        customer_id=UUID(int=5),
        channel=Channel.EMAIL,
        account=SUPPORT,
        handle_kind=HandleKind.EMAIL,
        requested_at=NOW,
        in_reply_to=None,
        visibility=Visibility.PRIVATE,
        content=ReplyContent(to=HandleContent(HandleKind.EMAIL, "sam@customer.example"), text="Hello"),
    )
    await request_delivery(command, context("request"), record=record)
    await record_attempt(RecordAttempt(REPLY_ID), context("attempt"), record=record)
    outcome = RecordOutcome(
        REPLY_ID, account_id_of(Channel.EMAIL, SUPPORT), TakenOver(message_id_of(SUPPORT, REPLY_ID))
    )
    await record_outcome(outcome, context("outcome"), record=record, directory=record)


OURS = message_id_of(SUPPORT, REPLY_ID)
MARK = f"Subject: late [#{case_mark(CASE_ID)}]"


@pytest.mark.parametrize(
    ("headers", "told", "answered"),
    [
        ((), REPLY_ID, REPLY_ID),
        (("In-Reply-To: <one@x>",), REPLY_ID, REPLY_ID),
        ((f"In-Reply-To: {OURS}",), None, REPLY_ID),
        (("In-Reply-To: <one@x>", f"References: {OURS}"), None, id_of_mail("<one@x>")),
        (("In-Reply-To: <unknown@x>", f"References: <one@x> {OURS} <other@x>"), None, REPLY_ID),
        ((f"References: {OURS} <one@x>",), None, id_of_mail("<one@x>")),
        ((MARK,), None, REPLY_ID),
        (("In-Reply-To: <unknown@x>", MARK), None, REPLY_ID),
        (("In-Reply-To: <unknown@x>",), None, id_of_mail("<unknown@x>")),
        (("Subject: late [#0123456789]",), None, None),
        ((), OTHER, None),
        ((), None, None),
        (("In-Reply-To: ", "References: "), None, None),
    ],
)
async def test_the_surest_sign_decides(headers: tuple[str, ...], told: UUID | None, answered: UUID | None) -> None:
    record = ChannelsRecord()
    await answers(record, message_id="<one@x>")
    await replied(record)
    assert await answers(record, *headers, told=told) == answered


async def test_two_answers_to_a_mail_that_never_came_by_belong_together() -> None:
    record = ChannelsRecord()
    await answers(record, "References: <elsewhere@x>", message_id="<first@x>")
    assert await answers(record, "References: <elsewhere@x>", message_id="<second@x>") == id_of_mail("<first@x>")
    assert await answers(record, "In-Reply-To: <elsewhere@x>", message_id="<third@x>") == id_of_mail("<first@x>")


async def test_mails_without_ids_never_stick_together() -> None:
    record = ChannelsRecord()
    for text in ("One", "Two"):
        data = with_headers("Message-ID: ", "In-Reply-To: ", "References: <>", text=text)
        item = contact(data)
        command = ReceiveContact(item, raw_mail(data.encode()))
        await receive_contact(command, context(text), record=record, directory=record)
    facts = [fact for fact in record.all_facts() if isinstance(fact, Received)]
    assert len({fact.originator_id for fact in facts}) == 2
    assert {fact.in_reply_to for fact in facts} == {None}
