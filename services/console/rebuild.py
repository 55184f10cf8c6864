"""`eender rebuild`: the case service's read tables made anew from its log, compared, and put in place."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter

from infra.settings import KEYS_URL, ServiceSettings, SettingsError
from services.console.failure import CommandFailed
from services.console.issue_token import environment

if TYPE_CHECKING:
    from infra.rebuild import Progress, Rebuilt

DIFFERENCES_SHOWN_MAX = 20
POOL_SIZE_MAX = 4


def rebuild(
    *table: str,
    compare_only: Annotated[bool, Parameter(negative=())] = False,
    data: Path | None = None,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Make read tables anew beside the live ones, say where they differ, and put them in place. Services may run.

    Args:
        table: Which ones: customers, handles, cases, timeline, agents, budgets, restrictions, erasures, staff,
            desk_requests; none: all.
        compare_only: Leave the live ones as they are; differences then are a failure.
        data: The folder of a running stack; else EENDER_DATABASE_URL and the other variables of the case service.
        json: Print the result as JSON.
    """
    from infra.rebuild import KeysDestroyedError, RebuildRunningError  # noqa: PLC0415  (`--help` does without)

    try:
        done = asyncio.run(_with_bar(environment(data), table, compare_only=compare_only))
    except (SettingsError, RebuildRunningError, KeysDestroyedError, ValueError) as error:
        raise CommandFailed(str(error)) from error
    sys.stdout.write(msgspec.json.encode(done).decode() + "\n" if json else _told(done))
    if compare_only and done.differences:
        raise CommandFailed(f"{len(done.differences)} rows are not what the facts give")


async def rebuilt(env: Mapping[str, str], table: tuple[str, ...], *, swap: bool, progress: Progress) -> Rebuilt:
    """Rebuild those tables of the databases that `env` names.

    Raises:
        SettingsError: the environment does not say where the keys are.
        ValueError: a name is no table's.
    """
    from infra.postgres import open_pool  # noqa: PLC0415  (`--help` does without)
    from infra.sealing import KeyRing, load_kek  # noqa: PLC0415
    from services.case.workers.rebuilding import case_rebuild  # noqa: PLC0415

    settings = ServiceSettings.from_environment(env)
    if settings.keys_url is None or settings.kek_spec is None:
        raise SettingsError(KEYS_URL, "is not set")
    pool = await open_pool(settings.database_url, application_name="eender-rebuild", size_max=POOL_SIZE_MAX)
    try:
        keys_pool = await open_pool(settings.keys_url, application_name="eender-rebuild", size_max=1)
        try:
            keys = KeyRing(keys_pool, load_kek(settings.kek_spec))
            return await case_rebuild(pool, keys).run(table, swap=swap, progress=progress)
        finally:
            await keys_pool.close()
    finally:
        await pool.close()


async def _with_bar(env: Mapping[str, str], table: tuple[str, ...], *, compare_only: bool) -> Rebuilt:
    from rich.console import Console  # noqa: PLC0415  (`--help` does without)
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    columns = (TextColumn("facts"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        facts = bar.add_task("facts", total=None)
        return await rebuilt(
            env,
            table,
            swap=not compare_only,
            progress=lambda at, last: bar.update(facts, completed=at, total=last),
        )


def _told(done: Rebuilt) -> str:
    """For a person: rows by table, and the first differences by key and column; what stands there is personal."""
    lines = [f"{name}: {rows} rows" for name, rows in done.rows.items()]
    lines += [
        f"  {found.table} {found.key}: {found.kind} {', '.join(found.columns)}".rstrip()
        for found in done.differences[:DIFFERENCES_SHOWN_MAX]
    ]
    left_out = len(done.differences) - DIFFERENCES_SHOWN_MAX
    lines += [f"  and {left_out} more"] if left_out > 0 else []
    what = "put in place of the live tables" if done.swapped else "compared with the live tables"
    lines.append(f"rebuilt up to position {done.position}, {len(done.differences)} rows differed, {what}")
    return "\n".join(lines) + "\n"
