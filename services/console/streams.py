"""Where a command's answer goes: a pipe whose reader left, a full disk, a terminal of another alphabet, or nowhere."""

from __future__ import annotations

import io
import os
import select
import signal
import sys
from contextlib import suppress

READER_LEFT = 128 + signal.SIGPIPE
"""What shells show of a program whose reader left, as of `cat long | head -1`."""


def make_ready(*, for_json: bool) -> None:
    """Let what is printed have a place, and stop at no character. JSON is UTF-8 wherever it goes (RFC 8259, 8.1)."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  (it stays open as long as we live)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  (likewise)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace", encoding="utf-8" if for_json else None)


def written_out(code: int) -> int:
    """Write down what is still to be written; the exit code, else what became of the answer."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return reader_left()
    except OSError as error:
        _leave()
        sys.stderr.write(f"eender: the answer cannot be written: {error.strerror}\n")
        return code or 1
    return code


def reader_left() -> int:
    """Nobody reads on: end without a word, at the interpreter's end, too."""
    _leave()
    return READER_LEFT


def is_left() -> bool:
    """Whether it is a reader of ours who left, and not somebody at the other end of a connection."""
    asked = select.poll()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            asked.register(stream.fileno(), 0)
    return any(told & select.POLLERR for _, told in asked.poll(0))


def _leave() -> None:
    """What is buffered still goes nowhere, instead of failing again when the interpreter ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
