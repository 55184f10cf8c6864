"""The chat's door over plain ASGI: who is let in, how much may be said, and how it ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from contracts.vocabulary import Channel, DeliveryStatus
from infra.clock import SystemIds, SystemTokens
from services.channels.domain.chat_frames import FRAME_BYTES_MAX
from services.channels.domain.chat_identity import Identity, sign_identity
from services.channels.domain.chat_pace import ChatLimits
from services.channels.domain.inbound import ContactArrived
from services.channels.http.chat_sockets import ChatSockets
from services.channels.http.chat_visitor import ChatParts
from services.channels.ports import StoredReply
from services.channels.providers import chat
from services.channels.settings import AccountSettings, ChannelsSettings
from tests.unit.channels.in_memory import NOW, REPLY_ID, MemoryRawStore, SetClock

ORIGIN, KEY, SECRET = "https://shop.example", "widget-key", "identity-secret"
ANSWER_S_MAX = 5.0


class MemoryChats:
    """`ports.ChatStore` and `ports.ChatLines` without a database."""

    def __init__(self) -> None:
        self.digests: dict[UUID, bytes | None] = {}
        self.waiting: dict[UUID, list[StoredReply]] = {}
        self.reported: list[tuple[DeliveryStatus, int]] = []

    async def has_session(self, visitor_id: UUID, digest: bytes) -> bool:
        return self.digests.get(visitor_id) == digest

    async def remember(self, _account_id: UUID, visitor_id: UUID, digest: bytes | None, _at: datetime) -> None:
        self.digests.setdefault(visitor_id, digest)

    async def replies_after(self, visitor_id: UUID, seq: int) -> Sequence[StoredReply]:
        return [reply for reply in self.waiting.get(visitor_id, ()) if reply.seq > seq]

    async def not_told(self, visitor_id: UUID, _status: DeliveryStatus, seq: int) -> Sequence[UUID]:
        return [reply.contact_id for reply in self.waiting.get(visitor_id, ()) if reply.seq <= seq]

    async def told(self, _visitor_id: UUID, status: DeliveryStatus, seq: int) -> None:
        self.reported.append((status, seq))

    @contextmanager
    def listen(self, _visitor_id: UUID) -> Iterator[asyncio.Event]:
        yield asyncio.Event()


class Socket:
    """One page's end of an ASGI websocket."""

    def __init__(self, door: Door, *, origin: str = ORIGIN, address: str = "192.0.2.1") -> None:
        self._in: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
        self._out: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
        scope = {
            "type": "websocket", "path": "/chat/web", "client": (address, 1),
            "headers": [(b"origin", origin.encode())],
        }  # fmt: skip
        self._in.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(door.sockets(scope, self._in.get, self._out.put))

    async def event(self) -> MutableMapping[str, Any]:
        async with asyncio.timeout(ANSWER_S_MAX):
            return await self._out.get()

    def say(self, **frame: Any) -> None:
        self._in.put_nowait({"type": "websocket.receive", "text": json.dumps(frame)})

    def say_bytes(self, data: bytes) -> None:
        self._in.put_nowait({"type": "websocket.receive", "bytes": data})

    async def hear(self) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads((await self.event())["text"])
        return frame

    async def greeted(self, **more: Any) -> dict[str, Any]:
        assert (await self.event())["type"] == "websocket.accept"
        self.say(**{"type": "hello", "widget_key": KEY, **more})
        return await self.hear()

    async def ended(self) -> tuple[str, int]:
        """The last word, and the code of the close."""
        word = (await self.hear())["code"]
        close = await self.event()
        assert close["type"] == "websocket.close"
        await self.task
        return word, close["code"]

    async def hang_up(self) -> None:
        self._in.put_nowait({"type": "websocket.disconnect", "code": 1006})
        await self.task


class Door:
    def __init__(self, **limits: float) -> None:
        self.store, self.chats, self.clock = MemoryRawStore(), MemoryChats(), SetClock()
        account = AccountSettings(
            channel=Channel.CHAT, account="web", name="The Shop", allowed_origins=(ORIGIN,),
            secrets={"widget_key": (KEY, "former"), "identity_secret": (SECRET,)},
        )  # fmt: skip
        self.parts = ChatParts(
            settings=ChannelsSettings.of((account,), region="NL", digest="d"), store=self.store, chats=self.chats,
            lines=self.chats, clock=self.clock, ids=SystemIds(), tokens=SystemTokens(),
            limits=msgspec.convert(limits, ChatLimits),
        )  # fmt: skip
        self.sockets = ChatSockets(self.parts)


async def test_a_message_is_acknowledged_when_it_is_on_disk_and_not_before() -> None:
    door = Door()
    page = Socket(door)
    await page.greeted()
    door.store.away = True
    page.say(type="message", id="message-1", text="Hello")
    refused = await page.hear()
    assert (refused["code"], refused["id"], refused["retry_after_ms"]) == ("unavailable", "message-1", 1000)
    assert door.store.kept == {}
    door.store.away = False
    page.say(type="message", id="message-1", text="Hello")
    assert await page.hear() == {"type": "accepted", "id": "message-1"}
    (raw,) = door.store.kept.values()
    (item,) = chat.parse(raw, region="NL").items
    assert isinstance(item, ContactArrived)
    assert item.content.text == "Hello"
    assert len(door.chats.digests) == 1, "the session was remembered first"
    await page.hang_up()


