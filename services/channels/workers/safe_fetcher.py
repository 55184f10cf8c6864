"""Fetches what strangers name: only from public addresses, only so much, only so long, wherever it is sent on to."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

import httpx
import msgspec

FETCH_SECONDS_MAX = 20.0
CONNECT_SECONDS_MAX = 5.0
REDIRECTS_MAX = 5
PORTS = frozenset({80, 443})
USER_AGENT = "Eender (customer contact; reads feeds)"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NAT64 = IPv6Network("64:ff9b::/96")


class FetchRefused(Exception):  # noqa: N818  (a decision of ours)
    """It may not be fetched: the address is none, or leads to where only we can go. `reason`: a word of ours."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class FetchFailed(Exception):  # noqa: N818  (an outcome)
    """It could not be fetched now. `reason`: a word of ours. `wait_s`: how long its server asks to stay away."""

    def __init__(self, reason: str, *, wait_s: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait_s = wait_s


class Fetched(msgspec.Struct, frozen=True):
    """An answer. `retry_after_s`: how long its server asks to stay away. `link`: its `Link` header."""

    status: int
    body: bytes
    etag: str | None = None
    last_modified: str | None = None
    content_type: str | None = None
    retry_after_s: float | None = None
    link: str | None = None


class Remembered(msgspec.Struct, frozen=True):
    """What the last answer said of itself: its server then need not send it again."""

    etag: str | None = None
    last_modified: str | None = None


class Letter(msgspec.Struct, frozen=True):
    """What goes with a request besides its address. `headers`, `form`: to the first address's origin only.

    `form`: fields that are posted; None: it is a GET. `home`: a base URL whose origin may lie where only we can go: an
    account's own API.
    """

    headers: Mapping[str, str] = {}
    form: Mapping[str, str] | None = None
    home: str | None = None


class SafeFetcher:
    """`bytes_max`: of a body, as it comes: nothing is unpacked. `seconds_max`: of one fetch, redirects and all."""

    def __init__(self, *, bytes_max: int, seconds_max: float = FETCH_SECONDS_MAX) -> None:
        self._bytes_max = bytes_max
        self._seconds_max = seconds_max
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(FETCH_SECONDS_MAX, connect=CONNECT_SECONDS_MAX),
            follow_redirects=False,
            trust_env=False,
        )

    async def fetch(
        self,
        url: str,
        known: Remembered | None = None,
        *,
        may_be_local: bool = False,
        letter: Letter | None = None,
    ) -> Fetched:
        """The answer, after at most `REDIRECTS_MAX` redirects, each of which is looked at as the first address was.

        Raises:
            FetchRefused: it may not be fetched.
            FetchFailed: it could not be, within `seconds_max`.
        """
        letter = letter or Letter()
        first, home = _origin(url), None if letter.home is None else _origin(letter.home)
        try:
            async with asyncio.timeout(self._seconds_max):
                for _ in range(REDIRECTS_MAX + 1):
                    origin = _origin(url)
                    headers = {**_remembering(known), **(letter.headers if origin == first else {})}
                    is_home = origin is not None and origin == home
                    form = letter.form if origin == first else None
                    answer = await self._ask(url, headers, form, may_be_local=may_be_local or is_home)
                    if isinstance(answer, Fetched):
                        return answer
                    url = urljoin(url, answer)
        except TimeoutError:
            raise FetchFailed("too-slow") from None
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            raise FetchFailed(type(problem).__name__) from None
        raise FetchFailed("too-many-redirects")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _ask(
        self, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None, *, may_be_local: bool
    ) -> Fetched | str:
        """The answer, or where else to look."""
        parts = _checked(url, may_be_local=may_be_local)
        address = await _resolved(parts, may_be_local=may_be_local)
        headers = {**_headers(parts), **headers}
        method = "GET" if form is None else "POST"
        request = self._client.build_request(method, _at(parts, address), headers=headers, data=form)
        if parts.scheme == "https":
            request.extensions["sni_hostname"] = parts.hostname
        response = await self._client.send(request, stream=True)
        try:
            if response.status_code in _REDIRECTS and "location" in response.headers:
                return str(response.headers["location"])
            return await self._read(response)
        finally:
            await response.aclose()

    async def _read(self, response: httpx.Response) -> Fetched:
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise FetchFailed("packed")
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > self._bytes_max:
                raise FetchFailed("too-large")
        wait = response.headers.get("retry-after", "")
        return Fetched(
            status=response.status_code,
            body=bytes(body),
            etag=response.headers.get("etag"),
            last_modified=response.headers.get("last-modified"),
            content_type=response.headers.get("content-type"),
            retry_after_s=float(wait) if wait.isascii() and wait.isdigit() else None,
            link=", ".join(response.headers.get_list("link")) or None,
        )


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether everybody can go there: no private, local, shared, reserved or multicast one, however it is wrapped."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is None and address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _checked(url: str, *, may_be_local: bool) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise FetchRefused("no-address") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise FetchRefused("no-address")
    if port is not None and port not in PORTS and not may_be_local:
        raise FetchRefused("port")
    return parts


async def _resolved(parts: SplitResult, *, may_be_local: bool) -> IPv4Address | IPv6Address:
    """The address to connect to: looked up once, and that very one is used. One bad one spoils them all."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(parts.hostname, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FetchFailed("unknown-host") from None
    addresses = [ip_address(str(place[0]).partition("%")[0]) for *_, place in found]
    if not addresses:
        raise FetchFailed("unknown-host")
    if not may_be_local and not all(is_public(address) for address in addresses):
        raise FetchRefused("not-public")
    return addresses[0]


def _at(parts: SplitResult, address: IPv4Address | IPv6Address) -> str:
    host = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
    netloc = f"{host}:{parts.port}" if parts.port is not None else host
    return urlunsplit((parts.scheme, netloc, parts.path or "/", parts.query, ""))


def _origin(url: str) -> tuple[str, str] | None:
    """Scheme and place of an address; None where it is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.scheme, parts.netloc.lower()


def _headers(parts: SplitResult) -> dict[str, str]:
    host = f"[{parts.hostname}]" if parts.hostname and ":" in parts.hostname else parts.hostname or ""
    return {
        "Host": f"{host}:{parts.port}" if parts.port is not None else host,
        "User-Agent": USER_AGENT,
        "Accept": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.1",
        "Accept-Encoding": "identity",
    }


def _remembering(known: Remembered | None) -> dict[str, str]:
    headers = {}
    if known is not None and known.etag:
        headers["If-None-Match"] = known.etag
    if known is not None and known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    return headers
