"""`eender simulate`: tables for people, one object for programs, a picture for a page."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from services.console.__main__ import main

SMALL = ["simulate", "--seeds", "1", "--contacts", "500"]


def test_it_prints_our_policy_beside_others_and_the_optimum(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(SMALL) == 0
    printed = capsys.readouterr().out
    for word in ("eta", "pool", "timer_60", "owner_only", "best anybody could have done"):
        assert word in printed


def test_as_json_it_is_one_object_of_policies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "week.svg"
    assert main([*SMALL, "--capacity", "15", "--hold-margin", "30m", "--json", "--plot", str(picture)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["setting"]["capacity"], found["setting"]["hold_margin_min"]) == (15, 30)
    assert {"continuity", "reachable_continuity", "ratio_to_optimum", "late"} <= found["policies"]["eta"].keys()
    assert "pool" in found["policies"]
    assert ET.fromstring(picture.read_text()).tag.endswith("svg")  # noqa: S314  (we drew it)


def test_the_picture_may_be_of_points_and_shows_a_bar_per_policy(tmp_path: Path) -> None:
    picture = tmp_path / "week.png"
    assert main([*SMALL, "--plot", str(picture)]) == 0
    with Image.open(picture) as drawn:
        colours = {colour for _, colour in drawn.convert("RGB").getcolors(1 << 20) or ()}
        assert (drawn.format, drawn.width) == ("PNG", 1800)
    assert {(0x15, 0x65, 0xC0), (0x90, 0xA4, 0xAE), (0xC6, 0x28, 0x28), (255, 255, 255)} <= colours


def test_a_picture_of_another_kind_is_refused_before_anything_is_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*SMALL, "--plot", str(tmp_path / "week.gif")]) == 1
    assert ".png" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [
        ["--seeds", "0"],
        ["--shock", "1000"],
        ["--hold-margin", "soon"],
        ["--hold-margin", "25h"],
        ["--from", "2026-11-01T10:00:00"],
    ],
)
def test_what_cannot_be_is_misuse(wrong: list[str]) -> None:
    assert main(["simulate", *wrong]) == 2


def test_a_time_that_ends_before_it_begins_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--from", "2026-11-02", "--to", "2026-11-01"]) == 1
    assert "--from" in capsys.readouterr().err


def test_a_record_without_a_stack_says_which_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EENDER_DATABASE_URL", raising=False)
    assert main(["simulate", "--from", "2026-11-01"]) == 1
    assert "--data" in capsys.readouterr().err
    assert main(["simulate", "--data", str(tmp_path)]) == 1
    assert str(tmp_path) in capsys.readouterr().err
