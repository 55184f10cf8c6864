"""Objects in a bucket of a store that speaks S3: one request each, signed, with a bound on every wait and answer.

The bucket is there before, private, and its versioning is off: what is deleted is to be gone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

import httpx

from infra.objects.aws_signature import Signer, signed
from infra.objects.port import ObjectsUnavailable

ANSWER_SECONDS_MAX = 30.0
CONNECT_SECONDS_MAX = 5.0
CONNECTIONS_MAX = 8
OBJECT_BYTES_MAX = 128 * 1024 * 1024
NOT_FOUND = 404
_STORED = frozenset({200, 201, 204})


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """Now, in UTC."""
        ...


class S3Objects:
    """Implements `Objects`. `endpoint`: the base URL; the bucket is the first step of its paths."""

    def __init__(self, *, endpoint: str, bucket: str, signer: Signer, clock: Clock) -> None:
        self._base = f"{endpoint.rstrip('/')}/{bucket}"
        self._signer = signer
        self._clock = clock
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(ANSWER_SECONDS_MAX, connect=CONNECT_SECONDS_MAX),
            limits=httpx.Limits(max_connections=CONNECTIONS_MAX, keepalive_expiry=CONNECT_SECONDS_MAX),
            follow_redirects=False,
            trust_env=False,
        )

    async def put(self, object_id: UUID, sealed: bytes) -> None:
        """Store it."""
        status, _ = await self._ask("PUT", object_id, sealed)
        _check(status)

    async def get(self, object_id: UUID) -> bytes | None:
        """The bytes; None where there are none of that id."""
        status, body = await self._ask("GET", object_id)
        if status == NOT_FOUND:
            return None
        _check(status)
        return body

    async def delete(self, object_id: UUID) -> None:
        """Have nothing under that id any more."""
        status, _ = await self._ask("DELETE", object_id)
        if status != NOT_FOUND:
            _check(status)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _ask(self, method: str, object_id: UUID, body: bytes = b"") -> tuple[int, bytes]:
        url = f"{self._base}/{object_id}"
        headers = signed(self._signer, method, url, {}, body=body, at=self._clock.now())
        found = bytearray()
        try:
            async with self._client.stream(method, url, headers=headers, content=body) as response:
                async for chunk in response.aiter_raw():
                    found += chunk
                    if len(found) > OBJECT_BYTES_MAX:
                        raise ObjectsUnavailable("too large")
                return response.status_code, bytes(found)
        except httpx.HTTPError as error:
            # The library's text quotes the URL, so it is not passed on.
            raise ObjectsUnavailable(type(error).__name__) from None


def _check(status: int) -> None:
    if status not in _STORED:
        raise ObjectsUnavailable(f"status {status}")
