"""Reads a JetStream stream from a sequence on, batch by batch, without acknowledgements, and notices when it goes dumb.

Own requests on an own inbox: the library's `fetch` waits for full batches, reports an empty one as an error and may
stay silent after a server's restart. One request is out at a time, so what lies in memory is one batch.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import count
from typing import Self

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from infra.bus import TRANSPORT_ERRORS, Bus

BATCH_MESSAGES_MAX = 256
BATCH_BYTES_MAX = 16 * 1024 * 1024
EXPIRES_SECONDS = 5.0
SILENCE_SECONDS_MAX = 2.0
"""After a request has expired, how long its end may take to be told before the consumer counts as dead."""
INACTIVE_SECONDS_MAX = 30.0
API_TIMEOUT_SECONDS = 5
CLOSE_SECONDS_MAX = 0.5
REQUEST_ENDS = frozenset({"Batch Completed", "Message Size Exceeds MaxBytes"})
"""What a status 409 may say of a request that only came to its end; else it tells of the consumer's end."""
NANOSECONDS = 1_000_000_000
ACK_WORDS = 9
"""Of the subject for acknowledgements, where it names no domain."""


class SilentError(Exception):
    """The consumer no longer answers, or the connection was made anew: bind again."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as it came. `pending`: how many the stream holds after it."""

    sequence: int
    subject: str
    body: bytes
    pending: int


class Pull:
    """An ephemeral consumer of one stream. Made by `bind`, given back by `close`."""

    def __init__(self, client: Client, stream: str) -> None:
        self._client = client
        self._stream = stream
        self._inbox = client.new_inbox()
        self._consumer = ""
        self._subscription: Subscription | None = None
        self._arrived: list[Arrived] = []
        self._event = asyncio.Event()
        self._open = 0
        self._requests = count()
        self._reply = ""
        self._interrupted = False

    @classmethod
    async def bind(cls, bus: Bus, stream: str, sequence: int, *, description: str) -> Self:
        """Begin at `sequence`, or after it where the stream no longer holds it.

        Raises:
            nats.errors.Error: no connection, or no such stream yet.
        """
        pull = cls(bus.client, stream)
        pull._subscription = await bus.subscribe(f"{pull._inbox}.*", on_message=pull._on_message)
        config = ConsumerConfig(
            description=description,
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=sequence,
            ack_policy=AckPolicy.NONE,
            inactive_threshold=INACTIVE_SECONDS_MAX,
            mem_storage=True,
        )
        info = await pull._client.jsm(timeout=API_TIMEOUT_SECONDS).add_consumer(stream, config)
        pull._consumer = info.name
        return pull

    async def batch(self) -> list[Arrived]:
        """What has come, at least one message; empty after EXPIRES_SECONDS without any.

        Raises:
            SilentError: bind again.
            nats.errors.Error: the connection failed.
        """
        if not self._arrived and not await self.has_come(EXPIRES_SECONDS + SILENCE_SECONDS_MAX):
            raise SilentError
        self._event.clear()
        if self._interrupted:
            raise SilentError
        arrived, self._arrived = self._arrived, []
        return arrived

    async def has_come(self, seconds_max: float) -> bool:
        """Whether there is something for `batch` to say, waiting so long at most.

        Raises:
            nats.errors.Error: the connection failed.
        """
        if not self._arrived and self._open <= 0:
            await self._request()
        try:
            async with asyncio.timeout(seconds_max):
                await self._event.wait()
        except TimeoutError:
            return False
        return True

    def interrupt(self) -> None:
        """The connection was made anew: what was asked for over the old one will not come."""
        self._interrupted = True
        self._event.set()

    async def close(self) -> None:
        """Give the consumer back; the server drops it by itself where that fails."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS_MAX):
                if self._subscription is not None:
                    await self._subscription.unsubscribe()
                if self._consumer and self._client.is_connected:
                    await self._client.jsm().delete_consumer(self._stream, self._consumer)
        except TRANSPORT_ERRORS:
            return

    async def _request(self) -> None:
        ask = {"batch": BATCH_MESSAGES_MAX, "max_bytes": BATCH_BYTES_MAX, "expires": int(EXPIRES_SECONDS * NANOSECONDS)}
        self._open = BATCH_MESSAGES_MAX
        self._reply = f"{self._inbox}.{next(self._requests)}"
        await self._client.publish(
            f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{self._consumer}", msgspec.json.encode(ask), reply=self._reply
        )

    async def _on_message(self, message: Msg) -> None:
        """A stored message, or a status: the request's end, or the consumer's."""
        place = _place_of(message.reply)
        if place is not None:
            self._open -= 1
            sequence, pending = place
            self._arrived.append(Arrived(sequence, message.subject, message.data, pending))
        elif message.subject == self._reply:
            self._open = 0
            self._interrupted |= not _ends_request_only(message.headers or {})
        else:
            return  # the end of an earlier request
        self._event.set()


def _place_of(reply: str) -> tuple[int, int] | None:
    """A stored message's sequence, and how many the stream holds after it; None of what is no stored message.

    JetStream says it in the subject for acknowledgements (ADR-15), either `$JS.ACK.<stream>.<consumer>` or with domain
    and account before the stream, and then delivered, stream sequence, consumer sequence, time, pending. The library's
    `metadata` makes three objects of it, which takes as long as all else that is done here for a message.
    """
    words = reply.split(".")
    if words[:2] != ["$JS", "ACK"]:
        return None
    first = 5 if len(words) == ACK_WORDS else 7
    return int(words[first]), int(words[first + 3])


def _ends_request_only(headers: dict[str, str]) -> bool:
    """Whether a status says that the request is over, and not that the consumer is."""
    return headers.get("Status") in {"404", "408"} or headers.get("Description") in REQUEST_ENDS
