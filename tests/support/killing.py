"""SIGKILL for the parts of a running shop, one after the other."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence

from tests.support.shop import Shop, eventually

BACK_WITHIN_S_MAX = 30.0


async def kill_in_turn(shop: Shop, victims: Sequence[str], *, pause_s: float = 0.8) -> list[str]:
    """Kill each, and wait until it is back before the next one goes; who was killed."""
    killed = []
    for victim in victims:
        await asyncio.sleep(pause_s)
        pid = shop.run()["pids"][victim]
        os.kill(pid, signal.SIGKILL)
        killed.append(victim)

        async def back(victim: str = victim, pid: int = pid) -> bool:
            try:
                return bool(shop.run()["pids"].get(victim, pid) != pid)
            except (OSError, ValueError):
                return False

        await eventually(back, wait_s_max=BACK_WITHIN_S_MAX)
    return killed
