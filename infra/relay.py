"""Carries a service's log to the transport: one message per position, in order, none twice, whatever crashes.

Each message is published on condition that the stream's last sequence is the position before it, so stream sequence
and position are the same number, and a second or a late relay is refused rather than heard. Postgres is the record:
what the transport lost is published again; a stream that holds what the log does not stops the relay, loudly.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import aclosing

import msgspec

from contracts.envelope import Message
from infra import metrics
from infra.bus import TRANSPORT_ERRORS, Bus
from infra.crashpoint import Place, passing
from infra.event_store import Log, Logged, UnknownTopic
from infra.logs import log
from infra.outgoing import Publish, message_of
from infra.stream import MisalignedError, OriginStream, OversizeError, Publisher, PublishRefusedError

WINDOW_MESSAGES_MAX = 256
WINDOW_BYTES_MAX = 1024 * 1024
HEADROOM_BYTES = 4 * 1024
"""Of the transport's largest message, what is left for subject and headers."""
POLL_SECONDS = 1.0
"""How long a fact that another process sequenced waits at most."""
VERIFY_SECONDS = 5.0
"""How often the end of the stream is compared with ours while nothing is published."""
HALTED_SECONDS = 2.0
RETRY_DELAY_SECONDS_MIN = 0.05
RETRY_DELAY_SECONDS_MAX = 2.0
TRIES_UNTOLD_MAX = 3
"""A transport that takes nothing more often than that, though it is there, is worth somebody's look."""

logger = log("relay")


class HaltedError(Exception):
    """Nothing may be published until somebody mends it: the text says why, for operators."""


class Relay:
    """Follows the facts' log and publishes it as `origin`. `wake`: set whenever the log grew.

    `halted`: why nothing is published until somebody mends it; None while all is well.
    """

    def __init__(self, facts: Log, bus: Bus, origin: str, publish: Publish, wake: asyncio.Event) -> None:
        self._facts = facts
        self._bus = bus
        self._origin = origin
        self._publish = publish
        self._wake = wake
        self._stream = OriginStream(bus, origin)
        self._publisher: Publisher | None = None
        self._position = 0
        self._verify = True
        self.halted: str | None = None
        bus.on_connected(self._on_connected)

    async def run(self) -> None:
        """Relay for ever. Errors of the database end it; its keeper starts it again."""
        delay, tries = RETRY_DELAY_SECONDS_MIN, 0
        while True:
            await self._bus.wait_connected()
            began = self._position
            try:
                await self._relay()
            except (HaltedError, UnknownTopic) as error:
                self._halt(str(error))
                await asyncio.sleep(HALTED_SECONDS)
            except (MisalignedError, PublishRefusedError, *TRANSPORT_ERRORS) as error:
                if self._position > began:
                    delay, tries = RETRY_DELAY_SECONDS_MIN, 0
                tries += 1
                tell = logger.warning if tries == TRIES_UNTOLD_MAX + 1 else logger.info
                tell("relay aligns itself again", error_class=type(error).__name__, position=self._position)
                await asyncio.sleep(delay)
                delay = min(delay * 2, RETRY_DELAY_SECONDS_MAX)

    async def _relay(self) -> None:
        self._verify = False
        await self._align()
        self._publisher = await self._stream.open_publisher()
        try:
            while True:
                await self._publish_what_is_new(self._publisher)
                await self._wait()
        finally:
            publisher, self._publisher = self._publisher, None
            await publisher.close()

    async def _align(self) -> None:
        """Begin after what the stream holds, if that is what the log holds."""
        last = await self._stream.last_sequence()
        if last is None:
            await self._stream.create()
            last = 0
        last_logged = await self._facts.last_position()
        if last > last_logged:
            raise HaltedError(f"the stream is at {last}, ahead of the log, which is at {last_logged}")
        if last > 0:
            await self._compare(last)
        self._position = last
        self.halted = None
        metrics.relay_position.set(last)

    async def _compare(self, position: int) -> None:
        """Stop where the stream's last message is not the log's: then one of them has another past."""
        body = await self._stream.stored(position)
        if body is None:
            return
        (logged,) = await self._facts.read(position - 1, 1)
        ours = message_of(logged, self._origin, self._publish)
        try:
            theirs = msgspec.json.decode(body, type=Message)
        except msgspec.MsgspecError:
            # Not ours, or broken on disk; consumers re-read what they cannot decode from the log.
            logger.warning("the last message of the stream cannot be read", position=position)
            return
        # A fact may have been private to the version that published it: then it has no event id there.
        other_event = None not in {ours.event_id, theirs.event_id} and ours.event_id != theirs.event_id
        if other_event or ours.recorded_at != theirs.recorded_at:
            raise HaltedError(f"position {position} of the stream is not the fact of position {position} of the log")

    async def _publish_what_is_new(self, publisher: Publisher) -> None:
        async with aclosing(self._facts.pages(self._position)) as pages:
            async for page in pages:
                for messages in self._windows(page):
                    await self._publish_window(publisher, messages)

    async def _publish_window(self, publisher: Publisher, messages: Sequence[Message]) -> None:
        try:
            await publisher.publish(messages, headroom_bytes=HEADROOM_BYTES)
        except OversizeError as error:
            raise HaltedError(str(error)) from None
        passing(Place.RELAY_PUBLISHED)
        self._position = messages[-1].position
        metrics.relay_position.set(self._position)
        if self._verify:
            raise MisalignedError("the connection was made anew")

    def _windows(self, page: Sequence[Logged]) -> Iterator[Sequence[Message]]:
        """The messages of a page, bounded by number and size; one at least at a time.

        Raises:
            UnknownTopic: the next fact is not one that this program can tell of; those before it were given.
        """
        messages: list[Message] = []
        size = 0
        for logged in page:
            try:
                message = message_of(logged, self._origin, self._publish)
            except UnknownTopic:
                if messages:
                    yield messages
                raise
            length = len(message.data) + len(message.sealed.sealed if message.sealed else b"")
            if messages and (len(messages) == WINDOW_MESSAGES_MAX or size + length > WINDOW_BYTES_MAX):
                yield messages
                messages, size = [], 0
            messages.append(message)
            size += length
        yield messages

    async def _wait(self) -> None:
        """Until the log grew; meanwhile see, now and then, that the transport still holds what it stored."""
        quiet = 0.0
        while quiet < VERIFY_SECONDS and not self._verify:
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                quiet += POLL_SECONDS
                if await self._facts.last_position() <= self._position:
                    continue
            self._wake.clear()
            return
        last = await self._stream.last_sequence()
        self._verify = False
        if last != self._position:
            raise MisalignedError(f"the stream ends at {last}, not at {self._position}")

    def _halt(self, reason: str) -> None:
        if self.halted != reason:
            logger.error("relay halted", reason=reason)
        self.halted = reason

    def _on_connected(self) -> None:
        self._verify = True
        self._wake.set()
        if self._publisher is not None:
            self._publisher.interrupt()
