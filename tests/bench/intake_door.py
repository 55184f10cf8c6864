"""The front door alone in a process: WhatsApp's webhook as it is, and beside it a route that only reads the body."""

from __future__ import annotations

import asyncio
import sys

import uvloop
from litestar import Litestar, asgi
from litestar.types import Receive, Scope, Send

from contracts.vocabulary import Channel
from infra.clock import SystemClock
from infra.http_tracing import HttpTracing
from infra.postgres import open_pool
from infra.sealing import KeyRing
from infra.serving import serving
from services.channels.http.answers import accepted, give
from services.channels.http.body import read_body
from services.channels.http.webhooks import Webhooks
from services.channels.providers import DOORS
from services.channels.settings import AccountSettings, ChannelsSettings
from services.channels.workers.hubs import PostgresHubs
from services.channels.workers.raw_keeper import RawKeeper
from tests.bench.stand import KEK

ACCOUNT, SECRET = "bench", "of-the-bench"
BODY_BYTES_MAX = 4 * 1024 * 1024


async def serve(database: str, keys_database: str) -> None:
    pool = await open_pool(database, application_name="bench")
    keys_pool = await open_pool(keys_database, application_name="bench", size_max=4)
    account = AccountSettings(Channel.WHATSAPP, ACCOUNT, ACCOUNT, {"app_secret": (SECRET,)})
    keeper = RawKeeper(pool, KeyRing(keys_pool, KEK), lambda: None)
    webhooks = Webhooks(
        doors=DOORS,
        settings=ChannelsSettings.of((account,), region="NL", digest=""),
        store=keeper,
        hubs=PostgresHubs(pool, SystemClock()),
        clock=SystemClock(),
        ids=keeper.ids,
    )

    @asgi("/channels", is_mount=True, copy_scope=False)
    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        await webhooks(scope, receive, send)  # type: ignore[arg-type]

    @asgi("/nothing", is_mount=True, copy_scope=False)
    async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
        del scope
        await read_body(receive, {}, bytes_max=BODY_BYTES_MAX)  # type: ignore[arg-type]
        await give(send, accepted(DOORS[Channel.WHATSAPP].spec, new=True))  # type: ignore[arg-type]

    app = HttpTracing(Litestar([door, nothing], openapi_config=None, logging_config=None))
    server = serving(app, port=0, log_level="error", lifespan="off")
    answering, keeping = asyncio.create_task(server.serve()), asyncio.create_task(keeper.run())
    while not server.started:  # noqa: ASYNC110  (uvicorn sets no event)
        await asyncio.sleep(0.01)
    sys.stdout.write(f"{server.servers[0].sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await answering
    keeping.cancel()


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1], sys.argv[2]))
