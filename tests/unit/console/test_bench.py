"""`eender bench` belongs to a checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.console import bench
from services.console.__main__ import main


def test_outside_a_checkout_it_is_misuse_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "CHECKOUT", tmp_path)
    assert main(["bench", "events"]) == 2
    assert "only in a checkout" in capsys.readouterr().err


def test_there_is_nothing_else_to_measure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "nothing"]) == 2
