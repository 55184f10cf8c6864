"""The whole service over real HTTP: its own databases, a transport, and the answers a sender can read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from infra.embedded.nats import EmbeddedNats
from infra.postgres import open_pool
from infra.sealing import migrate_keys
from services.channels.app import create_app
from services.channels.http.webhooks import ROUTE
from tests.support.one_service import until
from tests.support.whatsapp_stand_in import WhatsAppStandIn
from tests.unit.channels.door_under_test import SECRET
from tests.unit.channels.doors_under_test import FORM_DOOR, WHATSAPP_DOOR

FORM, WHATSAPP = FORM_DOOR, WHATSAPP_DOOR
CONFIGURATION = """
[[channel_accounts]]
channel = "form"
account = "account-1"

[[channel_accounts]]
channel = "whatsapp"
account = "account-1"
secrets = {{ app_secret = "{secret}", verify_token = "please" }}
api_base = "{api_base}"
"""


@pytest.fixture
async def service(database: str, keys_database: str, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of the service."""
    keys_pool = await open_pool(keys_database, application_name="keys-test")
    await migrate_keys(keys_pool)
    await keys_pool.close()
    nats, platform = EmbeddedNats(tmp_path / "nats"), WhatsAppStandIn()
    await nats.start()
    config = tmp_path / "shop.toml"
    config.write_text(CONFIGURATION.format(secret=SECRET, api_base=platform.url))
    (tmp_path / "kek").write_bytes(b"k" * 32)
    app = create_app(
        {
            "EENDER_DATABASE_URL": database,
            "EENDER_KEYS_URL": keys_database,
            "EENDER_KEK": f"file:{tmp_path / 'kek'}",
            "EENDER_NATS_URL": nats.url,
            "EENDER_CONFIG": str(config),
        }
    )
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done()
        await asyncio.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving
    await nats.stop()
    platform.close()


async def test_a_sender_gets_every_answer_and_the_message_goes_out_to_the_others(service: str, database: str) -> None:
    async with httpx.AsyncClient(base_url=service, timeout=30) as client:
        too_big = await client.post(FORM.path, content=b"x" * 10_000_000, headers=FORM.headers)
        assert (too_big.status_code, too_big.json()["error"]) == (413, "too-large")

        async def parts() -> AsyncIterator[bytes]:
            for _ in range(100):
                yield b"x" * 100_000

        streamed = await client.post(WHATSAPP.path, content=parts())
        assert streamed.status_code == 413
        body = WHATSAPP.body()
        assert (await client.post(WHATSAPP.path, content=body, headers=WHATSAPP.signed(body))).status_code == 200
        assert (await client.post(WHATSAPP.path, content=body)).status_code == 401
        form = await client.post(FORM.path, content=FORM.body(), headers=FORM.headers)
        assert (form.status_code, form.json()) == (202, {"status": "accepted"})
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/elsewhere")).status_code == 404
        published = await _published(database, 2)
        figures = (await client.get("/metrics")).text
        assert 'eender_webhooks_total{channel="whatsapp",result="accepted"}' in figures
        assert ROUTE in figures

        async def ready() -> bool:
            return (await client.get("/readyz")).status_code == 200

        await until(ready)
    assert {json.loads(clear)["channel"] for clear in published} == {"FORM", "WHATSAPP"}


async def _published(database: str, count: int) -> list[bytes]:
    """The clear parts of the contacts, once the log has them."""
    pool = await open_pool(database, application_name="reader")
    sql = """SELECT e.clear FROM es.log l JOIN es.events e USING (stream_id, version)
             WHERE e.topic = 'channels.contact.received.v1'"""

    async def all_there() -> bool:
        return len(await pool.fetch(sql)) >= count

    await until(all_there)
    rows = await pool.fetch(sql)
    await pool.close()
    assert len(rows) == count
    return [row["clear"] for row in rows]
