"""A program of ours as a child process: started in its own session, logged to a file, stopped step by step."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LAUNCHER = Path(__file__).with_name("launch.py")
LOG_BYTES_MAX = 5_000_000
LINE_BYTES_SHOWN = 200
POLL_INTERVAL_S = 0.05
KILL_WAIT_S = 5.0


class EmbeddedError(Exception):
    """An embedded server cannot be had; the message says what a person can do about it."""


@dataclass(frozen=True, slots=True)
class Account:
    """The unprivileged user a program runs as. `capability`: the one Linux capability it keeps, by number."""

    uid: int
    gid: int
    capability: int | None = None


@dataclass(frozen=True, slots=True)
class StopStep:
    """Send `signal_number`, then wait at most `wait_s` before the next step."""

    signal_number: signal.Signals
    wait_s: float


class Child:
    """One child process. It gets its death signal when we die, whatever way we die.

    Start it from the main thread: the death signal follows the thread that started the child.
    """

    def __init__(
        self,
        program: Sequence[str],
        *,
        log: Path,
        death_signal: signal.Signals = signal.SIGTERM,
        environment: Mapping[str, str] | None = None,
        account: Account | None = None,
        folder: Path | None = None,
    ) -> None:
        self._program = tuple(program)
        self._log = log
        self._death_signal = death_signal
        self._environment = environment
        self._account = account
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    @property
    def pid(self) -> int:
        """The process id. Only to be asked after `start`."""
        if self._process is None:
            raise EmbeddedError("the program was not started")
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended (negative: by that signal), or None while it runs or before it was started."""
        return None if self._process is None else self._process.poll()

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it; its output goes to the log file, which is put aside first when it has grown large."""
        wishes = {
            "parent_pid": os.getpid(),
            "death_signal": int(self._death_signal),
            "uid": self._account.uid if self._account else None,
            "gid": self._account.gid if self._account else None,
            "capability": self._account.capability if self._account else None,
        }
        rotate(self._log)
        with self._log.open("ab") as output:
            self._log_start = output.tell()
            self._process = subprocess.Popen(  # noqa: S603  (our own launcher and our own programs)
                [sys.executable, "-I", "-S", str(LAUNCHER), json.dumps(wishes), *self._program],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if self._environment is None else dict(self._environment),
                cwd=self._folder,
                # Ctrl-C reaches the whole foreground group: the order of stopping is ours to keep.
                start_new_session=True,
            )

    async def ended(self) -> int:
        """Wait until it has ended; how it ended."""
        while (code := self.exit_code) is None:  # noqa: ASYNC110  (the system tells by polling only, on every platform)
            await asyncio.sleep(POLL_INTERVAL_S)
        return code

    async def stop(self, *steps: StopStep) -> None:
        """Stop it, step by step, in the end by force. Does nothing when it is not running."""
        for step in (*steps, StopStep(signal.SIGKILL, KILL_WAIT_S)):
            if not self.running:
                return
            self.signal(step.signal_number)
            try:
                await asyncio.wait_for(self.ended(), step.wait_s)
            except TimeoutError:
                continue

    def signal(self, signal_number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self._process is not None:
            self._process.send_signal(signal_number)

    def log_tail(self, lines_max: int = 20) -> str:
        """The last lines of its log since this start, to be shown when it died."""
        if not self._log.exists():
            return ""
        with self._log.open("rb") as file:
            file.seek(max(self._log_start, self._log.stat().st_size - LINE_BYTES_SHOWN * lines_max))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-lines_max:])


def rotate(log: Path) -> None:
    """Put a log file aside as `<name>.1` when it has grown beyond the limit; make its folder where missing."""
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
        log.replace(log.with_name(f"{log.name}.1"))
