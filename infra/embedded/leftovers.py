"""Processes of an earlier server that still work in its folder: waited for, then ended."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

from infra.embedded.child import POLL_INTERVAL_S, EmbeddedError

PROC = Path("/proc")
SERVERS = ("postgres", "nats-server")
PATIENCE_S = {signal.SIGINT: 5.0, signal.SIGQUIT: 5.0, signal.SIGKILL: 5.0}


async def end_leftovers(folder: Path) -> None:
    """Wait until no process of ours works in `folder`, pressing harder as time goes by.

    After `kill -9` of a server its sessions may live for a moment; after `kill -9` of our program its servers are just
    shutting down. The caller holds the data folder's lock, so whoever works in it is left over. Only on Linux;
    elsewhere the servers' own checks have the word.

    Raises:
        EmbeddedError: somebody is there who cannot be ended.
    """
    if not PROC.joinpath("self").exists():
        return
    pids = _working_in(folder)
    for signal_number, wait_s in PATIENCE_S.items():
        deadline = asyncio.get_running_loop().time() + wait_s
        while pids and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(POLL_INTERVAL_S)
            pids = _working_in(folder)
        if not pids:
            return
        for pid in pids:
            _signal(pid, signal_number)
    raise EmbeddedError(f"processes {sorted(pids)} still work in {folder}: end them first")


def _signal(pid: int, signal_number: signal.Signals) -> None:
    """Send a signal; a process that has just ended is what we want."""
    try:
        os.kill(pid, signal_number)
    except (ProcessLookupError, PermissionError):
        return


def _working_in(folder: Path) -> set[int]:
    """The processes that work in `folder` or name it in their arguments (a working folder may be hidden from us)."""
    wanted = str(folder.resolve())
    return {
        int(entry.name)
        for entry in PROC.iterdir()
        if entry.name.isdigit()
        and int(entry.name) != os.getpid()
        and ((_working_folder(entry) + "/").startswith(wanted + "/") or wanted in _server_arguments(entry))
    }


def _working_folder(process: Path) -> str:
    try:
        return str((process / "cwd").readlink())
    except OSError:  # ended meanwhile, or another user's
        return ""


def _server_arguments(process: Path) -> str:
    """The arguments of one of our servers; nothing for any other program, such as an editor with a file of ours."""
    try:
        arguments = (process / "cmdline").read_bytes()
    except OSError:
        return ""
    program = Path(os.fsdecode(arguments.split(b"\0", 1)[0])).name
    return os.fsdecode(arguments) if program in SERVERS else ""


def forget_stranger(data: Path) -> None:
    """Remove Postgres' lock file when the process it names is alive but another program: Postgres would believe it.

    A lock file that names a dead process stays: Postgres checks by it whether sessions of that server still live.
    """
    lock = data / "postmaster.pid"
    try:
        pid = lock.read_text().split(maxsplit=1)[0]
        arguments = (PROC / pid / "cmdline").read_bytes()
    except (OSError, IndexError):
        return
    if os.fsencode(data) not in arguments:
        lock.unlink()
