"""Rounds go on while what stops them passes by itself, and end when it does not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from infra.logs import log
from infra.rounds import go_round

logger = log("test")


class Busy(Exception):  # noqa: N818
    """Passes by itself."""


def that_ends(*errors: Exception | None) -> tuple[Callable[[], Awaitable[None]], list[float]]:
    """Rounds that end so, and when they were made; the one after the last is never made."""
    left, made = list(errors), list[float]()

    async def one() -> None:
        made.append(asyncio.get_running_loop().time())
        error = left.pop(0) if left else asyncio.CancelledError()
        if error is not None:
            raise error

    return one, made


async def test_what_passes_is_tried_again_and_what_does_not_ends_the_rounds() -> None:
    one, made = that_ends(None, Busy(), OSError(), None, ValueError("mine"))
    with pytest.raises(ValueError, match="mine"):
        await go_round(one, every_seconds=0.01, logger=logger, passes=(Busy,))
    assert len(made) == 5


async def test_what_is_not_said_to_pass_ends_the_rounds() -> None:
    one, made = that_ends(Busy())
    with pytest.raises(Busy):
        await go_round(one, every_seconds=0.01, logger=logger)
    assert len(made) == 1


async def test_who_asks_need_not_wait() -> None:
    one, made = that_ends(None)
    asked = asyncio.Event()
    running = asyncio.create_task(go_round(one, every_seconds=60, logger=logger, asked=asked))
    await asyncio.sleep(0.01)
    asked.set()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(running, 20)
    assert len(made) == 2


async def test_what_was_asked_for_in_a_round_that_failed_is_done_after_a_short_pause() -> None:
    one, made = that_ends(Busy())
    with pytest.raises(asyncio.CancelledError):
        await go_round(one, every_seconds=60, logger=logger, passes=(Busy,), pause_seconds=0.02)
    assert made[1] - made[0] < 5
