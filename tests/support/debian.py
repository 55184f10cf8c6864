"""Programs of Debian that tests need: installed where that can be done, by one test process at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

INSTALL_S_MAX = 75
"""Of each of the two steps: a test that waits for another's installation still ends before its own time is over."""


def installed_or_skip(find: Callable[[], str | None], package: str) -> str:
    """The program that `find` gives, its package installed if need be; else the test is skipped, and says why."""
    reason = f"{package} is not here, and only root on Debian can install it"
    if find() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        # apt-get itself gives up at once while another of it is at work.
        with (Path(tempfile.gettempdir()) / "eender-tests-apt.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            reason = _install(package) if find() is None else ""
    found = find()
    if found is None:
        print(reason)  # noqa: T201  (says why nothing was tried)
        pytest.skip(reason)
    return found


def _install(package: str) -> str:
    """Install it; gives what was wrong, if anything was."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    said = ""
    for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", package]):
        try:
            done = subprocess.run(
                ["apt-get", *words], check=False, capture_output=True, timeout=INSTALL_S_MAX, env=quiet
            )
        except subprocess.TimeoutExpired:
            return f"{package} was not installed within {INSTALL_S_MAX} s"
        said = done.stderr.decode()[-200:].strip()
    return f"{package} cannot be installed: {said}"
