"""`eender rebuild`: read tables made anew from the logs, compared, and put in place."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter

from infra.settings import DATABASE_URL, KEK, KEYS_URL, ServiceSettings, SettingsError
from services.console.bars import bars
from services.console.failure import CommandFailed
from services.console.known_facts import know_facts
from services.console.run_file import DATA_DEFAULT, read_running
from services.console.stack import SERVICES

if TYPE_CHECKING:
    from infra.postgres import Pool
    from infra.rebuild import Progress, Rebuild, Rebuilt
    from infra.sealing import KeyRing

DIFFERENCES_SHOWN_MAX = 20
POOL_SIZE_MAX = 4
SERVICE_OF_DATABASE = "SELECT split_part(package, '.', 2) FROM es.migrations WHERE package LIKE 'services.%' LIMIT 1"


def rebuild(
    *what: str,
    compare_only: Annotated[bool, Parameter(negative=())] = False,
    data: Path | None = None,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Make read tables anew beside the live ones, say where they differ, and put them in place. Services may run.

    Args:
        what: A service (case, channels, routing) or one of its tables, such as case.timeline; none: all there are.
        compare_only: Leave the live ones as they are; differences then are a failure.
        data: The folder of a running stack; else the service of EENDER_DATABASE_URL, with its other variables.
        json: Print the result as JSON, by service.
    """
    from infra.event_store import FactUnreadable, UnknownTopic  # noqa: PLC0415  (`--help` does without)
    from infra.rebuild import ForgettingError, KeysDestroyedError, RebuildRunningError  # noqa: PLC0415  (likewise)

    try:
        done = asyncio.run(_with_bars(where(data), what, swap=not compare_only))
    except (SettingsError, RebuildRunningError, KeysDestroyedError, ForgettingError, ValueError) as error:
        raise CommandFailed(str(error)) from error
    except (UnknownTopic, FactUnreadable) as error:
        raise CommandFailed(f"{error}; the live tables are as they were") from error
    sys.stdout.write(msgspec.json.encode(done).decode() + "\n" if json else "".join(map(_told, done, done.values())))
    differences = sum(len(each.differences) for each in done.values())
    if compare_only and differences:
        raise CommandFailed(f"{differences} rows are not what the facts give")


@dataclass(frozen=True, slots=True)
class Where:
    """The databases of services, and where their keys are; URLs hold passwords."""

    urls: Sequence[str]
    keys_url: str | None
    kek_spec: str | None


def where(data: Path | None, env: Mapping[str, str] = os.environ) -> Where:
    """Of the stack in a folder, or of the one service that the environment names.

    Raises:
        CommandFailed: no stack runs there.
        SettingsError: the environment makes no sense.
    """
    if data is None and env.get(DATABASE_URL):
        settings = ServiceSettings.from_environment(env)
        return Where([settings.database_url], settings.keys_url, settings.kek_spec)
    folder = data or DATA_DEFAULT
    run = read_running(folder)
    return Where([run.databases[name] for name in SERVICES], run.databases["keys"], f"file:{folder.absolute() / 'kek'}")


async def rebuilt(
    at: Where, what: Sequence[str], *, swap: bool, progress: Callable[[str], Progress]
) -> dict[str, Rebuilt]:
    """Rebuild what is named, all services at once. `progress`: whom to tell of a service's.

    Raises:
        SettingsError: nothing says where a service's keys are.
        ValueError: a name is no service's or no table's.
    """
    from infra.rebuild_hands import all_done  # noqa: PLC0415  (`--help` does without)

    wanted = _wanted(what)
    async with AsyncExitStack() as opened:
        keys = await opened.enter_async_context(_keys(at))
        pools = [await opened.enter_async_context(_opened(url)) for url in at.urls]
        services = [await pool.fetchval(SERVICE_OF_DATABASE) for pool in pools]
        missing = wanted.keys() - set(services)
        if what and missing:
            raise ValueError(f"there is no database of {min(missing)}")
        chosen = {service: pool for service, pool in zip(services, pools, strict=True) if service in wanted}
        rebuilds = {service: _rebuild_of(service, pool, keys) for service, pool in chosen.items()}
        done = await all_done(
            rebuild.run(wanted[service], swap=swap, progress=progress(service)) for service, rebuild in rebuilds.items()
        )
    return dict(zip(rebuilds, done, strict=True))


def _wanted(what: Sequence[str]) -> dict[str, list[str]]:
    """Tables by service; no tables: all of them."""
    wanted: dict[str, list[str]] = {}
    for each in what or SERVICES:
        service, _, table = each.partition(".")
        if service not in SERVICES:
            raise ValueError(f"{each} is neither one of {', '.join(SERVICES)} nor a table such as case.timeline")
        wanted.setdefault(service, []).extend([table] if table else [])
    return {service: [] if service in what else tables for service, tables in wanted.items()}


def _rebuild_of(service: str, pool: Pool, keys: KeyRing | None) -> Rebuild:
    from services.case.workers.rebuilding import case_rebuild  # noqa: PLC0415  (`--help` does without)
    from services.channels.workers.rebuilding import channels_rebuild  # noqa: PLC0415
    from services.routing.workers.rebuilding import routing_rebuild  # noqa: PLC0415

    know_facts(service)
    if service == "routing":
        return routing_rebuild(pool)
    if keys is None:
        raise SettingsError(KEYS_URL, f"and {KEK} are needed for {service}")
    return case_rebuild(pool, keys) if service == "case" else channels_rebuild(pool, keys)


@asynccontextmanager
async def _keys(at: Where) -> AsyncIterator[KeyRing | None]:
    from infra.sealing import KeyRing, load_kek  # noqa: PLC0415  (`--help` does without)

    if at.keys_url is None or at.kek_spec is None:
        yield None
        return
    async with _opened(at.keys_url) as pool:
        yield KeyRing(pool, load_kek(at.kek_spec))


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Pool]:
    from infra.postgres import open_pool  # noqa: PLC0415  (`--help` does without)

    pool = await open_pool(url, application_name="eender-rebuild", size_max=POOL_SIZE_MAX)
    try:
        yield pool
    finally:
        await pool.close()


async def _with_bars(at: Where, what: Sequence[str], *, swap: bool) -> dict[str, Rebuilt]:
    with bars() as bar:
        return await rebuilt(at, what, swap=swap, progress=lambda service: bar(f"facts of {service}"))


def _told(service: str, done: Rebuilt) -> str:
    """For a person: rows by table, and the first differences by key and column; what stands there is personal."""
    lines = [f"{service}.{name}: {rows} rows" for name, rows in done.rows.items()]
    lines += [
        f"  {service}.{found.table} {found.key}: {found.kind} {', '.join(found.columns)}".rstrip()
        for found in done.differences[:DIFFERENCES_SHOWN_MAX]
    ]
    left_out = len(done.differences) - DIFFERENCES_SHOWN_MAX
    lines += [f"  and {left_out} more"] if left_out > 0 else []
    what = "put in place of the live tables" if done.swapped else "compared with the live tables"
    lines.append(f"{service}: rebuilt up to position {done.position}, {len(done.differences)} rows differed, {what}")
    return "\n".join(lines) + "\n"
