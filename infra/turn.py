"""Work that one of several processes does at a time: whose session holds a lock, which goes with its connection.

For what is asked of others, where two who ask at once count for two. What is stored needs none of this: the record
decides there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg

from infra.sql import statements

if TYPE_CHECKING:
    from infra.postgres import Connection

ANSWER_SECONDS_MAX = 5.0
_SQL = statements("infra")


class Turn:
    """Whose turn it is. `number`: of the lock, one for each kind of work. It keeps one connection of its own."""

    def __init__(self, url: str, number: int, *, application_name: str) -> None:
        self._url = url
        self._number = number
        self._application_name = application_name
        self._connection: Connection | None = None
        self._is_held = False

    async def is_ours(self) -> bool:
        """Whether it is this process's turn now: it stays so until the connection ends.

        Raises:
            OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError: the database cannot be
                asked; then it is not.
        """
        try:
            return await self._asked()
        except BaseException:
            self.let_go()
            raise

    def let_go(self) -> None:
        """Leave it to another process."""
        connection, self._connection, self._is_held = self._connection, None, False
        if connection is not None:
            connection.terminate()

    async def _asked(self) -> bool:
        if self._connection is None:
            self._connection = await asyncpg.connect(
                self._url,
                timeout=ANSWER_SECONDS_MAX,
                command_timeout=ANSWER_SECONDS_MAX,
                server_settings={"application_name": self._application_name},
            )
        if self._is_held:
            # A connection that was cut holds nothing any more.
            await self._connection.execute(_SQL["still_there"])
        else:
            self._is_held = await self._connection.fetchval(_SQL["take_turn"], self._number)
        return self._is_held
