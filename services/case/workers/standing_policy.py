"""By which policy what comes in is judged: the configuration's, with what is on record of accounts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from contracts.envelope import Message
from contracts.stored import CommandContext
from infra.consumer import Handler
from infra.effect import handler_name
from infra.postgres import Pool
from services.case.domain.policy import CasePolicy
from services.case.queries.accounts import accounts_standing
from services.case.queries.database import Database

SECONDS_MAX = 1.0
"""For so long what was read is good: contacts come by the hundred, accounts change by the month."""


class StandingPolicy:
    """The policy that is in force, read again now and then, and after this process itself heard of a change."""

    def __init__(self, pool: Pool, configured: CasePolicy) -> None:
        self._database = Database(pool)
        self._configured = configured
        self._found: tuple[CasePolicy, float] | None = None
        self._reading = asyncio.Lock()

    async def now(self) -> CasePolicy:
        """What decisions are made by now."""
        if (found := self._fresh()) is not None:
            return found
        # One reads it for all who come together: each for itself, they would go on one by one and store one by one.
        async with self._reading:
            if (found := self._fresh()) is None:
                at = asyncio.get_running_loop().time()
                found = self._configured.standing(await accounts_standing(self._database))
                self._found = found, at
            return found

    def _fresh(self) -> CasePolicy | None:
        if self._found is None or self._found[1] < asyncio.get_running_loop().time() - SECONDS_MAX:
            return None
        return self._found[0]

    def judging(self, reaction: Callable[..., Awaitable[None]], **more: Any) -> Handler:
        """The reaction, with `policy` as it is when the message comes."""

        async def handle(message: Message, context: CommandContext) -> None:
            await reaction(message, context, policy=await self.now(), **more)

        return _named(handle, reaction)

    def changing(self, reaction: Callable[..., Awaitable[None]], **more: Any) -> Handler:
        """The reaction, after which everything is read again."""

        async def handle(message: Message, context: CommandContext) -> None:
            await reaction(message, context, **more)
            self._found = None

        return _named(handle, reaction)


def _named(handle: Handler, reaction: Callable[..., Awaitable[None]]) -> Handler:
    handle.__name__ = handler_name(reaction)  # command ids are made of it
    return handle
