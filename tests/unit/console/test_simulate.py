"""`eender simulate`: tables for people, one object for programs, a picture for a page."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from services.console.__main__ import main

SMALL = ["simulate", "--seeds", "1", "--contacts", "500"]


def test_it_prints_our_policy_beside_others_and_the_optimum(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(SMALL) == 0
    printed = capsys.readouterr().out
    for word in ("eta", "pool", "timer_60", "owner_only", "best anybody could have done"):
        assert word in printed


def test_as_json_it_is_one_object_of_policies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "week.svg"
    assert main([*SMALL, "--capacity", "15", "--hold-margin-min", "30", "--json", "--plot", str(picture)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["setting"]["capacity"], found["setting"]["hold_margin_min"]) == (15, 30)
    assert {"continuity", "reachable_continuity", "ratio_to_optimum", "late"} <= found["policies"]["eta"].keys()
    assert "pool" in found["policies"]
    assert ET.fromstring(picture.read_text()).tag.endswith("svg")  # noqa: S314  (we drew it)


def test_a_picture_that_is_no_svg_is_refused_before_anything_is_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*SMALL, "--plot", str(tmp_path / "week.png")]) == 1
    assert ".svg" in capsys.readouterr().err


def test_numbers_out_of_range_are_misuse() -> None:
    assert main(["simulate", "--seeds", "0"]) == 2
    assert main(["simulate", "--shock", "1000"]) == 2
