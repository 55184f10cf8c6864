"""The data folder of a stack: one at a time, of a version we know, its key never made twice."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from infra.embedded.child import EmbeddedError
from infra.embedded.folder import FORMAT, locked_folder
from infra.sealing import load_kek


def test_a_second_one_is_told_who_has_the_folder(run_folder: Path) -> None:
    program = (
        "import pathlib, sys\nfrom infra.embedded.folder import locked_folder\n"
        "with locked_folder(pathlib.Path(sys.argv[1])): pass\n"
    )
    with locked_folder(run_folder):
        second = subprocess.run(
            [sys.executable, "-c", program, str(run_folder)], check=False, capture_output=True, text=True
        )
    assert second.returncode == 1
    assert f"another `eender up` (process {os.getpid()}) is running in {run_folder}" in second.stderr
    with locked_folder(run_folder):
        pass


def test_a_folder_of_a_newer_version_is_left_alone(run_folder: Path) -> None:
    with locked_folder(run_folder):
        pass
    (run_folder / "version.json").write_text(json.dumps({"format": FORMAT + 1}))
    with pytest.raises(EmbeddedError, match="newer version"), locked_folder(run_folder):
        pass


def test_the_key_is_made_once_and_for_its_owner_only(run_folder: Path) -> None:
    with locked_folder(run_folder):
        first = load_kek(f"file:{run_folder / 'kek'}")
    with locked_folder(run_folder):
        assert load_kek(f"file:{run_folder / 'kek'}") == first
    assert stat.S_IMODE((run_folder / "kek").stat().st_mode) == 0o600


def test_a_lost_key_is_not_replaced_by_another(run_folder: Path) -> None:
    with locked_folder(run_folder):
        pass
    (run_folder / "kek").unlink()
    with pytest.raises(EmbeddedError, match="put it back"), locked_folder(run_folder):
        pass
    assert not (run_folder / "kek").exists()


def test_a_damaged_version_is_said_to_be_damaged(run_folder: Path) -> None:
    run_folder.mkdir()
    (run_folder / "version.json").write_text("{")
    with pytest.raises(EmbeddedError, match="damaged"), locked_folder(run_folder):
        pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedError, match="cannot be used"), locked_folder(tmp_path / "file" / "run"):
        pass
