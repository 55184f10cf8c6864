"""Makes calls to platforms over HTTP: no redirects, a bound on every wait and on every answer."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from services.channels.domain.outbound import CallResult, HttpCall
from services.channels.ports import AnswerLost, NothingSent

CONNECT_SECONDS_MAX = 5.0
ANSWER_SECONDS_MAX = 10.0
ANSWER_BYTES_MAX = 256 * 1024
CONNECTIONS_MAX = 32
RETRY_AFTER_SECONDS_MAX = 3600.0
_TOO_MANY_REQUESTS = 429

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
            async with self._client.stream(call.method, call.url, headers=call.headers, **_content(call)) as response:
                return CallResult(
                    status=response.status_code,
                    body=await _body(response),
                    retry_after_s=_retry_after(response),
                    known_as=call.known_as,
                )
        except _NOTHING_SENT:
            # The library's text quotes the URL, so it is not passed on.
            raise NothingSent from None
        except httpx.HTTPError:
            raise AnswerLost from None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _content(call: HttpCall) -> dict[str, Any]:
    if call.signed is not None:
        return {"content": call.signed}
    if call.files:
        files = [(each.field, (each.file.name, each.file.data, each.file.media_type)) for each in call.files]
        return {"data": call.body, "files": files}
    return {"data": call.body} if call.form else {"json": call.body}


async def _body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > ANSWER_BYTES_MAX:
            break
    return bytes(body[:ANSWER_BYTES_MAX])


def _retry_after(response: httpx.Response) -> float | None:
    """What the platform asks for: by a number of seconds, or by when its window of calls begins anew, as X does."""
    headers = response.headers
    try:
        if "retry-after" in headers or response.status_code != _TOO_MANY_REQUESTS:
            seconds = float(headers.get("retry-after", ""))
        else:
            now = parsedate_to_datetime(headers.get("date", "")).timestamp()
            seconds = float(headers.get("x-rate-limit-reset", "")) - now
    except ValueError:
        return None
    return min(seconds, RETRY_AFTER_SECONDS_MAX) if seconds >= 0 else None
