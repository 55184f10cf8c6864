"""Connections that see the scratch tables only, and do pieces of work side by side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar

from infra.postgres import Connection, Pool
from infra.sql import statements

HANDS = 2
"""As many as the server makes use of where it has two cores."""
_SQL = statements("infra")

TURNS = 3
"""Of an event loop, from bytes that have come to those that are sent because of them."""
Result = TypeVar("Result")
Piece = Callable[[Connection], Awaitable[None]]


@asynccontextmanager
async def hand(pool: Pool) -> AsyncIterator[Connection]:
    """One that has time for long statements; it goes back as it came."""
    async with pool.acquire() as connection:
        try:
            await connection.execute(_SQL["see_scratch_only"])
            await connection.execute(_SQL["take_time"])
            await connection.execute(_SQL["commit_at_ease"])
            yield connection
        finally:
            await connection.execute("RESET search_path; RESET statement_timeout; RESET synchronous_commit")


@asynccontextmanager
async def hands(pool: Pool, first: Connection) -> AsyncIterator[Sequence[Connection]]:
    """This one, and others."""
    async with AsyncExitStack() as taken:
        yield [first, *[await taken.enter_async_context(hand(pool)) for _ in range(HANDS - 1)]]


async def side_by_side(connections: Sequence[Connection], pieces: Iterable[Piece]) -> None:
    """Do all of them, each connection one at a time. What one of them raises ends the others."""
    waiting = iter(pieces)

    async def work(connection: Connection) -> None:
        for piece in waiting:
            await piece(connection)

    await all_done(map(work, connections))


async def all_done(works: Iterable[Coroutine[Any, Any, Result]]) -> list[Result]:
    """What came of each. What one of them raises ends the others, and none goes on when this is over."""
    working = [asyncio.create_task(work) for work in works]
    try:
        return await asyncio.gather(*working)
    finally:
        for each in working:
            each.cancel()
        await asyncio.gather(*working, return_exceptions=True)


async def execute(sql: str, args: Sequence[Any], connection: Connection) -> None:
    """Carry out one statement: a piece, once it is known which."""
    await connection.execute(sql, *args)


async def others_turn() -> None:
    """Let whoever waits for the server hear what it answered and ask it the next thing: it should never wait for us."""
    for _ in range(TURNS):
        await asyncio.sleep(0)
