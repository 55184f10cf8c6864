"""What an operator asks every service: alive? able to work? and the figures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from litestar import Response, Router, get
from litestar.datastructures import CacheControlHeader
from prometheus_client import REGISTRY, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

READY = 200
NOT_READY = 503

Readiness = Callable[[], Awaitable[list[str]]]
"""Why the service cannot work now, in words for operators; empty: it can."""


def health_router(ready: Readiness) -> Router:
    """The routes `/healthz`, `/readyz` and `/metrics`, open to whoever reaches the port."""

    @get("/healthz", include_in_schema=False, sync_to_thread=False)
    def healthz() -> dict[str, str]:
        """Alive: the process answers."""
        return {"status": "ok"}

    @get("/readyz", include_in_schema=False)
    async def readyz() -> Response[dict[str, object]]:
        """Able to work: 503 and the reasons where it is not."""
        reasons = await _reasons(ready)
        return Response(
            {"ready": not reasons, "reasons": reasons},
            status_code=NOT_READY if reasons else READY,
        )

    @get("/metrics", include_in_schema=False, sync_to_thread=False)
    def figures() -> Response[bytes]:
        """The figures in Prometheus' text form."""
        # As a header: to a media type of text Litestar adds a charset, and Prometheus takes no parameter twice.
        return Response(generate_latest(REGISTRY), headers={"content-type": CONTENT_TYPE_PLAIN_0_0_4})

    return Router(
        path="/",
        route_handlers=[healthz, readyz, figures],
        cache_control=CacheControlHeader(no_store=True),
    )


async def _reasons(ready: Readiness) -> list[str]:
    """A readiness question that fails is itself a reason, told by its class."""
    try:
        return await ready()
    except Exception as error:  # noqa: BLE001  (whatever it is, the service is not ready)
        return [f"readiness could not be asked: {type(error).__qualname__}"]
