"""A service whose parent is gone stops by itself."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys

import psutil

from infra.embedded.parent import PARENT_PID, watch_parent

PROGRAM = """
import asyncio, os
from infra.embedded.parent import watch_parent
os.environ["EENDER_PARENT_PID"] = str(os.getppid())
print(os.getpid(), flush=True)
asyncio.run(watch_parent())
"""


async def test_without_a_parent_to_watch_it_returns_at_once() -> None:
    await asyncio.wait_for(watch_parent({}), 1)


async def test_as_long_as_the_parent_lives_it_waits() -> None:
    watching = asyncio.create_task(watch_parent({PARENT_PID: str(os.getppid())}))
    await asyncio.sleep(0.1)
    assert not watching.done()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


def test_when_the_parent_is_killed_it_ends_itself() -> None:
    middle = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {PROGRAM!r}])"
    with subprocess.Popen([sys.executable, "-c", middle], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.send_signal(signal.SIGKILL)
        parent.stdout.close()
    _, alive = psutil.wait_procs([child], timeout=10)
    assert alive == []
