"""Round after round, for ever: how work that nobody waits for is done again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from infra.postgres import is_transient


async def go_round(
    one: Callable[[], Awaitable[None]],
    *,
    every_seconds: float,
    logger: Any,
    passes: tuple[type[Exception], ...] = (),
    asked: asyncio.Event | None = None,
    pause_seconds: float | None = None,
) -> None:
    """Make a round, wait, and make the next one.

    While the database is away, or something else is that `passes` by itself, `logger` says so, and the next round tries
    again, after `pause_seconds` where those are given. `asked`: set by who does not want to wait.

    Raises:
        Exception: what does not pass by itself.
    """
    while True:
        if asked is not None:
            asked.clear()
        try:
            await one()
        except Exception as error:
            if not is_transient(error) and not isinstance(error, passes):
                raise
            logger.warning("a round waits for what is away or in use", error_class=type(error).__name__)
            if pause_seconds is not None:
                await asyncio.sleep(pause_seconds)
                continue
        with suppress(TimeoutError):
            async with asyncio.timeout(every_seconds):
                await (asyncio.Event() if asked is None else asked).wait()
