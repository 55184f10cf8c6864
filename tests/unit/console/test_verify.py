"""What `eender verify` tells of several logs."""

from __future__ import annotations

import pytest

from infra.event_store.finding import LogReport
from services.console.bars import bars
from services.console.verify import _label


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
