"""Alive, able to work, and the figures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from litestar import Litestar

from infra import metrics
from infra.health import health_router


class Service:
    """Answers the readiness question as a test wants it answered."""

    def __init__(self) -> None:
        self.reasons: list[str] = []
        self.failure: Exception | None = None

    async def ready(self) -> list[str]:
        if self.failure is not None:
            raise self.failure
        return self.reasons


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
async def client(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    app: Any = Litestar([health_router(service.ready)], openapi_config=None, logging_config=None)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://case.example") as client:
        yield client


async def test_a_service_that_answers_is_alive_even_when_not_ready(client: httpx.AsyncClient, service: Service) -> None:
    service.reasons = ["the transport is away"]
    answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_a_service_that_can_work_is_ready(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "reasons": []})
    assert answer.headers["cache-control"] == "no-store"


async def test_a_service_that_cannot_work_says_why(client: httpx.AsyncClient, service: Service) -> None:
    service.reasons = ["the database is away", "the configuration is not applied yet"]
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "reasons": service.reasons})


async def test_a_readiness_question_that_fails_is_a_reason(client: httpx.AsyncClient, service: Service) -> None:
    service.failure = RuntimeError("+31612345678")
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["reasons"] == ["readiness could not be asked: RuntimeError"]


async def test_the_figures_are_prometheus_text(client: httpx.AsyncClient) -> None:
    metrics.sequencer_position.set(41)
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "eender_sequencer_position 41.0" in answer.text
