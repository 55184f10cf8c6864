"""Mail handed over to a real SMTP server: what is taken, what is not, and what nobody knows."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import closing
from uuid import UUID

import msgspec
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from contracts.content import HandleContent
from contracts.vocabulary import HandleKind
from infra.clock import SystemClock
from services.channels.domain.outbound import MailCall, Reply, SendRefused, SendTarget, TakenOver, TryLater
from services.channels.ports import AnswerLost, NothingSent
from services.channels.providers.email_replies import interpret, render
from services.channels.workers import smtp_poster
from services.channels.workers.smtp_poster import SmtpPoster
from tests.support.mail_stand import PASSWORD, SmtpSink, free_port, smtp_sink

SUPPORT = "support@shop.example"
REPLY_ID = UUID("0190a1b2-0000-7000-8000-000000000001")


@pytest.fixture
def server() -> Iterator[tuple[SmtpSink, str]]:
    with smtp_sink() as running:
        yield running


@pytest.fixture
def poster() -> SmtpPoster:
    return SmtpPoster(SystemClock())


def call_to(url: str, *, text: str = "Hello", password: str | None = None) -> MailCall:
    target = SendTarget(api_base=url, sender_id=SUPPORT, secrets={"password": password} if password else {})
    to = HandleContent(HandleKind.EMAIL, "sam@customer.example")
    return render(Reply(contact_id=REPLY_ID, to=to, text=text), target)


async def test_a_mail_is_taken_whole_and_dated(server: tuple[SmtpSink, str], poster: SmtpPoster) -> None:
    sink, url = server
    text = "Hello\n.\n.dots and ünïcode\n" + "long " * 500
    result = await poster.post(call_to(url, text=text))
    assert interpret(result) == TakenOver(f"<{REPLY_ID}@shop.example>")
    (handed,) = sink.handed
    assert (handed.sender, handed.recipients) == (SUPPORT, ["sam@customer.example"])
    payload = handed.message.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode().replace("\r\n", "\n").strip() == text.strip()
    assert handed.message["Date"] is not None
    assert all(len(line) <= 998 for line in handed.data.splitlines())


async def test_not_now_is_tried_later_and_no_is_a_refusal(server: tuple[SmtpSink, str], poster: SmtpPoster) -> None:
    sink, url = server
    sink.recipient_answers = ["451 4.7.1 Greylisted", "550 5.1.1 No such user"]
    sink.answers = ["452 4.3.1 Disk full", "554 5.7.1 Looks like spam"]
    outcomes = [interpret(await poster.post(call_to(url))) for _ in range(4)]
    assert [type(outcome) for outcome in outcomes] == [TryLater, SendRefused, TryLater, SendRefused]
    assert sink.handed == []


async def test_a_server_that_never_says_what_became_of_it_may_have_sent_it(
    server: tuple[SmtpSink, str], poster: SmtpPoster, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink, url = server
    sink.hang = True
    monkeypatch.setattr(smtp_poster, "ANSWER_SECONDS_MAX", 0.3)
    with pytest.raises(AnswerLost):
        await poster.post(call_to(url))
    assert len(sink.handed) == 1


async def test_a_connection_that_is_cut_after_the_text_may_have_sent_it(poster: SmtpPoster) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hi\r\n")
        while (line := await reader.readline()) and line.strip().upper() != b"DATA":
            writer.write(b"250 ok\r\n")
        writer.write(b"354 go on\r\n")
        await reader.readuntil(b"\r\n.\r\n")
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as running:
        with pytest.raises(AnswerLost):
            await poster.post(call_to(f"smtp://127.0.0.1:{running.sockets[0].getsockname()[1]}"))


async def test_before_the_text_nothing_was_sent(poster: SmtpPoster, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NothingSent):
        await poster.post(call_to(f"smtp://127.0.0.1:{free_port()}"))
    monkeypatch.setattr(smtp_poster, "CONNECT_SECONDS_MAX", 0.2)
    with closing(socket.create_server(("127.0.0.1", 0))) as silent, pytest.raises(NothingSent):
        await poster.post(call_to(f"smtp://127.0.0.1:{silent.getsockname()[1]}"))
    with pytest.raises(NothingSent):
        await poster.post(call_to("smtps://127.0.0.1:1"))


async def test_a_login_is_made_where_there_is_one_and_a_wrong_one_is_a_refusal(poster: SmtpPoster) -> None:
    def authenticate(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (SUPPORT.encode(), PASSWORD.encode()), handled=False)

    sink = SmtpSink()
    controller = Controller(
        sink,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=authenticate,
        auth_require_tls=False,
    )
    controller.start()
    try:
        url = f"smtp://127.0.0.1:{controller.port}"
        assert isinstance(interpret(await poster.post(call_to(url, password=PASSWORD))), TakenOver)
        refused = interpret(await poster.post(call_to(url, password="wrong")))
        assert isinstance(refused, SendRefused)
        assert refused.retryable
        assert len(sink.handed) == 1
    finally:
        controller.stop()


async def test_what_is_counted_and_shown_holds_no_address(server: tuple[SmtpSink, str], poster: SmtpPoster) -> None:
    sink, url = server
    sink.recipient_answers = ["550 5.1.1 <sam@customer.example> is unknown"]
    refused = interpret(await poster.post(call_to(url)))
    assert b"@" not in msgspec.json.encode(refused)
    assert json.loads(msgspec.json.encode(refused))["code"] == "smtp-5.1.1"
