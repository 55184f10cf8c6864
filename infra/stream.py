"""One origin's JetStream stream, in which a message's sequence is its position."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec
from nats.aio.client import NO_RESPONDERS_STATUS, Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.api import DiscardPolicy, PersistMode, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError
from nats.js.manager import JetStreamManager

from contracts.envelope import Message
from contracts.subjects import position_subject, stream_name
from infra.bus import TRANSPORT_ERRORS, Bus
from infra.outgoing import encoded

MAX_AGE_SECONDS = 14 * 24 * 3600
API_TIMEOUT_SECONDS = 5
ACK_TIMEOUT_SECONDS = 10
WRONG_LAST_SEQUENCE = (10071, 10164)
STATUS_HEADER = "Status"


class MisalignedError(Exception):
    """The stream does not end where the publisher believed: read its end again."""


class PublishRefusedError(Exception):
    """The transport would not store a message now (full, frozen, without a leader)."""


class NotPublished(Exception):  # noqa: N818
    """A message is not in the stream yet: come again."""


class OversizeError(Exception):
    """A message is larger than the transport carries; `position` says which."""

    def __init__(self, position: int) -> None:
        super().__init__(f"the message of position {position} is larger than the transport's max_payload")
        self.position = position


class AckError(msgspec.Struct):
    """Why JetStream did not store a message."""

    err_code: int = 0


class Ack(msgspec.Struct):
    """JetStream's answer to a published message."""

    seq: int = 0
    error: AckError | None = None


_acks = msgspec.json.Decoder(Ack)
_messages = msgspec.json.Decoder(Message)


def subjects_of(origin: str) -> list[str]:
    """The subjects a stream takes in. Never `<origin>.>`: a replay request would be stored as a message."""
    return [f"{origin}.*.*.*", position_subject(origin)]


class OriginStream:
    """Reads and extends the stream of `origin`. Bound to the bus's present connection by each call."""

    def __init__(self, bus: Bus, origin: str) -> None:
        self._bus = bus
        self._origin = origin
        self.name = stream_name(origin)

    async def last_sequence(self) -> int | None:
        """The last sequence ever stored, None where there is no stream."""
        try:
            info = await self._manager().stream_info(self.name)
        except NotFoundError:
            return None
        return int(info.state.last_seq)

    async def create(self) -> None:
        """Make the stream: on file, kept for MAX_AGE_SECONDS, never purged.

        A single message can be deleted: what was withheld from the log goes from here, too. Messages are acknowledged
        before they are on disk, whatever the server's `sync_interval`: what it loses is published again from the log,
        and to flush each message takes longer than all else that is done for it.
        """
        await self._manager().add_stream(
            StreamConfig(
                name=self.name,
                subjects=subjects_of(self._origin),
                storage=StorageType.FILE,
                persist_mode=PersistMode.ASYNC,
                retention=RetentionPolicy.LIMITS,
                discard=DiscardPolicy.NEW,
                max_age=MAX_AGE_SECONDS,
                deny_purge=True,
            )
        )

    async def stored(self, sequence: int) -> bytes | None:
        """The body of one stored message; None where it has aged out or was lost."""
        try:
            message = await self._manager().get_msg(self.name, seq=sequence)
        except NotFoundError:
            return None
        return message.data

    async def withdraw_all(self, positions: Sequence[int | None]) -> None:
        """Withdraw the messages of these positions; None: of one that is not sequenced yet.

        Raises:
            NotPublished: some are still to be published; what is published from now on has no envelope any more.
        """
        last = await self.last_sequence() if positions else 0
        if last is None or any(position is None or position > last for position in positions):
            raise NotPublished
        for position in positions:
            if position is not None:
                await self.withdraw(position)

    async def withdraw(self, sequence: int) -> None:
        """Delete a message that carries an envelope, its bytes overwritten; whoever misses it re-reads the log."""
        body = await self.stored(sequence)
        if body is not None and _carries_envelope(body):
            await self._manager().delete_msg(self.name, sequence)

    async def open_publisher(self) -> Publisher:
        """Begin to publish over the present connection.

        Raises:
            nats.errors.Error: there is none.
        """
        client = self._bus.client
        publisher = Publisher(client, client.new_inbox())
        await publisher.open(self._bus)
        return publisher

    def _manager(self) -> JetStreamManager:
        return self._bus.client.jsm(timeout=API_TIMEOUT_SECONDS)


