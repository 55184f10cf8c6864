"""Peers that come from a package registry when they are measured: message-db's SQL, and Emmett through Node."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import msgspec

from tests.bench.limits import TOPIC
from tests.bench.matter import CLEAR_BYTES, IDS, SEALED_BYTES
from tests.bench.stand import connections, timed

MESSAGE_DB = "@eventide/message-db"
EMMETT = "@event-driven-io/emmett-postgresql"
PACKAGES = {MESSAGE_DB: "1.3.1", "@event-driven-io/emmett": "0.42.0", EMMETT: "0.42.0"}
CALLERS = 16
INSTALL_S_MAX = 600.0
EMMETT_S_MAX = 60.0
DATA = {"clear": "c" * (CLEAR_BYTES - len('{"clear":""}')), "sealed": "s" * SEALED_BYTES}
"""As many bytes as one of our facts, nothing of them sealed."""
SQL_FILES = (
    "schema/message-store.sql",
    "tables/messages.sql",
    "types/message.sql",
    *(
        f"functions/{name}.sql"
        for name in (
            "message-store-version",
            "hash-64",
            "acquire-lock",
            "category",
            "is-category",
            "id",
            "cardinal-id",
            "stream-version",
            "write-message",
        )
    ),
    *(f"indexes/messages-{name}.sql" for name in ("id", "stream", "category")),
)
"""What its install.sh runs to write messages, less the extension that servers of today do not need."""
WRITE = "SELECT write_message($1, $2, $3, $4::jsonb, NULL, -1)"


class PeerUnavailable(Exception):  # noqa: N818
    """It cannot be measured here; the text says why."""


async def installed(folder: Path, packages: Mapping[str, str]) -> Path:
    """Peers' packages and their versions, fetched with npm into `folder`; where they lie. None of their scripts runs.

    Raises:
        PeerUnavailable: there is no npm, or it could not fetch them.
    """
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise PeerUnavailable("npm and Node are not installed")
    (folder / "package.json").write_bytes(msgspec.json.encode({"private": True, "dependencies": packages}))
    words = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    process = await asyncio.create_subprocess_exec(
        *words, cwd=folder, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(INSTALL_S_MAX):
            code = await process.wait()
    except TimeoutError:
        process.kill()
        code = await process.wait()
    if code != 0:
        raise PeerUnavailable("npm could not fetch its packages")
    return folder / "node_modules"


async def message_db_rate(url: str, modules: Path, seconds: float) -> float:
    """`write_message` of a new stream over 16 connections, per second.

    Raises:
        PeerUnavailable: its SQL does not run here.
    """
    opened = await connections(url, CALLERS)
    try:
        for each in SQL_FILES:
            await opened[0].execute((modules / MESSAGE_DB / "database" / each).read_text(encoding="utf-8"))
    except (OSError, asyncpg.PostgresError) as error:
        raise PeerUnavailable(f"its SQL does not run here: {type(error).__name__}") from None
    data = msgspec.json.encode(DATA).decode()

    async def write(statement: asyncpg.prepared_stmt.PreparedStatement[asyncpg.Record]) -> None:
        await statement.fetch(str(IDS.new()), f"matter-{IDS.new()}", TOPIC, data)

    callers: list[Callable[[], Awaitable[None]]] = []
    for connection in opened:
        await connection.execute("SET search_path = message_store, public")
        callers.append(partial(write, await connection.prepare(WRITE)))
    rate, _ = await timed(callers, seconds)
    for connection in opened:
        await connection.close()
    return rate


async def emmett_rate(url: str, modules: Path, seconds: float) -> float:
    """`appendToStream` of a new stream, 16 at a time, per second.

    Raises:
        PeerUnavailable: it did not run.
    """
    script = modules.parent / "emmett.mjs"
    shutil.copyfile(Path(__file__).with_name("emmett.mjs"), script)
    asked = {"url": without_tls(url), "seconds": seconds, "callers": CALLERS, "type": TOPIC, "data": DATA}
    process = await asyncio.create_subprocess_exec(
        "node",
        script.name,
        cwd=modules.parent,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(seconds + EMMETT_S_MAX):
            out, _ = await process.communicate(msgspec.json.encode(asked))
    except TimeoutError:
        process.kill()
        out, _ = await process.communicate()
    try:
        return msgspec.json.decode(out, type=float)
    except msgspec.MsgspecError:
        raise PeerUnavailable("Node could not run it") from None


def without_tls(url: str) -> str:
    """The same for clients in Node, which would insist on TLS."""
    return urlunsplit(urlsplit(url)._replace(query="sslmode=disable"))
