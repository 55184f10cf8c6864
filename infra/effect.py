"""Lets one message take its effect, exactly once, or puts it aside where it never can.

What may pass (a lost connection, a lost race) is tried for ever; anything else a few times, and then the message goes
to `es.dead_letters`, still sealed, so that those behind it flow on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Protocol
from uuid import UUID, uuid5

import asyncpg
from msgspec.structs import replace
from opentelemetry.trace import SpanKind

from contracts.envelope import Message
from contracts.stored import AlreadyDone, CommandContext, Once, VersionConflict
from contracts.vocabulary import system_actor
from infra import attributes, metrics, telemetry
from infra.bus import TRANSPORT_ERRORS
from infra.clock import jittered_delay_ms
from infra.crashpoint import Place, passing
from infra.logs import log
from infra.outgoing import encoded
from infra.postgres import Pool, is_transient
from infra.sql import statements

ATTEMPTS_MAX = 5
HANDLER_SECONDS_MAX = 60.0
DELAY_MS_MIN = 50
DELAY_MS_MAX = 5_000

Handler = Callable[[Message, CommandContext], Awaitable[None]]
"""A reaction. It makes one `record.transact(context, …)`, or none; a second one would find its message handled."""

Needs = Callable[[Message], tuple[UUID, ...]]
"""The streams whose messages must have taken effect before this one may."""

logger = log("consumer")


class Clock(Protocol):
    """Where the time of an effect comes from."""

    def now(self) -> datetime:
        """The time, in UTC."""
        ...


def handler_name(handler: Handler) -> str:
    """The reaction's own name, under any number of `partial`s: it is part of command ids and must not change."""
    plain: Any = handler
    while isinstance(plain, partial):
        plain = plain.func
    name: str = getattr(plain, "__name__", type(plain).__name__)
    return name


def passes(error: Exception) -> bool:
    """Whether the same may well succeed later, so that giving up would lose a message for nothing."""
    return (
        is_transient(error)
        or isinstance(error, (*TRANSPORT_ERRORS, VersionConflict))
        or (isinstance(error, asyncpg.InterfaceError) and "pool is" in str(error))
    )


class Effects:
    """Runs the handlers of one origin's messages."""

    def __init__(self, pool: Pool, origin: str, handlers: Mapping[str, Handler], clock: Clock) -> None:
        self._pool = pool
        self._origin = origin
        self._handlers = {subject: (handler_name(handler), handler) for subject, handler in handlers.items()}
        self._clock = clock
        self._sql = statements("infra")

    def concern(self, subject: str | None) -> bool:
        """Whether anything here reacts to messages of that subject; a private one has none."""
        return subject in self._handlers

    async def take(self, message: Message) -> None:
        """Return once the message has taken effect, had taken it before, or was put aside."""
        name, handler = self._handlers[message.subject or ""]
        context = self._context(message, name)
        failures = tries = 0
        while failures < ATTEMPTS_MAX:
            tries += 1
            try:
                await self._attempt(name, handler, message, context, tries)
            except AlreadyDone:
                return
            except Exception as error:  # noqa: BLE001  (whatever a handler raises is retried, then put aside)
                failures += 0 if passes(error) else 1
                self._tell(message, name, error, tries)
                last = type(error).__qualname__
            else:
                return
            if failures < ATTEMPTS_MAX:
                await _pause(tries)
        await self._put_aside(message, name, last)

    async def take_together(self, messages: Sequence[Message]) -> None:
        """Return once all of them have taken effect, side by side; they begin in their order.

        None of them moves the checkpoint: whoever calls does, afterwards. That each takes effect once, whatever ends
        this in between, is the record's doing: it knows the command id that follows from the message. One that fails
        is taken once more by itself, with all that belongs to it.
        """
        fates = await asyncio.gather(*(self._one_of_many(message) for message in messages))
        for message, well in zip(messages, fates, strict=True):
            if not well:
                await self.take(message)

    async def _one_of_many(self, message: Message) -> bool:
        name, handler = self._handlers[message.subject or ""]
        try:
            await self._attempt(name, handler, message, replace(self._context(message, name), once=None), 1)
        except AlreadyDone:
            return True
        except Exception:  # noqa: BLE001  (it is raised again, and told, when it is taken by itself)
            return False
        return True

    async def _attempt(
        self, name: str, handler: Handler, message: Message, context: CommandContext, attempt: int
    ) -> None:
        with (
            telemetry.span(
                attributes.REACTION,
                parent=telemetry.context_from(message.traceparent),
                kind=SpanKind.CONSUMER,
                subject=message.subject,
                origin=self._origin,
                position=message.position,
                handler=name,
                attempt=attempt,
            ),
            metrics.handler_duration.labels(name).time(),
        ):
            async with asyncio.timeout(HANDLER_SECONDS_MAX):
                await handler(message, context)
                passing(Place.CONSUMER_HANDLED)

    def _context(self, message: Message, name: str) -> CommandContext:
        event_id = message.event_id or UUID(int=message.position)
        return CommandContext(
            command_id=uuid5(event_id, name),
            actor=message.actor or system_actor(self._origin),
            at=self._clock.now(),
            correlation_id=message.correlation_id or event_id,
            causation_id=event_id,
            once=Once(self._origin, message.position),
        )

    async def _put_aside(self, message: Message, name: str, error_class: str) -> None:
        """Store the message as a dead letter, and that it was handled, in one transaction."""
        tries = 0
        while True:
            tries += 1
            try:
                async with self._pool.acquire() as connection, connection.transaction():
                    if await connection.fetchval(self._sql["advance_checkpoint"], self._origin, message.position):
                        await connection.execute(
                            self._sql["insert_dead_letter"],
                            self._origin,
                            message.position,
                            name,
                            error_class,
                            encoded(message),
                            self._clock.now(),
                        )
                break
            except Exception as error:
                if not passes(error):
                    raise
                await _pause(tries)
        metrics.dead_letters.labels(self._origin, name).inc()
        logger.error(
            "a message was put aside",
            origin=self._origin,
            position=message.position,
            handler=name,
            error_class=error_class,
        )

    def _tell(self, message: Message, name: str, error: Exception, attempt: int) -> None:
        """By class and place only: an error's text may quote what a customer wrote."""
        logger.warning(
            "a message did not take effect",
            origin=self._origin,
            position=message.position,
            handler=name,
            attempt=attempt,
            exc_info=error,
        )


async def _pause(tries: int) -> None:
    await asyncio.sleep(jittered_delay_ms(tries, delay_ms_base=DELAY_MS_MIN, delay_ms_max=DELAY_MS_MAX) / 1000)
