"""The case service as it runs: when it says that it can do its work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from contracts.configuration import configuration_digest, parse_configuration
from infra.embedded.nats import EmbeddedNats
from infra.postgres import Pool, open_pool
from services.case.app import create_app
from tests.support.one_service import until

FILE = '[[teams]]\nref = "care"\nname = "Customer care"\n'
DIGEST = configuration_digest(parse_configuration(FILE, {}, lambda _: ""))


@pytest.fixture
async def service(database: str, keys_database: str, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of the service."""
    nats = EmbeddedNats(tmp_path / "nats")
    await nats.start()
    (tmp_path / "shop.toml").write_text(FILE)
    (tmp_path / "kek").write_bytes(b"k" * 32)
    app = create_app(
        {
            "EENDER_DATABASE_URL": database,
            "EENDER_KEYS_URL": keys_database,
            "EENDER_KEK": f"file:{tmp_path / 'kek'}",
            "EENDER_NATS_URL": nats.url,
            "EENDER_CONFIG": str(tmp_path / "shop.toml"),
        }
    )
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  (the server sets no event)
        await asyncio.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving
    await nats.stop()


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    pool = await open_pool(database, application_name="case-service-test", size_max=1)
    yield pool
    await pool.close()


async def reasons(url: str) -> list[str]:
    async with httpx.AsyncClient(trust_env=False) as client:
        found: list[str] = (await client.get(f"{url}/readyz")).json()["reasons"]
    return found


async def apply(pool: Pool, origin: str, digest: str) -> None:
    """As the reaction to what a service says of its configuration notes it."""
    await pool.execute(
        """INSERT INTO applied_configurations (origin, digest) VALUES ($1, $2)
           ON CONFLICT (origin) DO UPDATE SET digest = excluded.digest""",
        origin,
        digest,
    )


async def test_it_is_ready_when_its_configuration_is_seen_and_stays_so_while_others_start_with_another(
    service: str, pool: Pool
) -> None:
    async def only_configurations_are_to_come() -> bool:
        return await reasons(service) == [
            f"the configuration of {origin} has not arrived yet" for origin in ("channels", "routing")
        ]

    await until(only_configurations_are_to_come)
    await apply(pool, "channels", DIGEST)
    assert await reasons(service) == ["the configuration of routing has not arrived yet"]
    await apply(pool, "routing", DIGEST)
    assert await reasons(service) == []
    await apply(pool, "channels", "of another file")
    assert await reasons(service) == []
