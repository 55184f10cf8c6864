"""Takes in another service's log, every position once and in order, whatever the transport loses or repeats.

How far this service has come is a row in its own database, written with each effect; the transport is never asked.
A hole in the positions, or a message that cannot be read, is filled from the origin's log by request.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import msgspec

from contracts.envelope import Message
from contracts.log import ReplayPage, ReplayRequest
from contracts.subjects import replay_subject, stream_name
from infra import metrics
from infra.bus import Bus
from infra.effect import Clock, Effects, Handler, Needs, passes
from infra.logs import log
from infra.postgres import Pool
from infra.pull import Arrived, Pull, SilentError
from infra.run_of_messages import Run
from infra.sql import statements
from infra.stream import OriginStream

__all__ = ["Consumer", "Handler"]

RETRY_DELAY_SECONDS_MIN = 0.1
RETRY_DELAY_SECONDS_MAX = 2.0
REPLAY_MESSAGES_MAX = 256
UNSTORED_POSITIONS_MAX = 512
UNSTORED_SECONDS = 0.25
"""How far the stored checkpoint may stay behind what concerns nobody here or took effect side by side, and how long
once nothing more comes: to store it takes as long as to let a message take effect. What is read again after a crash has
had its effect, or has none."""

logger = log("consumer")


class ReplayFailedError(Exception):
    """The origin's answer does not continue where this service stands: ask again later."""


