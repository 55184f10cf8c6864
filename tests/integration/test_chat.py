"""The chat over real websockets: nothing is lost, nothing comes twice, whoever hangs up and whenever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from contracts.content import HandleContent
from contracts.stored import CommandContext
from contracts.vocabulary import Channel, DeliveryStatus, HandleKind, system_actor
from infra.clock import SystemClock, SystemIds
from services.channels.commands.begin_forgetting import BeginForgetting, begin_forgetting
from services.channels.commands.record_attempt import RecordAttempt, record_attempt
from services.channels.commands.redact_delivery import RedactDelivery, redact_delivery
from services.channels.domain.contact import Contact
from services.channels.domain.raw import contact_id_of
from services.channels.workers import chat_store
from tests.support.chat_service import ORIGIN, ChatService, chat_service, vouched
from tests.support.one_service import until


@pytest.fixture
async def chat(database: str, keys_database: str, tmp_path: Path) -> AsyncIterator[ChatService]:
    async with chat_service(database, keys_database, tmp_path) as service:
        yield service


async def contact(chat: ChatService, visitor: str, message_id: str) -> Contact:
    await chat.received(1)
    found = await chat.record.load(Contact, contact_id_of(Channel.CHAT, "web", f"{visitor}/{message_id}"))
    assert found is not None
    return found


async def test_s031_a_visitor_writes_and_is_answered_and_each_step_is_told(chat: ChatService) -> None:
    async with chat.page() as page:
        welcome = await page.hello(name="Sam")
        assert (welcome["name"], welcome["signed"]) == ("The Shop", False)
        await page.say(type="message", id="message-1", text="Where is my parcel?")
        assert await page.hear() == {"type": "accepted", "id": "message-1"}
        await contact(chat, welcome["session"], "message-1")

        reply = await chat.answer(welcome["session"], "It comes tomorrow.")
        said = await page.hear()
        assert (said["type"], said["id"], said["text"]) == ("message", str(reply), "It comes tomorrow.")
        await chat.until_status(reply, DeliveryStatus.SENT)
        await page.say(type="delivered", seq=said["seq"])
        await chat.until_status(reply, DeliveryStatus.DELIVERED)
        await page.say(type="read", seq=said["seq"])
        await chat.until_status(reply, DeliveryStatus.READ)


async def test_a_message_that_is_sent_again_by_who_told_a_name_meanwhile_is_one(chat: ChatService) -> None:
    async with chat.page() as page:
        await page.hello()
        await page.say(type="message", id="message-1", text="Hello?")
        await page.hear()
        kept = page.kept
    async with chat.page() as page:
        assert "token" not in await page.hello(**kept, name="Sam", email="sam@shop.example")
        for _ in range(3):
            await page.say(type="message", id="message-1", text="Hello?")
            assert await page.hear() == {"type": "accepted", "id": "message-1"}
        await page.say(type="message", id="message-1", text="Something else")
        assert (await page.hear())["code"] == "id-reused"
        await page.say(type="message", id="message-2", text="Anybody?")
        await page.hear()
    assert await chat.received(2) == 2
    await asyncio.sleep(0.3)
    assert await chat.received(2) == 2


async def test_what_is_answered_while_the_visitor_is_away_waits_also_across_a_restart(chat: ChatService) -> None:
    async with chat.page() as page:
        session = (await page.hello())["session"]
        await page.say(type="message", id="message-1", text="Hello?")
        await page.hear()
        await chat.answer(session, "one", number=1)
        first = await page.hear()
        kept = page.kept
    two, three = [await chat.answer(session, text, number=number) for number, text in ((2, "two"), (3, "three"))]
    await chat.until_status(two, DeliveryStatus.SENT)
    await chat.until_status(three, DeliveryStatus.SENT)
    await chat.stop()
    await chat.start()
    async with chat.page() as page:
        await page.hello(**kept, seen=first["seq"])
        later = [await page.hear(), await page.hear()]
        assert [each["text"] for each in later] == ["two", "three"]
        assert first["seq"] < later[0]["seq"] < later[1]["seq"]
    async with chat.page() as page:
        await page.hello(**kept, seen=first["seq"])
        assert [(await page.hear())["text"] for _ in range(2)] == ["two", "three"], "not acknowledged: said again"
    async with chat.page() as page:
        await page.hello(**kept, seen=later[1]["seq"], read=later[0]["seq"])
        await chat.until_status(two, DeliveryStatus.READ)
        await chat.until_status(three, DeliveryStatus.DELIVERED)


async def test_a_session_without_its_token_is_not_resumed(chat: ChatService) -> None:
    async with chat.page() as page:
        session = (await page.hello())["session"]
        await page.say(type="message", id="message-1", text="Hello?")
        await page.hear()
        kept = page.kept
    await chat.until_status(await chat.answer(session, "private"), DeliveryStatus.SENT)
    for wrong in ({**kept, "token": "guessed"}, {"session": kept["session"], "visitor": kept["visitor"]}):
        async with chat.page() as page:
            welcome = await page.hello(**wrong)
            assert welcome["session"] != session
            await page.say(type="message", id="message-1", text="Hello?")
            assert (await page.hear())["type"] == "accepted"


async def test_who_is_logged_in_on_the_site_is_known_by_its_signed_mail_address(chat: ChatService) -> None:
    async with chat.page() as page:
        welcome = await page.hello(identity=vouched(user_id="42", email="Sam@shop.example", name="Sam"))
        assert (welcome["signed"], "session" in welcome) == (True, False)
        await page.say(type="message", id="message-1", text="It is me")
        await page.hear()
    found = await contact(chat, "user:42", "message-1")
    sam = HandleContent(HandleKind.CHAT_VISITOR, "user:42", "Sam")
    assert found.handles == (sam, HandleContent(HandleKind.EMAIL, "Sam@shop.example"))
    async with chat.page() as laptop:
        await laptop.hello(identity=vouched(user_id="42"))
        await chat.answer("user:42", "On every device")
        assert (await laptop.hear())["text"] == "On every device"


@pytest.mark.parametrize(
    "identity",
    [
        vouched(user_id="42", secret="guessed"),
        vouched(user_id="42", expires_at=1_000_000_000),
        vouched(user_id="42", expires_at=4_000_000_000),
        vouched(),
        vouched(user_id="42")[:-2],
        "x",
    ],
)
async def test_an_identity_that_the_site_does_not_vouch_for_is_refused(chat: ChatService, identity: str) -> None:
    async with chat.page() as page:
        answer = await page.hello(identity=identity)
        assert (answer["type"], answer["code"]) == ("error", "identity-refused")
        assert await page.ended() == (4401, "identity-refused")


async def test_only_pages_of_the_shop_with_its_key_are_let_in(chat: ChatService) -> None:
    for wrong in ({"origin": "https://elsewhere.example"}, {"origin": None}, {"account": "nobody"}):
        with pytest.raises(InvalidStatus):
            async with chat.page(**wrong):
                pass
    async with chat.page(origin=ORIGIN) as page:
        assert (await page.hello(widget_key="guessed"))["code"] == "unauthorised"
        assert await page.ended() == (4401, "unauthorised")


async def test_who_is_forgotten_is_unknown_when_coming_back_and_what_was_answered_is_gone(chat: ChatService) -> None:
    async with chat.page() as page:
        session = (await page.hello())["session"]
        await page.say(type="message", id="message-1", text="Hello?")
        await page.hear()
        kept = page.kept
    reply = await chat.answer(session, "one")
    await chat.until_status(reply, DeliveryStatus.SENT)
    found = await contact(chat, session, "message-1")
    now, ids = SystemClock().now(), SystemIds()
    context = CommandContext(ids.new(), system_actor("case"), now, ids.new())
    await begin_forgetting(BeginForgetting(ids.new(), 0, (found.id, reply)), context, record=chat.record)

    async def is_done() -> bool:
        return bool(await chat.pool.fetchval("SELECT EXISTS (SELECT FROM forgettings WHERE state = 'DONE')"))

    await until(is_done)
    for table in ("chat_visitors", "chat_replies", "windows"):
        assert await chat.pool.fetchval(f"SELECT count(*) FROM {table}") == 0
    async with chat.page() as page:
        welcome = await page.hello(**kept)
        assert welcome["session"] != session
        await page.say(type="message", id="message-1", text="Hello again")
        assert (await page.hear())["type"] == "accepted"


async def test_what_is_redacted_is_not_said_any_more(chat: ChatService) -> None:
    async with chat.page() as page:
        session = (await page.hello())["session"]
        await page.say(type="message", id="message-1", text="Hello?")
        await page.hear()
        kept = page.kept
    for number, text in ((1, "a slip of the tongue"), (2, "Tomorrow.")):
        last = await chat.answer(session, text, number=number)
        await chat.until_status(last, DeliveryStatus.SENT)
        if number == 1:
            now, ids = SystemClock().now(), SystemIds()
            context = CommandContext(ids.new(), system_actor("case"), now, ids.new())
            await redact_delivery(RedactDelivery(last), context, record=chat.record)
    async with chat.page() as page:
        await page.hello(**kept)
        assert (await page.hear())["text"] == "Tomorrow."


async def test_a_try_that_a_crash_cut_off_is_made_again_and_the_answer_comes_once(chat: ChatService) -> None:
    async with chat.page() as page:
        session = (await page.hello())["session"]
        await page.say(type="message", id="message-1", text="Hello?")
        await page.hear()
        await chat.stop()
        kept = page.kept
    reply = await chat.answer(session, "one")
    now, ids = SystemClock().now(), SystemIds()
    crashed = CommandContext(ids.new(), system_actor("channels"), now - timedelta(minutes=2), ids.new())
    await record_attempt(RecordAttempt(reply), crashed, record=chat.record)
    await chat.start()
    await chat.until_status(reply, DeliveryStatus.SENT)
    async with chat.page() as page:
        await page.hello(**kept)
        assert (await page.hear())["text"] == "one"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await page.socket.recv()


async def test_a_visitor_who_stays_away_has_only_so_much_waiting(
    chat: ChatService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_store, "BACKLOG_MAX", 1)
    async with chat.page() as page:
        session = (await page.hello())["session"]
        await page.say(type="message", id="message-1", text="Hello?")
        await page.hear()
    await chat.until_status(await chat.answer(session, "one", number=1), DeliveryStatus.SENT)
    await chat.until_status(await chat.answer(session, "two", number=2), DeliveryStatus.FAILED)
