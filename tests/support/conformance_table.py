"""What every door was asked and how it did: a table at the end of each run of the conformance kit."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Protocol

from contracts.vocabulary import Channel

FILES = ("tests/unit/channels/test_every_door.py", "tests/properties/test_channels_doors.py")
_PATHS = sorted((channel.path for channel in Channel), key=len, reverse=True)
"""The longest first: `google-reviews` is no `google`."""


class Reporter(Protocol):
    """What pytest hands to a summary."""

    stats: dict[str, list[Any]]

    def section(self, title: str) -> None: ...
    def write_line(self, line: str) -> None: ...


def pytest_terminal_summary(terminalreporter: Reporter) -> None:
    """Print a line per question and a column per door: how many of its tests passed."""
    passed: dict[tuple[str, str], int] = defaultdict(int)
    asked: dict[tuple[str, str], int] = defaultdict(int)
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            place = place_of(report.nodeid) if getattr(report, "when", "") == "call" else None
            if place is not None:
                asked[place] += 1
                passed[place] += outcome == "passed"
    if not asked:
        return
    terminalreporter.section("conformance of the doors")
    for line in table(passed, asked):
        terminalreporter.write_line(line)


def place_of(nodeid: str) -> tuple[str, str] | None:
    """The question and the door that a test is about; None where it is about none."""
    file, _, name = nodeid.partition("::")
    question, bracket, parameters = name.rstrip("]").partition("[")
    if file not in FILES or not bracket:
        return None
    for path in _PATHS:
        if f"-{path}-" in f"-{parameters}-":
            return question.removeprefix("test_").replace("_", " "), path
    return None


def table(passed: dict[tuple[str, str], int], asked: dict[tuple[str, str], int]) -> list[str]:
    """The lines: `5` where all five passed, `4/5` where one did not, a dot where nothing was asked."""
    questions = list(dict.fromkeys(question for question, _ in asked))
    doors = sorted({door for _, door in asked})
    wide = max(len(question) for question in questions)
    widths = [max(len(door), 3) for door in doors]
    lines = [" " * wide + "  " + "  ".join(door.rjust(width) for door, width in zip(doors, widths, strict=True))]
    for question in questions:
        cells = [_cell(passed[question, door], asked[question, door]) for door in doors]
        shown = "  ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
        lines.append(f"{question.ljust(wide)}  {shown}")
    return lines


def _cell(passed: int, asked: int) -> str:
    if not asked:
        return "."
    return str(asked) if passed == asked else f"{passed}/{asked}"