class Publisher:
    """Publishes windows of messages without waiting for each answer in turn. One window at a time.

    Its own inbox instead of the library's `publish`: that makes a future and a timer for each message.
    """

    def __init__(self, client: Client, inbox: str) -> None:
        self._client = client
        self._inbox = inbox
        self._subscription: Subscription | None = None
        self._answers: dict[int, Msg] = {}
        self._awaited = 0
        self._complete = asyncio.Event()

    async def open(self, bus: Bus) -> None:
        """Listen for the answers."""
        self._subscription = await bus.subscribe(f"{self._inbox}.*", on_message=self._on_answer)

    async def publish(self, messages: Sequence[Message], *, headroom_bytes: int) -> None:
        """Publish consecutive positions and wait until all are stored.

        Raises:
            OversizeError: a message cannot travel; those before it were stored.
            MisalignedError: the stream does not end before the first; some may have been stored.
            PublishRefusedError: as MisalignedError, for want of room or of a leader.
            TimeoutError, nats.errors.Error: the connection failed; some may have been stored.
        """
        self._answers.clear()
        self._complete.clear()
        self._awaited = len(messages)
        for count, message in enumerate(messages):
            body = encoded(message)
            if len(body) > self._client.max_payload - headroom_bytes:
                self._expect(count)
                await self._settle(messages[:count])
                raise OversizeError(message.position)
            await self._client.publish(
                message.subject or position_subject(message.origin),
                body,
                reply=f"{self._inbox}.{message.position}",
                headers=_headers(message),
            )
        await self._settle(messages)

    def interrupt(self) -> None:
        """The connection was made anew: answers still awaited will not come."""
        self._complete.set()

    async def close(self) -> None:
        """Give the inbox back. Answers still on their way are dropped."""
        if self._subscription is None:
            return
        try:
            await self._subscription.unsubscribe()
        except TRANSPORT_ERRORS:
            # The connection is gone, and the subscription with it.
            return

    def _expect(self, count: int) -> None:
        self._awaited = count
        if len(self._answers) >= count:
            self._complete.set()

    async def _on_answer(self, answer: Msg) -> None:
        self._answers[int(answer.subject.rpartition(".")[2])] = answer
        self._expect(self._awaited)

    async def _settle(self, messages: Sequence[Message]) -> None:
        async with asyncio.timeout(ACK_TIMEOUT_SECONDS):
            await self._complete.wait()
        for message in messages:
            answer = self._answers.get(message.position)
            if answer is None:
                raise MisalignedError(f"no answer for position {message.position}")
            _check(answer, message.position)


def _carries_envelope(body: bytes) -> bool:
    """Whether something is sealed in a message; in what cannot be read there may be."""
    try:
        return _messages.decode(body).sealed is not None
    except msgspec.MsgspecError:
        return True


def _headers(message: Message) -> dict[str, str]:
    headers = {
        "Nats-Expected-Last-Sequence": str(message.position - 1),
    }
    if message.traceparent is not None:
        headers["traceparent"] = message.traceparent
    return headers


def _check(answer: Msg, position: int) -> None:
    if answer.headers and answer.headers.get(STATUS_HEADER) == NO_RESPONDERS_STATUS:
        raise MisalignedError("no stream takes the message")
    ack = _acks.decode(answer.data)
    if ack.error is not None and ack.error.err_code not in WRONG_LAST_SEQUENCE:
        raise PublishRefusedError(f"JetStream error {ack.error.err_code}")
    if ack.error is not None or ack.seq != position:
        raise MisalignedError(f"position {position} was not the next one of the stream")
