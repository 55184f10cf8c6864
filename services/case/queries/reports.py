"""Reports out of the read tables: figures of a stretch of time by reason, channel, cause, incident, class and more.

A row that fewer agents stand behind than `ReportRules.group_size_min` keeps its name and loses its figures, so that no
figure is about one person; one that nobody stands behind is about nobody. No row sums up others, so that none can be
told by subtracting.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import asyncpg

from services.case.domain.report_rules import ReportKind, ReportRules
from services.case.domain.trends import period_of
from services.case.queries.trends import in_order, trend_rows

ROWS_MAX = 1_000
"""Groups of one report; those behind are left out."""
PUBLICATIONS_MAX = 10_000
"""The latest of them, where there were more."""
_NAMES = frozenset(
    {"reason", "channel", "visibility", "currency", "about", "cause", "area", "team", "incident", "occurred_at"}
    | {"class", "answered_within", "brand", "period_days", "periods", "asks_community"}
)
"""Columns that say which group a row is about; the others are figures."""

Row = dict[str, Any]


class Texts(Protocol):
    """Reads of the case service's own database."""

    def text(self, name: str) -> str:
        """The SQL of a named statement."""
        ...

    async def records(self, name: str, text: str, *args: Any) -> Sequence[asyncpg.Record]:
        """The rows of a text."""
        ...


async def report_rows(
    database: Texts, kind: ReportKind, rules: ReportRules, *, since: datetime, until: datetime
) -> list[Row]:
    """The rows of a report; amounts in minor units of `currency`, durations in seconds, shares in thousandths."""
    found = await _found(database, kind, rules, since, until)
    if kind is ReportKind.TRENDS:
        rows = trend_rows([dict(record) for record in found], period_of(until - since))
        return in_order([_shown(row, rules.group_size_min) for row in rows])
    return [_shown(_finished(kind, dict(record), rules), rules.group_size_min) for record in found]


async def _found(
    database: Texts, kind: ReportKind, rules: ReportRules, since: datetime, until: datetime
) -> Sequence[asyncpg.Record]:
    name = f"report_{kind.value.lower()}"
    text = database.text(name)
    if kind in (ReportKind.EFFECT, ReportKind.QUALITY, ReportKind.INCIDENTS):
        return await database.records(name, text, since, until, ROWS_MAX)
    if kind is ReportKind.TRENDS:
        return await database.records(name, text, since, until, period_of(until - since), ROWS_MAX)
    if kind is ReportKind.PUBLICATIONS:
        return await _of_publications(database, name, since, until)
    text = f"{database.text('report_cases')}\n{text}"
    if kind is ReportKind.CLASSES:
        return await database.records(name, text, since, until, ROWS_MAX)
    asked: list[Any] = [since, until, rules.currency, ROWS_MAX]
    if kind is ReportKind.CAUSES:
        asked += [list(rules.contact_cost_minor), list(rules.contact_cost_minor.values())]
    return await database.records(name, text, *asked)


async def _of_publications(database: Texts, name: str, since: datetime, until: datetime) -> Sequence[asyncpg.Record]:
    """What was published in that time, and all that was said beneath it since."""
    listed = "publications_published"
    found = await database.records(listed, database.text(listed), since, until, PUBLICATIONS_MAX)
    text = f"{database.text('said_beneath')}\n{database.text(name)}"
    return await database.records(name, text, [row["publication_id"] for row in found], ROWS_MAX)


def _finished(kind: ReportKind, row: Row, rules: ReportRules) -> Row:
    """With what only the configuration knows."""
    if kind is ReportKind.CHANNELS:
        cost = rules.contact_cost_minor.get(row["channel"])
        row["contacts_cost_minor"] = None if cost is None else cost * (row["contacts_in"] + row["contacts_out"])
    if kind is ReportKind.CAUSES:
        row = {"area": rules.areas.get(row["cause"]), **row}
    return row


def _shown(row: Row, group_size_min: int) -> Row:
    suppressed = 0 < row.pop("agents") < group_size_min
    shown = {name: value if name in _NAMES or not suppressed else None for name, value in row.items()}
    return {**shown, "suppressed": suppressed}
