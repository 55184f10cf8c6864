"""`eender report`: figures by groups, out of the case service's read tables."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from cyclopts import Parameter

from services.console.failure import CommandFailed, CommandMisused

if TYPE_CHECKING:
    from services.case.domain.report_rules import ReportKind, ReportRules

DAYS_DEFAULT = 90
DAYS_MAX = 1100


def report(
    what: Literal[
        "effect",
        "loudness",
        "channels",
        "causes",
        "quality",
        "incidents",
        "classes",
        "pace",
        "trends",
        "publications",
    ],
    /,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    config: Path | None = None,
    data: Path | None = None,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Print figures by groups of what happened; never of fewer people than the configuration says.

    Args:
        what: effect of money; loudness, public against private; channels; causes by what they cost; quality of
            gestures that were read a second time; incidents, how long after them customers and we spoke; classes,
            what people say; pace, how good answers are by how long they took; trends, what is said more or less than
            usual in the last week (of less than two weeks: in the last day); publications, what people say beneath
            what we say to everybody.
        since: From when on (UTC where no offset is given); else 90 days before `until`.
        until: Up to when, exclusive; else now.
        config: The configuration file; else that of the running stack, else EENDER_CONFIG.
        data: The folder of a stack; else EENDER_DATABASE_URL, else .eender.
        json: Print the result as JSON.
    """
    from infra.clock import SystemClock  # noqa: PLC0415  (`--help` does without)
    from services.case.domain.report_rules import ReportKind  # noqa: PLC0415

    end = _aware(until) or SystemClock().now()
    begin = _aware(since) or end - timedelta(days=DAYS_DEFAULT)
    if not timedelta() < end - begin <= timedelta(days=DAYS_MAX):
        raise CommandMisused(f"--since is before --until, and at most {DAYS_MAX} days before")
    rules = _rules(config, data)
    rows = asyncio.run(_rows(data, ReportKind(what.upper()), rules, begin, end))
    if json:
        told = {"kind": what, "since": begin, "until": end, "group_size_min": rules.group_size_min, "rows": rows}
        sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
    else:
        _print(f"{what} from {begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}", rows)


def _aware(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


def _rules(config: Path | None, data: Path | None) -> ReportRules:
    """By the configuration file that is named, or that the stack runs with.

    Raises:
        CommandFailed: it cannot be used.
    """
    from contracts.configuration_error import ConfigurationError  # noqa: PLC0415  (`--help` does without)
    from infra.configuration_file import read_configuration  # noqa: PLC0415
    from infra.settings import CONFIG  # noqa: PLC0415
    from services.case.domain.report_rules import ReportRules  # noqa: PLC0415
    from services.console.run_file import DATA_DEFAULT, read_running  # noqa: PLC0415

    path: str | Path | None = config or os.environ.get(CONFIG)
    if path is None:
        try:
            path = read_running(data or DATA_DEFAULT).config
        except CommandFailed:
            path = None
    try:
        return ReportRules.of(read_configuration(path, os.environ))
    except ConfigurationError as error:
        raise CommandFailed(str(error)) from error


async def _rows(
    data: Path | None, kind: ReportKind, rules: ReportRules, since: datetime, until: datetime
) -> list[dict[str, Any]]:
    from infra.postgres import open_pool  # noqa: PLC0415  (`--help` does without)
    from services.case.queries.database import Database  # noqa: PLC0415
    from services.case.queries.reports import report_rows  # noqa: PLC0415
    from services.console.databases import databases  # noqa: PLC0415

    async with databases(data) as urls:
        pool = await open_pool(urls["case"], application_name="eender-report", size_max=1)
        try:
            return await report_rows(Database(pool), kind, rules, since=since, until=until)
        finally:
            await pool.close()


def _print(title: str, rows: list[dict[str, Any]]) -> None:
    from rich.console import Console  # noqa: PLC0415  (`--help` does without)
    from rich.table import Table  # noqa: PLC0415

    table = Table(title=title)
    for name in rows[0] if rows else ("nothing happened",):
        table.add_column(name.replace("_", " "))
    for row in rows:
        table.add_row(*("·" if value is None else str(value) for value in row.values()))
    Console(width=None if sys.stdout.isatty() else 200).print(table)
