"""A text becomes a mail that finds its thread; what a server says becomes an outcome."""

from __future__ import annotations

import json
from email import message_from_bytes, policy
from typing import Any
from uuid import UUID

import pytest

from contracts.content import HandleContent
from contracts.vocabulary import HandleKind, Refusal, RefusalCode
from services.channels.domain.outbound import (
    CallResult,
    MailCall,
    OutcomeLost,
    Reply,
    SendOutcome,
    SendRefused,
    SendTarget,
    TakenOver,
    TryLater,
)
from services.channels.domain.reply_address import case_mark, reply_of_address
from services.channels.providers.email_replies import interpret, render
from tests.unit.channels.mail_under_test import REPLY_ID, SUPPORT, read

CASE = UUID(int=7)
TARGET = SendTarget(
    api_base="smtps://smtp.shop.example",
    sender_id=SUPPORT,
    sender_name="The Shöp",
    secrets={"password": "p", "reply_secret": "secret"},
)


def rendered(
    text: str = "Hello", *, to: str = "sam@customer.example", target: SendTarget = TARGET, **more: Any
) -> MailCall:
    reply = Reply(contact_id=REPLY_ID, to=HandleContent(HandleKind.EMAIL, to), text=text, case_id=CASE, **more)
    return render(reply, target)


def message_of(call: MailCall) -> Any:
    return message_from_bytes(call.message, policy=policy.default)


def test_a_reply_is_a_mail_in_its_thread_from_the_brand_to_the_customer() -> None:
    thread = tuple(f"<{number}@x.example>" for number in range(30))
    call = rendered("Grüße, €5", subject="Mÿ order", in_reply_to="<in@x.example>", references=thread)
    message = message_of(call)
    assert str(message["From"]) == f"The Shöp <{SUPPORT}>"
    assert str(message["To"]) == "sam@customer.example"
    assert str(message["Subject"]) == f"Re: Mÿ order [#{case_mark(CASE)}]"
    assert message["In-Reply-To"] == "<in@x.example>"
    references = str(message["References"]).split()
    assert (len(references), references[0], references[-1]) == (20, "<0@x.example>", "<in@x.example>")
    assert message.get_content().strip() == "Grüße, €5"
    assert message["Message-ID"] == call.message_id == f"<{REPLY_ID}@shop.example>"
    assert reply_of_address(SUPPORT, call.return_path, ("secret",)) == REPLY_ID
    assert call.return_path in str(message["Reply-To"])
    assert (call.recipient, call.password) == ("sam@customer.example", "p")


def test_what_begins_a_matter_is_no_answer_by_its_subject() -> None:
    message = message_of(rendered(subject="Your order"))
    assert str(message["Subject"]) == f"Your order [#{case_mark(CASE)}]"
    assert "In-Reply-To" not in message


def test_every_try_is_the_same_mail() -> None:
    assert rendered().message == rendered().message


def test_a_call_shows_no_password_and_no_address() -> None:
    assert repr(rendered()).startswith("MailCall(smtps://smtp.shop.example, ")
    assert "@" not in repr(rendered())


@pytest.mark.parametrize("subject", ["Re: late", "AW: late", "Antw: late", f"Re: late [#{case_mark(CASE)}]"])
def test_a_subject_does_not_grow_with_every_answer(subject: str) -> None:
    said = str(message_of(rendered(subject=subject))["Subject"])
    assert said.count(case_mark(CASE)) == 1
    assert not said.startswith("Re: Re:")


def test_nothing_in_a_subject_or_reference_breaks_out_of_its_header() -> None:
    message = message_of(
        rendered(subject="x\r\nBcc: evil@evil.example", in_reply_to="<a@b>\r\nBcc: x", references=("no id",))
    )
    assert message["Bcc"] is None
    assert message["In-Reply-To"] is None
    assert message["References"] is None


def test_without_a_secret_answers_come_to_the_account() -> None:
    plain = SendTarget(api_base="smtp://127.0.0.1", sender_id=SUPPORT)
    call = rendered(target=plain)
    assert (call.return_path, call.password) == (SUPPORT, None)
    assert message_of(call)["Reply-To"] is None


def test_our_own_mail_is_known_when_it_comes_back() -> None:
    returned = read(rendered().message.replace(SUPPORT.encode(), b"forwarder@else.example"))
    assert type(returned).__name__ == "Ignored"


def test_an_international_domain_is_written_as_servers_want_it() -> None:
    assert rendered(to="sam@bücher.example").recipient == "sam@xn--bcher-kva.example"


@pytest.mark.parametrize("to", ["sämm@customer.example", "sam", "@x.example", "a b@x.example", "a@x.example\r\nBcc: y"])
def test_an_address_that_cannot_be_written_to_is_refused(to: str) -> None:
    with pytest.raises(Refusal) as refused:
        rendered(to=to)
    assert refused.value.code is RefusalCode.CHANNEL_CANNOT_REPLY


def test_a_text_without_end_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        rendered("x" * 100_001)
    assert refused.value.code is RefusalCode.TEXT_TOO_LONG


@pytest.mark.parametrize(
    ("status", "said", "outcome"),
    [
        (250, "2.0.0 Ok: queued", TakenOver("<m@x>")),
        (451, "4.7.1 Greylisted", TryLater("smtp-4.7.1", "4.7.1 Greylisted")),
        (421, "closing", TryLater("smtp-421", "closing")),
        (550, "5.1.1 <sam@customer.example> unknown", SendRefused("smtp-5.1.1", "5.1.1 … unknown")),
        (535, "5.7.8 bad login", SendRefused("smtp-5.7.8", "5.7.8 bad login", retryable=True, login=True)),
    ],
)
def test_a_servers_word_is_understood(status: int, said: str, outcome: SendOutcome) -> None:
    body = json.dumps({"message_id": "<m@x>", "said": said}).encode()
    assert interpret(CallResult(status=status, body=body)) == outcome


def test_what_is_taken_without_an_id_may_have_left() -> None:
    assert isinstance(interpret(CallResult(status=250, body=b"{}")), OutcomeLost)
    assert interpret(CallResult(status=450, body=b"x")) == TryLater("smtp-450", "SMTP 450", wait=None)
