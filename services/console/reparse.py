"""`eender reparse`: payloads that were kept, through today's parsers; whatever is on record already changes nothing."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter

from contracts.vocabulary import Channel
from infra.settings import DATABASE_URL
from services.console.bars import bars
from services.console.failure import CommandFailed
from services.console.run_file import DATA_DEFAULT, read_running

if TYPE_CHECKING:
    from infra.postgres import Pool

AT_ONCE = 500
"""So many are given to be read before those are awaited: what comes in meanwhile queues up behind them only."""

LOOK_SECONDS = 0.2
STILL_SECONDS_MAX = 30.0


class Wanted(msgspec.Struct, frozen=True):
    """Which payloads. `channel`, `account` None: of every one; `since` None: as far back as they are kept.

    `refused`: also those whose sender was told at once that they were not understood.
    """

    channel: Channel | None = None
    account: str | None = None
    since: datetime | None = None
    refused: bool = False


def reparse(
    account: str | None = None,
    /,
    *,
    since: datetime | None = None,
    refused: Annotated[bool, Parameter(negative=())] = False,
    data: Path | None = None,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Read kept payloads once more, while the stack runs: after a parser learned what it did not know.

    Args:
        account: Of which account, as CHANNEL/ACCOUNT such as whatsapp/waba-1, or of which channel; none: of all.
        since: Only what came in from this moment on (UTC where no offset is given).
        refused: Also what was answered with 422; whoever sent it may have sent it again since, corrected.
        data: The folder of the running stack; else the channels service of EENDER_DATABASE_URL.
        json: Print how many there were as JSON.
    """
    path, _, name = (account or "").partition("/")
    channel = Channel.from_path(path)
    if account is not None and channel is None:
        raise CommandFailed(f"there is no channel {path}: expected CHANNEL/ACCOUNT, such as whatsapp/waba-1")
    moment = since.replace(tzinfo=UTC) if since is not None and since.tzinfo is None else since
    wanted = Wanted(channel=channel, account=name or None, since=moment, refused=refused)
    read = asyncio.run(_reparse(_url(data), wanted))
    said = msgspec.json.encode({"read": read}).decode() if json else f"{read} payloads were read again"
    sys.stdout.write(f"{said}\n")


async def read_again(pool: Pool, wanted: Wanted, progress: Callable[[int, int], None]) -> int:
    """Give them to the service to read, some at a time; gives how many there were.

    Raises:
        CommandFailed: nobody reads them.
    """
    from infra.sql import statements  # noqa: PLC0415  (`--help` does without)

    sql = statements("services.console")
    states = ["READ", "STUCK", *(["REFUSED"] if wanted.refused else [])]
    which = (None if wanted.channel is None else wanted.channel.value, wanted.account, wanted.since, states)
    last, done, count = 0, 0, await pool.fetchval(sql["count_raws"], *which)
    end = await pool.fetchval(sql["last_raw"])
    while True:
        rows = await pool.fetch(sql["read_raws_again"], *which, last, end, AT_ONCE)
        if not rows:
            return done
        seqs = [row["seq"] for row in rows]
        await _until_read(pool, sql["raws_still_to_read"], seqs)
        last, done = max(seqs), done + len(seqs)
        progress(done, count)


async def _until_read(pool: Pool, still_to_read: str, seqs: list[int]) -> None:
    before, idle_s = len(seqs), 0.0
    while left := await pool.fetchval(still_to_read, seqs):
        idle_s = idle_s + LOOK_SECONDS if left == before else 0.0
        if idle_s > STILL_SECONDS_MAX:
            raise CommandFailed(f"{left} payloads wait to be read and nobody reads them: is the channels service up?")
        before = left
        await asyncio.sleep(LOOK_SECONDS)


async def _reparse(url: str, wanted: Wanted) -> int:
    from infra.postgres import open_pool  # noqa: PLC0415  (likewise)

    pool = await open_pool(url, application_name="eender-reparse", size_max=2)
    try:
        with bars() as bar:
            return await read_again(pool, wanted, bar("payloads"))
    finally:
        await pool.close()


def _url(data: Path | None, env: Mapping[str, str] = os.environ) -> str:
    url = env.get(DATABASE_URL)
    if data is None and url:
        return url
    return read_running(data or DATA_DEFAULT).databases["channels"]