class Consumer:
    """Follows `origin` for `service`. `handlers`: reactions by subject; other messages are only counted.

    `together`: subjects whose messages may take effect side by side, each with the streams that it must come after;
    they still begin in their order. `on_handled`: told (origin, position) as positions take effect. `stuck`: why
    nothing can be taken in until somebody mends it; None while all is well.
    """

    def __init__(
        self,
        *,
        pool: Pool,
        bus: Bus,
        origin: str,
        service: str,
        handlers: Mapping[str, Handler],
        clock: Clock,
        together: Mapping[str, Needs] | None = None,
        on_handled: Callable[[str, int], None] = lambda _origin, _position: None,
    ) -> None:
        self._pool = pool
        self._bus = bus
        self._origin = origin
        self._origin_bytes = origin.encode()
        self._service = service
        self._effects = Effects(pool, origin, handlers, clock)
        self._together = together or {}
        self._run = Run()
        self._on_handled = on_handled
        self._stream = OriginStream(bus, origin)
        self._sql = statements("infra")
        self._position = 0
        self._stored = 0
        self._pull: Pull | None = None
        self.stuck: str | None = None
        bus.on_connected(self._on_connected)

    async def run(self) -> None:
        """Take in for ever. Errors other than those that pass end it; its keeper starts it again."""
        delay, told = 0.0, ""
        while True:
            began = self._position
            try:
                await self._load()
                await self._bus.wait_connected()
                await self._follow()
            except Exception as error:
                if not isinstance(error, SilentError | ReplayFailedError | msgspec.MsgspecError) and not passes(error):
                    raise
                if self._position > began:
                    delay, told = 0.0, ""
                if told != (told := type(error).__name__):
                    logger.info("consumer binds again", origin=self._origin, error_class=told)
                await asyncio.sleep(delay)
                delay = min(max(delay * 2, RETRY_DELAY_SECONDS_MIN), RETRY_DELAY_SECONDS_MAX)

    async def _load(self) -> None:
        self._run = Run()
        stored = await self._pool.fetchval(self._sql["load_checkpoint"], self._origin)
        self._position = self._stored = stored or 0
        self._mark()

    async def _follow(self) -> None:
        self._pull = await Pull.bind(
            self._bus, stream_name(self._origin), self._position + 1, description=f"{self._service} takes in"
        )
        try:
            while True:
                if self._position > self._stored and not await self._pull.has_come(UNSTORED_SECONDS):
                    await self._store()
                batch = await self._pull.batch()
                for arrived in batch:
                    await self._arrive(arrived)
                await self._end_run()
                self._mark()
                if batch:
                    metrics.consumer_lag.labels(self._origin).set(batch[-1].pending)
                else:
                    await self._look_behind()
        finally:
            pull, self._pull = self._pull, None
            await pull.close()

    async def _arrive(self, arrived: Arrived) -> None:
        """Take in one stored message, and first whatever is missing before it."""
        after = max(self._run.last, self._position)
        if arrived.sequence <= after:
            return
        if arrived.sequence == after + 1 and self._may_pass(arrived):
            await self._pass_by(arrived.sequence)
            return
        message = self._read(arrived)
        if message is None or arrived.sequence != after + 1:
            await self._end_run()
            logger.warning(
                "positions are missing or unreadable and are asked for again",
                origin=self._origin,
                position=self._position + 1,
                count=arrived.sequence - self._position,
            )
            await self._replay_to(arrived.sequence)
        else:
            await self._take(message)

    def _may_pass(self, arrived: Arrived) -> bool:
        """Whether it concerns nobody here, and is what its place says: then it need not be read further."""
        if self._effects.concern(arrived.subject):
            return False
        return arrived.body.startswith(b'{"origin":"%b","position":%d,' % (self._origin_bytes, arrived.sequence))

    def _read(self, arrived: Arrived) -> Message | None:
        try:
            message = msgspec.json.decode(arrived.body, type=Message)
        except msgspec.MsgspecError:
            return None
        return message if (message.origin, message.position) == (self._origin, arrived.sequence) else None

    async def _replay_to(self, position: int) -> None:
        """Take in up to `position` out of the origin's log."""
        while self._position < position:
            request = ReplayRequest(after=self._position, count_max=REPLAY_MESSAGES_MAX)
            answer = await self._bus.request(replay_subject(self._origin), msgspec.json.encode(request))
            page = msgspec.json.decode(answer, type=ReplayPage)
            self._compare(page.last_position)
            if not page.messages:
                raise ReplayFailedError
            for message in page.messages:
                if (message.origin, message.position) != (self._origin, max(self._run.last, self._position) + 1):
                    raise ReplayFailedError
                await self._take(message)
            await self._end_run()
            self._mark()
            await self._store()

    async def _take(self, message: Message) -> None:
        """Let it take effect, at the latest when the run that it may join ends."""
        needs = self._together.get(message.subject or "")
        if needs is not None:
            after = needs(message)
            if self._run.is_full or self._run.holds(after):
                await self._end_run()
            self._run.join(message)
        elif self._effects.concern(message.subject):
            await self._end_run()
            await self._effects.take(message)
            await self._reached(message.position)
        else:
            await self._pass_by(message.position)

    async def _pass_by(self, position: int) -> None:
        """What stands there concerns nobody here."""
        if self._run.messages:
            self._run.last = position
        else:
            await self._move_to(position)

    async def _end_run(self) -> None:
        """Let the messages take effect that may do so side by side; then the position is behind them."""
        run, self._run = self._run, Run()
        if run.messages:
            await self._effects.take_together(run.messages)
            await self._reached(run.last)

    async def _reached(self, position: int) -> None:
        await self._move_to(position)
        self._mark()

    async def _move_to(self, position: int) -> None:
        """Be there without telling anybody, who is told once for all that came together."""
        self._position = position
        if self._position - self._stored >= UNSTORED_POSITIONS_MAX:
            await self._store()

    async def _store(self) -> None:
        """Note that what concerns nobody here was seen. Effects have noted themselves; then this changes nothing."""
        if self._position > self._stored:
            await self._pool.fetchval(self._sql["advance_checkpoint"], self._origin, self._position)
            self._stored = self._position

    async def _look_behind(self) -> None:
        """Nothing came for a while: see whether the stream holds more, or less, than this service has taken in."""
        last = await self._stream.last_sequence()
        if last is None:
            raise SilentError
        if last > self._position:
            # Either the consumer went dumb, or what follows has aged out of the stream and nothing came after it.
            await self._replay_to(last)
            raise SilentError
        metrics.consumer_lag.labels(self._origin).set(0)
        if last == self._position:
            self.stuck = None
        else:
            # The transport lost its data and the relay is at it, or the origin's database lost its own.
            await self._ask_where_the_log_ends()

    async def _ask_where_the_log_ends(self) -> None:
        request = ReplayRequest(after=self._position, count_max=1)
        answer = await self._bus.request(replay_subject(self._origin), msgspec.json.encode(request))
        self._compare(msgspec.json.decode(answer, type=ReplayPage).last_position)

    def _compare(self, last_logged: int) -> None:
        if last_logged >= self._position:
            self.stuck = None
            return
        self.stuck = f"checkpoint {self._position} is ahead of the origin's log, which is at {last_logged}"
        logger.error("checkpoint ahead of the log", origin=self._origin, position=self._position)

    def _mark(self) -> None:
        metrics.consumer_position.labels(self._origin).set(self._position)
        self._on_handled(self._origin, self._position)

    def _on_connected(self) -> None:
        if self._pull is not None:
            self._pull.interrupt()
