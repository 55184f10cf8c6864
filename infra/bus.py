"""The connection to NATS: opened in the background, reopened for ever, with every limit set.

Nobody waits for NATS here unless they ask to: a service starts and takes contacts in without it. Those who use the
connection take `client` anew whenever they bind, since a connection that NATS closed for good is replaced by another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from infra.logs import log
from infra.supervisor import end_tasks

CONNECT_TIMEOUT_SECONDS = 2
RECONNECT_WAIT_SECONDS = 0.5
PING_INTERVAL_SECONDS = 10
PINGS_OUTSTANDING_MAX = 2
PENDING_BYTES_MAX = 8 * 1024 * 1024
SUBSCRIPTION_MESSAGES_MAX = 16_384
SUBSCRIPTION_BYTES_MAX = 64 * 1024 * 1024
REQUEST_TIMEOUT_MS = 5_000
CLOSE_SECONDS_MAX = 0.5
HEADERS_WITHOUT_STATUS = b"NATS/1.0\r\n"

logger = log("bus")

TRANSPORT_ERRORS = (nats.errors.Error, OSError, TimeoutError)
"""What a user of the connection must expect at any moment; all of it passes."""


class NotConnectedError(nats.errors.Error):
    """There is no connection to NATS now; one is being made."""


class Bus:
    """One process's connection. `url`: one or several, separated by commas, credentials in them."""

    def __init__(self, url: str, *, name: str) -> None:
        self._servers = [each.strip() for each in url.split(",")]
        self._name = name
        self._client: Client | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._closed = asyncio.Event()
        self._connected = asyncio.Event()
        self._listeners: list[Callable[[], None]] = []
        self.was_connected = False

    async def start(self) -> None:
        """Begin to connect; returns at once."""
        self._keeper = asyncio.get_running_loop().create_task(self._keep(), name="bus")

    async def stop(self) -> None:
        """Close the connection. Safe to call twice."""
        if self._keeper is not None:
            await end_tasks([self._keeper], seconds_max=CLOSE_SECONDS_MAX)
            self._keeper = None
        client, self._client = self._client, None
        if client is not None:
            await _close(client)

    @property
    def client(self) -> Client:
        """The connection as it is now.

        Raises:
            NotConnectedError: there is none.
        """
        if self._client is None or not self._client.is_connected:
            raise NotConnectedError
        return self._client

    async def wait_connected(self) -> Client:
        """The connection, once there is one."""
        while True:
            await self._connected.wait()
            if self._client is not None and self._client.is_connected:
                return self._client
            self._connected.clear()

    async def wait_replaced(self, client: Client) -> None:
        """Until `client` was closed for good. Its subscriptions outlive reconnections, but not this."""
        closed = self._closed
        if self._client is client and not client.is_closed:
            await closed.wait()

    def on_connected(self, callback: Callable[[], None]) -> None:
        """Call back, on the event loop, whenever the connection was made or made again."""
        self._listeners.append(callback)

    async def request(self, subject: str, payload: bytes, *, timeout_ms: int = REQUEST_TIMEOUT_MS) -> bytes:
        """The answer to a request.

        Raises:
            nats.errors.Error: not connected, nobody answers, or not in time (one of TRANSPORT_ERRORS).
        """
        answer = await self.client.request(subject, payload, timeout=timeout_ms / 1000)
        return answer.data

    async def subscribe(
        self, subject: str, *, queue: str = "", on_message: Callable[[Msg], object] | None = None
    ) -> Subscription:
        """Subscribe with bounded memory. `on_message`: an async function; without it read `next_msg`.

        Raises:
            nats.errors.Error: not connected.
        """
        return await self.client.subscribe(
            subject,
            queue=queue,
            cb=on_message,  # type: ignore[arg-type]  # nats types it as a coroutine function without a name for it
            pending_msgs_limit=SUBSCRIPTION_MESSAGES_MAX,
            pending_bytes_limit=SUBSCRIPTION_BYTES_MAX,
        )

    async def _keep(self) -> None:
        """Hold one connection. nats-py reconnects it; where it gave up for good (bad credentials), make a new one."""
        while True:
            closed = self._closed = asyncio.Event()
            client = _Client()
            self._client = client
            try:
                await self._connect(client)
                self._announce()
                await closed.wait()
            except TRANSPORT_ERRORS as error:
                logger.warning("no connection to the transport", error_class=type(error).__name__)
            closed.set()
            await _close(client)
            await asyncio.sleep(RECONNECT_WAIT_SECONDS)

    async def _connect(self, client: Client) -> None:
        await client.connect(
            servers=self._servers,
            name=self._name,
            max_reconnect_attempts=-1,
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            reconnect_time_wait=RECONNECT_WAIT_SECONDS,  # type: ignore[arg-type]  # only ever added to and slept for
            ping_interval=PING_INTERVAL_SECONDS,
            max_outstanding_pings=PINGS_OUTSTANDING_MAX,
            pending_size=PENDING_BYTES_MAX,
            error_cb=self._on_error,
            disconnected_cb=self._on_disconnected,
            reconnected_cb=self._on_reconnected,
            closed_cb=self._on_closed,
        )

    def _announce(self) -> None:
        self.was_connected = True
        self._connected.set()
        for callback in self._listeners:
            callback()

    async def _on_error(self, error: Exception) -> None:
        logger.warning("transport error", error_class=type(error).__name__)

    async def _on_disconnected(self) -> None:
        self._connected.clear()

    async def _on_reconnected(self) -> None:
        logger.info("transport reconnected")
        self._announce()

    async def _on_closed(self) -> None:
        self._connected.clear()
        self._closed.set()


class _Client(Client):
    """The library's connection, but it reads no headers that only repeat what is in a message's body.

    It does so in Python, letter by letter: a third of what it takes to receive a message. The first line of headers
    that tell of a status has that behind the version.
    """

    async def _process_headers(self, headers: bytes | None) -> dict[str, str] | None:
        if not headers or headers.startswith(HEADERS_WITHOUT_STATUS):
            return None
        return await super()._process_headers(headers)


async def _close(client: Client) -> None:
    try:
        async with asyncio.timeout(CLOSE_SECONDS_MAX):
            await client.close()
    except TRANSPORT_ERRORS as error:
        logger.warning("transport did not close cleanly", error_class=type(error).__name__)
