"""Ends a service whose parent is gone, where the system itself does not."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping

PARENT_PID = "EENDER_PARENT_PID"
POLL_INTERVAL_S = 1.0
STOP_WAIT_S_MAX = 8.0


async def watch_parent(env: Mapping[str, str] | None = None) -> None:
    """Wait until the process `EENDER_PARENT_PID` is no longer our parent; then stop, by force if it takes too long.

    Returns at once where the variable is not set: nobody watches over us. To be run as a task beside the server.
    """
    written = (os.environ if env is None else env).get(PARENT_PID, "")
    if not written.isdigit():
        return
    while os.getppid() == int(written):  # noqa: ASYNC110  (nothing tells when a parent is gone: it must be asked)
        await asyncio.sleep(POLL_INTERVAL_S)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(STOP_WAIT_S_MAX)
    os._exit(1)
