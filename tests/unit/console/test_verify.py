"""What `eender verify` tells of several logs."""

from __future__ import annotations

import pytest

from infra.event_store.finding import Inversions, LogReport
from services.console.bars import bars
from services.console.verify import _label, _lines


def test_a_log_that_goes_by_anothers_name_hides_nothing_of_it() -> None:
    reports: dict[str, LogReport] = {}
    for name, origin in (("case", "eender/case"), ("channels", None), ("routing", "eender/case")):
        report = LogReport(origin=origin)
        reports[_label(reports, name, report)] = report
    assert [(name, report.sound) for name, report in reports.items()] == [
        ("eender/case", True),
        ("channels", True),
        ("routing", False),
    ]


def test_where_nobody_watches_no_bar_leaves_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with bars() as bar:
        bar("facts")(1, 1)
    assert capsys.readouterr() == ("", "")


def test_of_writers_at_once_an_auditor_hears_that_nothing_is_beyond_them() -> None:
    report = LogReport(facts=3, streams=1)
    for position, seconds in ((2, 0.05), (3, 4.9)):
        report.inversions.note(position, seconds)
    assert _lines("case", report)[1:] == [
        "  times step back by 4.900 s (position 3) at the most, no more than writers at once explain (5 s)"
    ]


def test_of_a_changed_clock_an_auditor_hears_how_many_facts_where_and_by_how_much() -> None:
    report, later, earlier = LogReport(facts=9, streams=1), LogReport(), LogReport()
    for position, seconds in ((7, 3600.0), (8, 3599.5), (9, 0.2)):
        later.inversions.note(position, seconds)
    earlier.inversions.note(4, 0.001)
    earlier.inversions.note(5, 6.0)
    report.add(later)
    report.add(earlier)
    report.add(LogReport())
    assert report.inversions == Inversions(5, 4, 3600.0, 7, beyond=3, beyond_first_position=5)
    (line,) = _lines("case", report)[1:]
    assert "3 facts were recorded more than 5 s earlier than one before them, the first at position 5;" in line
    assert "by 3600.000 s (position 7) at the most" in line
