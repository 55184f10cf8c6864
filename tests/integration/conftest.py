"""What tests of the machinery between services share."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator

import pytest
import structlog

from infra.bus import Bus
from infra.migrate import migrate
from infra.postgres import open_pool
from tests.integration.router_on_postgres import Router
from tests.support.one_service import (
    OneService,
    fresh_origin,
    one_service,
)
from tests.support.two_services import Downstream


@pytest.fixture
async def bus(nats_url: str) -> AsyncIterator[Bus]:
    bus = Bus(nats_url, name="test")
    await bus.start()
    await bus.wait_connected()
    yield bus
    await bus.stop()


@pytest.fixture
async def upstream(database: str) -> AsyncIterator[OneService]:
    async with one_service(database, fresh_origin()) as service:
        yield service


@pytest.fixture
async def downstream(keys_database: str) -> AsyncIterator[Downstream]:
    pool = await open_pool(keys_database, application_name="downstream", size_max=6)
    await migrate(pool)
    await pool.execute("CREATE TABLE effects (position bigint, text text, id bigint GENERATED ALWAYS AS IDENTITY)")
    yield Downstream(pool)
    await pool.close()


@pytest.fixture
async def router(database: str) -> AsyncIterator[Router]:
    pool = await open_pool(database, application_name="routing", size_max=8)
    await migrate(pool, "services.routing.migrations")
    yield Router(pool)
    await pool.close()


@pytest.fixture
def plain_logs() -> Iterator[None]:
    """Whatever a test makes of logging is undone."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
