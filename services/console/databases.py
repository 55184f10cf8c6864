"""Where the three services' databases are, for commands that read them, whether the stack runs or not."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from infra.embedded.child import EmbeddedError
from infra.embedded.folder import locked_folder
from infra.embedded.postgres import EmbeddedPostgres
from infra.settings import DATABASE_URL
from services.console.failure import CommandFailed
from services.console.run_file import DATA_DEFAULT, DATABASES, RunFile, read_running

LOGS = ("case", "channels", "routing")


@asynccontextmanager
async def databases(data: Path | None) -> AsyncIterator[dict[str, str]]:
    """URLs by service. `data` None: the one of EENDER_DATABASE_URL, under `case`, where that is set.

    The database server of a stack that does not run is started for as long as this lasts.

    Raises:
        CommandFailed: there is no data there, or another program has it.
    """
    url = os.environ.get(DATABASE_URL)
    if data is None and url:
        yield {"case": url}
        return
    folder = data or DATA_DEFAULT
    running = _running(folder)
    if running is not None:
        yield {name: running.databases[name] for name in LOGS}
        return
    if not (folder / "postgres" / "data").is_dir():
        raise CommandFailed(f"there is no data in {folder}")
    try:
        with locked_folder(folder) as locked:
            postgres = EmbeddedPostgres(locked, DATABASES)
            await postgres.start()
            try:
                yield {name: postgres.url(name) for name in LOGS}
            finally:
                await postgres.stop()
    except EmbeddedError as error:
        raise CommandFailed(str(error)) from error


def _running(folder: Path) -> RunFile | None:
    """What the stack in the folder tells; None where none runs."""
    try:
        return read_running(folder)
    except CommandFailed:
        return None