async def test_nothing_is_stored_for_who_says_nothing() -> None:
    door = Door()
    for _ in range(5):
        page = Socket(door)
        await page.greeted()
        await page.hang_up()
    assert door.chats.digests == {}


async def test_too_many_frames_are_slowed_down_and_a_flood_is_ended() -> None:
    door = Door(burst_max=3, floods_max=2)
    page = Socket(door)
    await page.greeted()
    for number in range(3):
        page.say(type="message", id=f"message-{number}", text="x")
        assert (await page.hear())["type"] == "accepted"
    page.say(type="message", id="message-3", text="x")
    slowed = await page.hear()
    assert (slowed["code"], slowed["retry_after_ms"]) == ("slow-down", 501)
    door.clock.pass_by(milliseconds=501)
    page.say(type="message", id="message-3", text="x")
    assert (await page.hear())["type"] == "accepted"
    for _ in range(2):
        page.say(type="pong")
    assert (await page.hear())["code"] == "slow-down"
    assert await page.ended() == ("too-many", 4429)


async def test_a_frame_over_the_limit_ends_it_and_a_malformed_one_does_not() -> None:
    page = Socket(Door())
    await page.greeted()
    page.say(type="message", id="message-1")
    malformed = await page.hear()
    assert (malformed["code"], malformed["field"]) == ("malformed-frame", "text")
    page.say(type="hello", widget_key=KEY)
    assert (await page.hear())["code"] == "hello-again"
    page.say_bytes(b"x" * (FRAME_BYTES_MAX + 1))
    assert await page.ended() == ("too-large", 1009)


async def test_who_says_no_hello_or_nothing_any_more_is_let_go() -> None:
    page = Socket(Door(hello_s_max=0.05))
    await page.event()
    assert await page.ended() == ("no-hello", 4408)
    door = Door(ping_every_s=0.05, silence_s_max=60.0)
    page = Socket(door)
    await page.greeted()
    assert await page.hear() == {"type": "ping"}
    door.clock.pass_by(seconds=61)
    while (frame := await page.hear())["type"] == "ping":
        continue
    assert frame["code"] == "silent"
    assert (await page.event())["code"] == 4408


async def test_sockets_are_counted_per_account_and_address() -> None:
    door = Door(sockets_per_account_max=3, sockets_per_address_max=2)
    pages = [Socket(door, address=address) for address in ("192.0.2.1", "192.0.2.1", "192.0.2.2")]
    for page in pages:
        await page.greeted()
    for address in ("192.0.2.1", "192.0.2.3"):
        assert await Socket(door, address=address).event() == {
            "type": "websocket.close", "code": 1008, "reason": ""
        }  # fmt: skip
    await pages[0].hang_up()
    assert (await Socket(door).greeted())["type"] == "welcome"


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "", "https://shop.example.evil.example", "null"])
async def test_a_page_of_another_origin_is_not_let_in(origin: str) -> None:
    assert (await Socket(Door(), origin=origin).event())["type"] == "websocket.close"


async def test_a_former_key_is_good_and_another_is_not() -> None:
    assert (await Socket(Door()).greeted(widget_key="former"))["type"] == "welcome"
    page = Socket(Door())
    assert (await page.greeted(widget_key="guessed"))["code"] == "unauthorised"
    assert (await page.event())["code"] == 4401


async def test_an_identity_that_ends_while_the_line_is_open_ends_the_line() -> None:
    door = Door()
    page = Socket(door)
    identity = sign_identity(Identity(int(NOW.timestamp()) + 60, user_id="42"), SECRET)
    assert (await page.greeted(identity=identity))["signed"] is True
    door.clock.pass_by(seconds=61)
    page.say(type="message", id="message-1", text="x")
    assert await page.ended() == ("identity-ended", 4401)
    assert door.store.kept == {}


async def test_what_one_visitor_has_seen_says_nothing_of_another() -> None:
    door = Door()
    page = Socket(door)
    welcome = await page.greeted()
    page.say(type="message", id="message-1", text="x")
    await page.hear()
    await page.hang_up()
    visitor = UUID(welcome["visitor"])
    door.chats.waiting[visitor] = [StoredReply(7, REPLY_ID, NOW, "one"), StoredReply(8, REPLY_ID, NOW, None)]
    known = {name: welcome[name] for name in ("session", "token")}
    page = Socket(door)
    await page.greeted(**known, visitor="somebody else", seen=9, read=9)
    assert (await page.hear())["text"] == "one"
    await page.hang_up()
    assert door.chats.reported == []
    page = Socket(door)
    await page.greeted(**known, visitor=welcome["visitor"], seen=7, read=7)
    page.say(type="message", id="message-2", text="x")
    assert await page.hear() == {"type": "accepted", "id": "message-2"}, "what may not be said any more is passed over"
    assert door.chats.reported == [(DeliveryStatus.DELIVERED, 7), (DeliveryStatus.READ, 7)]
    await page.hang_up()
