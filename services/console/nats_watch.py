"""Starts the embedded NATS again where it runs and stores nothing."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

from infra.embedded.nats import EmbeddedNats

LOOK_EVERY_S = 10.0
ROOM_BYTES_MIN = 64 * 1024**2
"""With less the next write would fail as the last one did."""


async def keep_storing(server: EmbeddedNats, folder: Path, *, say: Callable[[str], None]) -> None:
    """Look now and then until it is cancelled; end the server once it ails and there is room: its keeper starts it.

    A cancellation that comes as a connection is made, or refused, is lost on the way (`asyncio.wait_for`): so it is
    looked for.
    """
    told: str | None = None
    watching = asyncio.current_task()
    while watching is None or not watching.cancelling():
        await asyncio.sleep(LOOK_EVERY_S)
        ailment = await server.ailment()
        if ailment is not None and ailment != told:
            say(f"nats stores nothing: {ailment}")
        told = ailment
        if ailment is not None and shutil.disk_usage(folder).free >= ROOM_BYTES_MIN:
            await server.stop()
