"""What is wrong with what a configuration says about controls and reports, beyond the form of single values."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.gesture_check import of_caps
from contracts.installation import Configuration
from contracts.money import to_minor
from contracts.vocabulary import Channel


def controls_complaint(configuration: Configuration) -> tuple[str, str] | None:
    """The key at fault and the complaint; None: nothing is wrong."""
    return next(_complaints(configuration), None)


def _complaints(configuration: Configuration) -> Iterator[tuple[str, str]]:
    yield from of_caps("controls.customer_caps", configuration.controls.customer_caps)
    reasons = configuration.controls.review_reasons
    if not reasons:
        yield "controls.review_reasons", "expected at least one code"
    if len(set(reasons)) != len(reasons):
        yield "controls.review_reasons", "a code stands twice"
    reports = configuration.reports
    try:
        to_minor("0", reports.currency)
    except ValueError as error:
        yield "reports.currency", str(error)
        return
    for path, amount in reports.contact_cost.items():
        if Channel.from_path(path) is None:
            yield f"reports.contact_cost.{path}", "unknown key: expected a channel such as email"
        try:
            to_minor(amount, reports.currency)
        except ValueError as error:
            yield f"reports.contact_cost.{path}", str(error)
