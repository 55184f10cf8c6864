"""The channels service with a chat on it, as its own server on a real Postgres: stopped and started as a test likes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from contracts.content import HandleContent, ReplyContent
from contracts.stored import CommandContext
from contracts.vocabulary import NAMESPACE, Channel, DeliveryStatus, HandleKind, system_actor
from infra.clock import SystemClock, SystemIds
from infra.embedded.nats import EmbeddedNats
from infra.event_store import PostgresRecord
from infra.postgres import Pool, open_pool
from infra.sealing import KeyRing, migrate_keys
from infra.sql import statements
from services.channels.app import STATEMENTS, create_app
from services.channels.commands.request_delivery import RequestDelivery, request_delivery
from services.channels.domain.chat_identity import Identity, sign_identity
from services.channels.domain.delivery import Delivery
from services.channels.projections import PROJECTIONS
from tests.support.one_service import until

KEK = b"k" * 32
KEY, IDENTITY_SECRET = "widget-key-of-a-test", "identity-secret-of-a-test"
ORIGIN = "https://shop.example"
CONFIGURATION = f"""
[[channel_accounts]]
channel = "chat"
account = "web"
name = "The Shop"
allowed_origins = ["{ORIGIN}"]
secrets = {{ widget_key = "{KEY}", identity_secret = "{IDENTITY_SECRET}" }}
"""
ANSWER_S_MAX = 30.0


class Page:
    """A page of the shop: what it says and hears, and what it would keep."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.kept: dict[str, Any] = {}

    async def say(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(ANSWER_S_MAX):
            frame: dict[str, Any] = json.loads(await self.socket.recv())
        return frame

    async def hello(self, **more: Any) -> dict[str, Any]:
        await self.say(**{"type": "hello", "v": 1, "widget_key": KEY, **more})
        welcome = await self.hear()
        if welcome["type"] == "welcome":
            self.kept = {name: welcome[name] for name in ("visitor", "session", "token") if name in welcome}
        return welcome

    async def ended(self) -> tuple[int, str]:
        """With which code and word it was closed."""
        async with asyncio.timeout(ANSWER_S_MAX):
            await self.socket.wait_closed()
        return self.socket.close_code or 0, self.socket.close_reason or ""


class ChatService:
    """`pool`, `record`: a look at its database, and a hand for the case service's part."""

    def __init__(self, environment: dict[str, str], pool: Pool, record: PostgresRecord) -> None:
        self.pool = pool
        self.record = record
        self._environment = environment
        self._server: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self.port = 0

    async def start(self) -> None:
        config = uvicorn.Config(
            create_app(self._environment), port=self.port, log_config=None, access_log=False,
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._serving = asyncio.create_task(self._server.serve())
        while not self._server.started:
            assert not self._serving.done()
            await asyncio.sleep(0.02)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        assert self._serving is not None
        self._server.should_exit = True
        await self._serving

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def page(self, *, origin: str | None = ORIGIN, account: str = "web") -> AsyncIterator[Page]:
        url = f"ws://127.0.0.1:{self.port}/channels/chat/{account}"
        headers = {"origin": origin} if origin is not None else {}
        async with connect(url, additional_headers=headers, proxy=None, max_size=None) as socket:
            yield Page(socket)

    async def answer(self, visitor: str, text: str, *, number: int = 1) -> UUID:
        """What an agent answers, as the case service would ask for it."""
        contact_id = uuid5(NAMESPACE, f"chat reply {visitor} {number}")
        now, ids = SystemClock().now(), SystemIds()
        command = RequestDelivery(
            contact_id=contact_id, case_id=uuid5(NAMESPACE, f"case {visitor}"),
            customer_id=uuid5(NAMESPACE, f"customer {visitor}"), channel=Channel.CHAT, account="web",
            handle_kind=HandleKind.CHAT_VISITOR, requested_at=now, in_reply_to=None,
            content=ReplyContent(to=HandleContent(HandleKind.CHAT_VISITOR, visitor), text=text),
        )  # fmt: skip
        context = CommandContext(ids.new(), system_actor("case"), now, ids.new())
        await request_delivery(command, context, record=self.record)
        return contact_id

    async def status_of(self, contact_id: UUID) -> DeliveryStatus | None:
        delivery = await self.record.load(Delivery, contact_id)
        return None if delivery is None else delivery.status

    async def until_status(self, contact_id: UUID, status: DeliveryStatus) -> None:
        async with asyncio.timeout(ANSWER_S_MAX):
            while await self.status_of(contact_id) is not status:  # noqa: ASYNC110  (it lies in a server)
                await asyncio.sleep(0.05)

    async def received(self, count: int) -> int:
        """How many contacts came in, once there are so many."""
        sql = "SELECT count(*) FROM es.events WHERE topic = 'channels.contact.received.v1'"

        async def so_many() -> bool:
            return bool(await self.pool.fetchval(sql) >= count)

        await until(so_many)
        return int(await self.pool.fetchval(sql))


@asynccontextmanager
async def chat_service(database: str, keys_database: str, folder: Path) -> AsyncIterator[ChatService]:
    keys_pool = await open_pool(keys_database, application_name="keys-test")
    await migrate_keys(keys_pool)
    nats = EmbeddedNats(folder / "nats")
    await nats.start()
    (folder / "shop.toml").write_text(CONFIGURATION)
    (folder / "kek").write_bytes(KEK)
    environment = {
        "EENDER_DATABASE_URL": database,
        "EENDER_KEYS_URL": keys_database,
        "EENDER_KEK": f"file:{folder / 'kek'}",
        "EENDER_NATS_URL": nats.url,
        "EENDER_CONFIG": str(folder / "shop.toml"),
    }
    pool = await open_pool(database, application_name="chat-test", size_max=4)
    record = PostgresRecord(pool, KeyRing(keys_pool, KEK), PROJECTIONS, statements(*STATEMENTS), lambda: None)
    service = ChatService(environment, pool, record)
    await service.start()
    try:
        yield service
    finally:
        await service.stop()
        await pool.close()
        await keys_pool.close()
        await nats.stop()


def vouched(secret: str = IDENTITY_SECRET, **claims: Any) -> str:
    """What the shop's site says of who is logged in; it ends in an hour unless said."""
    ends = int(SystemClock().now().timestamp()) + 3600
    return sign_identity(Identity(**{"expires_at": ends, **claims}), secret)
