"""What was measured, beside what was asked for: as a table, as JSON, as a plot."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median

import msgspec
from rich.table import Table


class Wanted(msgspec.Struct, frozen=True):
    """`more`: a higher ratio is better. Without a limit in the round, `ours` itself is compared."""

    must: float
    aim: float
    more: bool = True


WANTED = {
    "webhook kept, requests/s vs the same route doing nothing": Wanted(0.30, 0.45),
    "accepted to timeline at 200/s, p50 ms": Wanted(50.0, 25.0, more=False),
    "accepted to timeline at 200/s, p99 ms": Wanted(300.0, 150.0, more=False),
    "a year's postings, contacts/s vs COPY": Wanted(0.035, 0.15),
    "mail read with quotes marked, mails/s vs bare message_from_bytes": Wanted(0.15, 0.35),
    "the slowest mail, s": Wanted(1.0, 0.5, more=False),
    "group commit, 64 callers, vs COPY": Wanted(0.30, 0.45),
    "group commit, 256 callers, vs COPY": Wanted(0.45, 0.60),
    "single append, 16 callers, vs the library's PostgresApplicationRecorder": Wanted(20, 30),
    "append acknowledged, 64 callers, p50 ms vs plain INSERTs": Wanted(1.0, 0.5, more=False),
    "append acknowledged, 64 callers, p99 ms vs plain INSERTs": Wanted(1.0, 0.3, more=False),
    "commit to position at half the rate, p50 ms": Wanted(20, 10, more=False),
    "commit to position at half the rate, p99 ms": Wanted(60, 30, more=False),
    "reading in order, pages of 1000, vs COPY": Wanted(2.5, 4),
    "load a case of 50 events, Python ms vs the library's repository": Wanted(0.6, 0.35, more=False),
    "load a case of 500 events, Python ms vs the library's repository": Wanted(0.6, 0.35, more=False),
    "verify, events/s vs COPY": Wanted(1.0, 2.0),
    "rebuild of all projections, facts/s vs COPY": Wanted(0.2, 0.4),
    "customer screen, views/s vs the same SQL without HTTP": Wanted(0.65, 0.80),
    "customer screen, views/s vs our own REST handler": Wanted(0.95, 0.97),
    "customer screen, views/s vs Strawberry with DataLoaders": Wanted(25, 40),
    "customer screen, views/s vs PostGraphile 5": Wanted(4, 5),
    "customer screen, CPU per view with the database's, ms, vs PostGraphile 5": Wanted(1 / 3, 1 / 4, more=False),
    "customer screen, application CPU per view, ms": Wanted(0.35, 0.20, more=False),
    "one event to 500 subscribers, first to last frame, ms": Wanted(40, 15, more=False),
    "AgentInbox, views/s vs the same SQL without HTTP": Wanted(0.55, 0.75),
    "CaseScreen, views/s vs the same SQL without HTTP": Wanted(0.55, 0.75),
    "Cases, views/s vs the same SQL without HTTP": Wanted(0.55, 0.75),
    "caseNoteAdd over HTTP, 16 clients, vs bare INSERTs": Wanted(0.10, 0.20),
    "one decision, 500 agents and 20,000 open cases, of Python, p50 ms": Wanted(1.0, 0.3, more=False),
    "one decision, 500 agents and 20,000 open cases, of Python, p99 ms": Wanted(3.0, 1.0, more=False),
    "a week of 5,443 contacts, optimum included, s": Wanted(20.0, 10.0, more=False),
    "continuity per the optimum's, worst week": Wanted(0.92, 0.95),
    "continuity per the optimum's, median week": Wanted(0.95, 0.97),
    "continuity with duos, share of returning contacts": Wanted(0.80, 0.85),
    "late answers, share of contacts": Wanted(0.001, 0.0, more=False),
    "cost per the cheapest, owner alone": Wanted(1.08, 1.05, more=False),
}


class Figure(msgspec.Struct):
    """Medians over the rounds. `ratio`: the median of each round's own ratio."""

    measure: str
    ours: float
    limit: float | None
    ratio: float | None
    must: float | None
    aim: float | None
    holds: bool | None


@dataclass
class Figures:
    """Collects the rounds."""

    _ours: dict[str, list[float]] = field(default_factory=dict)
    _limits: dict[str, list[float]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)

    def add(self, measure: str, ours: float, limit: float | None) -> None:
        self._ours.setdefault(measure, []).append(ours)
        if limit is not None:
            self._limits.setdefault(measure, []).append(limit)

    def note(self, measure: str, ours: float) -> None:
        self.add(measure, ours, None)

    def medians(self) -> list[Figure]:
        return [self._figure(measure) for measure in self._ours]

    def _figure(self, measure: str) -> Figure:
        ours, limits = self._ours[measure], self._limits.get(measure)
        ratio = median(a / b for a, b in zip(ours, limits, strict=True)) if limits else None
        wanted = WANTED.get(measure)
        if wanted is None:
            return Figure(measure, median(ours), median(limits) if limits else None, ratio, None, None, None)
        found = median(ours) if ratio is None else ratio
        holds = found >= wanted.must if wanted.more else found <= wanted.must
        limit = median(limits) if limits else None
        return Figure(measure, median(ours), limit, ratio, wanted.must, wanted.aim, holds)


def printed(figures: list[Figure], skipped: dict[str, str]) -> Table:
    table = Table("measure", "ours", "limit", "ratio", "must", "aim", "holds")
    for each in figures:
        holds = "" if each.holds is None else ("yes" if each.holds else "no")
        numbers = (each.ours, each.limit, each.ratio, each.must, each.aim)
        table.add_row(each.measure, *map(_number, numbers), holds)
    for measure, reason in skipped.items():
        table.add_row(measure, "skipped", reason)
    return table


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
