"""Requests are watched by route template: never by path, query, header or body."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar, Response, post
from litestar.exceptions import InternalServerException
from litestar.params import FromPath
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import REGISTRY

from infra import telemetry
from infra.http_tracing import HttpTracing
from infra.telemetry import current_traceparent

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"


@post("/channels/{channel:str}/{account:str}", status_code=202)
async def webhook(channel: FromPath[str], account: FromPath[str]) -> Response[dict[str, str | None]]:
    if account == "broken":
        raise InternalServerException("+31612345678")
    return Response({"traceparent": current_traceparent()}, status_code=202)


@pytest.fixture
def finished() -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    telemetry.configure("channels", exporter=exporter)
    return exporter


@pytest.fixture
async def client(finished: InMemorySpanExporter) -> AsyncIterator[httpx.AsyncClient]:
    app = Litestar([webhook], openapi_config=None, logging_config=None)
    transport = httpx.ASGITransport(app=HttpTracing(app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://channels.example") as client:
        yield client
    telemetry.shutdown()


async def test_a_request_continues_its_callers_trace(client: httpx.AsyncClient, finished: InMemorySpanExporter) -> None:
    headers = {"traceparent": f"00-{TRACE_ID}-00f067aa0ba902b7-01"}
    answer = await client.post("/channels/whatsapp/waba-1?hub=secret", headers=headers)
    assert answer.json()["traceparent"].split("-")[1] == TRACE_ID
    (span,) = finished.get_finished_spans()
    assert span.parent is not None
    assert f"{span.parent.trace_id:032x}" == TRACE_ID


async def test_a_span_knows_the_route_and_not_the_url(
    client: httpx.AsyncClient, finished: InMemorySpanExporter
) -> None:
    await client.post("/channels/whatsapp/waba-1?hub=secret", headers={"x-secret": "secret"}, content=b"secret")
    (span,) = finished.get_finished_spans()
    assert span.name == "POST /channels/{channel}/{account}"
    assert dict(span.attributes or {}) | {"eender.request.id": None} == {
        "eender.request.id": None,
        "http.request.method": "POST",
        "http.route": "/channels/{channel}/{account}",
        "http.response.status_code": 202,
    }
    assert "secret" not in span.to_json()
    assert "waba-1" not in span.to_json()


async def test_a_path_that_leads_nowhere_is_not_written_down(
    client: httpx.AsyncClient, finished: InMemorySpanExporter
) -> None:
    assert (await client.get("/+31612345678")).status_code == 404
    (span,) = finished.get_finished_spans()
    assert span.name == "GET unmatched"
    assert "31612345678" not in span.to_json()


async def test_a_failure_of_ours_is_an_error_without_its_message(
    client: httpx.AsyncClient, finished: InMemorySpanExporter
) -> None:
    assert (await client.post("/channels/whatsapp/broken")).status_code == 500
    (span,) = finished.get_finished_spans()
    assert not span.status.is_ok
    assert "31612345678" not in span.to_json()


async def test_health_questions_leave_no_spans(client: httpx.AsyncClient, finished: InMemorySpanExporter) -> None:
    await client.get("/healthz")
    assert finished.get_finished_spans() == ()


async def test_a_request_is_counted_by_route_and_kind_of_answer(client: httpx.AsyncClient) -> None:
    labels = {"method": "POST", "route": "/channels/{channel}/{account}", "status": "2xx"}
    name = "eender_http_request_duration_seconds_count"
    before = REGISTRY.get_sample_value(name, labels) or 0
    await client.post("/channels/whatsapp/waba-1")
    assert REGISTRY.get_sample_value(name, labels) == before + 1


@pytest.mark.parametrize(
    "own", ["4bf92f3577b34da6", "01a20151-cf5d-7c8b-9578-542d140b7884", "01JDAZ5QXB6J2J8FQ5K3N6T9VR"]
)
async def test_a_callers_request_id_comes_back_and_stands_in_the_span(
    client: httpx.AsyncClient, finished: InMemorySpanExporter, own: str
) -> None:
    answer = await client.post("/channels/whatsapp/waba-1", headers={"x-request-id": own})
    (span,) = finished.get_finished_spans()
    assert answer.headers["x-request-id"] == own == (span.attributes or {})["eender.request.id"]


@pytest.mark.parametrize("own", [None, "", "sam.bakker@example.org", "+31612345678", "a" * 65])
async def test_a_request_id_that_is_missing_or_may_name_somebody_is_replaced(
    client: httpx.AsyncClient, finished: InMemorySpanExporter, own: str | None
) -> None:
    answers = [
        await client.post("/channels/whatsapp/waba-1", headers={} if own is None else {"x-request-id": own})
        for _ in range(2)
    ]
    ids = [answer.headers["x-request-id"] for answer in answers]
    assert len({own, *ids}) == 3
    assert not own or own not in "".join(span.to_json() for span in finished.get_finished_spans())
