"""Makes calls to platforms over HTTP: no redirects, a bound on every wait and on every answer."""

from __future__ import annotations

import httpx

from services.channels.domain.outbound import CallResult, HttpCall
from services.channels.ports import AnswerLost, NothingSent

CONNECT_SECONDS_MAX = 5.0
ANSWER_SECONDS_MAX = 10.0
ANSWER_BYTES_MAX = 256 * 1024
CONNECTIONS_MAX = 32
RETRY_AFTER_SECONDS_MAX = 3600.0

_NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
)


class HttpxPoster:
    """Implements `ports.Poster`."""

    def __init__(self) -> None:
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(ANSWER_SECONDS_MAX, connect=CONNECT_SECONDS_MAX, pool=CONNECT_SECONDS_MAX),
            limits=httpx.Limits(max_connections=CONNECTIONS_MAX, keepalive_expiry=CONNECT_SECONDS_MAX),
            follow_redirects=False,
        )

    async def post(self, call: HttpCall) -> CallResult:
        """The platform's answer, whatever its status.

        Raises:
            NothingSent: it was not reached.
            AnswerLost: it may have been reached.
        """
        try:
            async with self._client.stream("POST", call.url, json=call.body, headers=call.headers) as response:
                return CallResult(
                    status=response.status_code,
                    body=await _body(response),
                    retry_after_s=_retry_after(response),
                )
        except _NOTHING_SENT:
            # The library's text quotes the URL, so it is not passed on.
            raise NothingSent from None
        except httpx.HTTPError:
            raise AnswerLost from None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


async def _body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > ANSWER_BYTES_MAX:
            break
    return bytes(body[:ANSWER_BYTES_MAX])


def _retry_after(response: httpx.Response) -> float | None:
    try:
        seconds = float(response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return min(seconds, RETRY_AFTER_SECONDS_MAX) if seconds >= 0 else None
