"""What `eender verify` tells of several logs."""

from __future__ import annotations

from infra.event_store.finding import LogReport
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
