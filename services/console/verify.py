"""`eender verify`: whether what is recorded is what was written."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter

from services.console.bars import bars
from services.console.bundle import check_bundle
from services.console.failure import CommandFailed, CommandMisused

if TYPE_CHECKING:
    from infra.event_store.finding import Inversions, LogReport


def verify(
    case: str | None = None,
    /,
    *,
    bundle: Path | None = None,
    key: str | None = None,
    data: Path | None = None,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Recompute every hash, chain, tree and signature; exit code 1 and the first bad place where anything was altered.

    Without CASE and --bundle: all three logs, of the stack in a folder, running or not, or of EENDER_DATABASE_URL.

    Args:
        case: Only this case: its number, or its id as the API gives it.
        bundle: Only the file that `eender export` wrote, with nothing but the file.
        key: The key of the bundle's log as you know it from elsewhere, such as eender/case+24cf3960+Aep….
        data: The folder of a stack; else EENDER_DATABASE_URL, else .eender.
        json: Print the result as JSON.
    """
    if bundle is not None:
        if case is not None or data is not None:
            raise CommandMisused("--bundle is checked by itself, without a case or --data")
        check_bundle(bundle, vkey=key, as_json=json)
    elif key is not None:
        raise CommandMisused("--key goes with --bundle")
    elif case is not None:
        _tell_case(case, data, as_json=json)
    else:
        _tell_logs(asyncio.run(_logs(data)), as_json=json)


async def _logs(data: Path | None) -> dict[str, LogReport]:
    from infra.event_store import verify_log  # noqa: PLC0415  (`--help` does without)
    from infra.postgres import open_pool  # noqa: PLC0415
    from services.console.databases import databases  # noqa: PLC0415
    from services.console.verified_access import access_findings  # noqa: PLC0415

    reports: dict[str, LogReport] = {}
    async with databases(data) as urls:
        for name, url in urls.items():
            pool = await open_pool(url, application_name="eender-verify", size_max=1)
            try:
                with bars() as bar:
                    report = await verify_log(pool, url=url, progress=bar(f"facts of {name}"))
                report.findings += await access_findings(pool)
                reports[_label(reports, name, report)] = report
            finally:
                await pool.close()
    return reports


def _label(reports: dict[str, LogReport], name: str, report: LogReport) -> str:
    """What a log calls itself, else its service's name. One that goes by another's name is not to take its place."""
    from infra.event_store.finding import Finding  # noqa: PLC0415  (`--help` does without)

    if report.origin is None or report.origin not in reports:
        return report.origin or name
    report.findings.append(Finding("es.signing_keys.origin", f"another log here is {report.origin} already"))
    return name


async def _case(case: str, data: Path | None) -> dict[str, object]:
    from infra.postgres import open_pool  # noqa: PLC0415  (`--help` does without)
    from services.console.databases import databases  # noqa: PLC0415
    from services.console.verified_case import verify_case  # noqa: PLC0415

    async with databases(data) as urls:
        pool = await open_pool(urls["case"], application_name="eender-verify", size_max=1)
        try:
            return await verify_case(pool, case)
        finally:
            await pool.close()


def _tell_case(case: str, data: Path | None, *, as_json: bool) -> None:
    """Check a case and print what was found.

    Raises:
        CommandFailed: it was altered, or there is no such case.
    """
    from services.console.verified_case import CaseAltered  # noqa: PLC0415  (`--help` does without)

    try:
        found = asyncio.run(_case(case, data))
    except CaseAltered as altered:
        if as_json:
            shown = {"verified": False, "case": altered.case, "detail": altered.detail}
            sys.stdout.write(msgspec.json.encode(shown).decode() + "\n")
        raise
    line = f"case {found['case']}: {found['facts']} facts as they were recorded, {found['proven']} of them signed for"
    sys.stdout.write((msgspec.json.encode(found).decode() if as_json else line) + "\n")


def _tell_logs(reports: dict[str, LogReport], *, as_json: bool) -> None:
    """Print what was found.

    Raises:
        CommandFailed: something was altered.
    """
    if as_json:
        shown = {"verified": all(report.sound for report in reports.values()), "logs": reports}
        sys.stdout.write(msgspec.json.encode(shown).decode() + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for name, report in reports.items() for line in _lines(name, report))
    for name, report in reports.items():
        if not report.sound:
            raise CommandFailed(f"{name} was altered: {report.findings[0].text()}")


def _lines(name: str, report: LogReport) -> list[str]:
    state = "as it was written" if report.sound else f"ALTERED in {len(report.findings)} places"
    lines = [f"{name}: {report.facts} facts in {report.streams} streams, {state}"]
    if report.root:
        lines.append(f"  {report.positions} positions, root {report.root}")
    if report.signed_at is not None:
        until = f"up to {report.signed} ({report.signed_at:%Y-%m-%d %H:%M:%S} UTC)"
        lines.append(f"  {report.checkpoints} signed checkpoints of {report.origin}, {until}")
    if report.inversions.count:
        lines.append(f"  {_times(report.inversions)}")
    return [*lines, *(f"  {finding.text()}" for finding in report.findings[:10])]


def _times(late: Inversions) -> str:
    """What the times of the facts tell: of writers at once that none is beyond them, else how many and where."""
    tolerated = f"{late.tolerated_seconds:.0f} s"
    largest = f"{late.seconds_max:.3f} s (position {late.largest_position})"
    if not late.beyond:
        return f"times step back by {largest} at the most, no more than writers at once explain ({tolerated})"
    return (
        f"{late.beyond} facts were recorded more than {tolerated} earlier than one before them, the first at position"
        f" {late.beyond_first_position}; by {largest} at the most: a clock was changed, or writers stood still"
    )
