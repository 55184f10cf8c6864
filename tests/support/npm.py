"""Programs of other people's clients: packages from npm, fetched as a lock says, without running anything of theirs."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

FETCH_S_MAX = 240
RUN_S_MAX = 120
FETCH_AND_RUN_S_MAX = FETCH_S_MAX + RUN_S_MAX + 60
"""For a test that may be the one to fetch them."""


def fetched_or_skip(folder: Path) -> Path:
    """`folder` with the packages of its `package-lock.json` in `node_modules`; else the test is skipped, and says why.

    Fetched once, by one test process at a time: the folder is marked with the lock that its packages came from.
    """
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        _skip("npm and Node are not here")
    lock, mark = (folder / "package-lock.json").read_bytes(), folder / "node_modules" / ".fetched"
    with (Path(tempfile.gettempdir()) / "eender-tests-npm.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not mark.exists() or mark.read_bytes() != lock:
            words = [npm or "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
            try:
                done = subprocess.run(words, cwd=folder, check=False, capture_output=True, timeout=FETCH_S_MAX)
            except subprocess.TimeoutExpired:
                _skip(f"npm did not fetch its packages within {FETCH_S_MAX} s")
            if done.returncode:
                _skip("npm could not fetch its packages: " + done.stderr.decode(errors="replace")[-200:].strip())
            mark.write_bytes(lock)
    return folder


def run_node(folder: Path, *words: str, environment: dict[str, str]) -> str:
    """What a script of `folder` prints; what it says as it fails is in the failure."""
    done = subprocess.run(
        ["node", *words],
        cwd=folder,
        check=False,
        capture_output=True,
        timeout=RUN_S_MAX,
        env={**os.environ, **environment},
    )
    said = done.stdout.decode(errors="replace")
    if done.returncode:
        pytest.fail(f"{words[0]}: {done.stderr.decode(errors='replace')[-2000:]}{said[-4000:]}")
    return said


def _skip(reason: str) -> None:
    print(reason)  # noqa: T201  (says why nothing was tried)
    pytest.skip(reason)
