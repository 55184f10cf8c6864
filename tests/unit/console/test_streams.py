"""What a command does where its answer goes: a reader who leaves, a full disk, another alphabet, nowhere at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
import psutil
import pytest

from tests.support.bundles import as_json, body_of, story

READER_LEFT, INTERRUPTED = 141, 130
"""128 and the signal, as shells show it."""
FULL = Path("/dev/full")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    file = tmp_path / "case.json"
    file.write_bytes(as_json(body_of(story())))
    return file


def eender(*words: str, **variables: str) -> tuple[Sequence[str], dict[str, str]]:
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("EENDER_", "PYTHON", "LC_"))}
    return [sys.executable, "-m", "services.console", *words], {**mine, **variables}


@pytest.mark.parametrize("buffered", [{}, {"PYTHONUNBUFFERED": "1"}])
@pytest.mark.parametrize("command", ["help", "verify", "verify --json"])
def test_where_the_reader_left_a_command_ends_without_a_word(
    command: str, buffered: dict[str, str], bundle: Path
) -> None:
    word, *options = command.split()
    words, env = eender(*(["--help"] if word == "help" else [word, "--bundle", str(bundle), *options]), **buffered)
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(words, env=env, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (READER_LEFT, b"")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no full device")
def test_an_answer_that_cannot_be_written_is_a_failure_that_says_so(bundle: Path) -> None:
    words, env = eender("verify", "--bundle", str(bundle))
    with FULL.open("wb") as full:
        done = subprocess.run(words, env=env, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert done.stderr.decode() == "eender: the answer cannot be written: No space left on device\n"


def test_who_closed_its_output_wants_the_exit_code_alone(bundle: Path) -> None:
    words, env = eender("verify", "--bundle", str(bundle))
    closed = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *words], env=env, stderr=subprocess.PIPE, check=False
    )
    assert (closed.returncode, closed.stderr) == (0, b"")


def test_in_another_alphabet_help_is_readable_and_json_is_utf_8(tmp_path: Path) -> None:
    words, env = eender("verify", "--help", PYTHONIOENCODING="latin-1")
    helped = subprocess.run(words, env=env, capture_output=True, check=True)
    assert b"eender/case+24cf3960+Aep" in helped.stdout
    missing = tmp_path / "zaak ☃.json"
    missing.write_bytes(b"{")
    words, env = eender("verify", "--bundle", str(missing), "--json", PYTHONIOENCODING="latin-1")
    told = subprocess.run(words, env=env, capture_output=True, check=False)
    assert told.returncode == 1
    assert msgspec.json.decode(told.stdout)["verified"] is False


def test_an_interrupt_ends_a_long_command_and_its_helpers_at_once() -> None:
    words, env = eender("simulate", "--seeds", "4")
    played = psutil.Popen(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    # A helper and the process that keeps track of them: it has begun.
    limit = time.monotonic() + 60
    while len(begun := played.children(recursive=True)) < 2 and time.monotonic() < limit:
        time.sleep(0.05)
    assert len(begun) > 1
    played.send_signal(signal.SIGINT)
    out, err = played.communicate(timeout=15)
    assert (played.returncode, out, err) == (INTERRUPTED, b"", b"")
    assert psutil.wait_procs(begun, timeout=5)[1] == []
