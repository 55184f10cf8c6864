"""One program of the stack that is kept running: started again with growing pauses when it dies."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from infra.embedded.child import Child, EmbeddedError

RESTART_DELAY_S_MIN = 0.2
RESTART_DELAY_S_MAX = 5.0
STEADY_S = 30.0
"""Whoever lived this long was well: the next pause is short again."""
DEATHS_SHOWN_MAX = 3
EARLY_DEATHS_MAX = 5


class Part:
    """A program by name. `start` starts it (again) and waits as long as it must; `child` is its process now.

    `say` tells a person; `changed` is called after every restart.
    """

    def __init__(
        self,
        name: str,
        *,
        start: Callable[[], Awaitable[None]],
        child: Callable[[], Child],
        say: Callable[[str], None],
        changed: Callable[[], None],
    ) -> None:
        self.name = name
        self.start = start
        self._child = child
        self._say = say
        self._changed = changed
        self.deaths = 0
        self.was_ready = False

    @property
    def pid(self) -> int:
        """The process id now."""
        return self._child().pid

    async def keep_running(self) -> None:
        """Start it again whenever it ends, for ever; to be cancelled before it is stopped on purpose."""
        clock = asyncio.get_running_loop().time
        delay_s = RESTART_DELAY_S_MIN
        while True:
            began = clock()
            code = await self._child().ended()
            self.deaths += 1
            if clock() - began > STEADY_S:
                delay_s = RESTART_DELAY_S_MIN
                self.deaths = 1
            self._tell(code)
            await asyncio.sleep(delay_s)
            delay_s = min(2 * delay_s, RESTART_DELAY_S_MAX)
            try:
                await self.start()
            except EmbeddedError as error:
                self._say(f"{self.name}: {error}")
            self._changed()

    def _tell(self, code: int) -> None:
        """Say that it died, with the end of its log the first few times."""
        if self.deaths <= DEATHS_SHOWN_MAX:
            how = f"signal {-code}" if code < 0 else f"exit {code}"
            self._say(f"{self.name} ended ({how}) and is started again")
            if not self.was_ready:
                self._say(self._child().log_tail())
        elif self.deaths == DEATHS_SHOWN_MAX + 1:
            self._say(f"{self.name} keeps ending; no more is said of it here, see its log")
