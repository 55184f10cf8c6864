"""`eender import`: postings out of a file of JSON lines, by the same way in as webhooks, many at a time."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter

from contracts.configuration import Configuration, ConfigurationError
from contracts.vocabulary import Channel
from infra.configuration_file import read_configuration
from infra.settings import DATABASE_URL, KEYS_URL, ServiceSettings, SettingsError
from services.console.bars import bars
from services.console.failure import CommandFailed
from services.console.issue_token import environment_of
from services.console.our_accounts import no_such_account
from services.console.run_file import DATA_DEFAULT, read_running

if TYPE_CHECKING:
    from infra.postgres import Pool
    from services.channels.workers.importer import Imported, Refused
    from services.channels.workers.raw_keeper import RawKeeper


class Rejects:
    """Lines that were not taken in, in a file beside the one that is imported; made when there is a first one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def add(self, refused: Refused) -> None:
        """Keep one line with its reason; only its owner may read it."""
        if self._descriptor is None:
            self._descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.write(self._descriptor, msgspec.json.encode(refused) + b"\n")

    def close(self) -> None:
        """Done."""
        if self._descriptor is not None:
            os.close(self._descriptor)


def import_lines(
    file: Path,
    /,
    *,
    account: str,
    rejects: Path | None = None,
    data: Path | None = None,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Take postings in from a file as contacts of a channel account, while the stack runs. Again is harmless.

    Args:
        file: JSON lines: each one what a system may post to a webhook of ours (docs/import.md).
        account: Of which account of ours they are, as CHANNEL/ACCOUNT.
        rejects: Where lines go that cannot be taken in, with their reasons; else FILE.rejected.jsonl.
        data: The folder of the running stack; else the channels service of EENDER_DATABASE_URL.
        json: Print how many there were as JSON.
    """
    _check_readable(file)
    kept = rejects or file.with_name(f"{file.name}.rejected.jsonl")
    if kept.exists() and kept.samefile(file):
        raise CommandFailed(f"--rejects {kept} is the file itself: expected another one")
    try:
        with closing(Rejects(kept)) as refused:
            done = asyncio.run(imported(file, account, service_environment(data), refused.add))
    except (ConfigurationError, SettingsError) as error:
        raise CommandFailed(str(error)) from error
    if json:
        sys.stdout.write(msgspec.json.encode(done).decode() + "\n")
    else:
        sys.stdout.write(f"{done.taken} lines were taken in, {done.known} were known, {done.refused} were refused\n")
    if done.refused:
        sys.stderr.write(f"the refused lines and why: {kept}\n")


def _check_readable(file: Path) -> None:
    """Say so at once where there is no such file; account and stack are looked for afterwards.

    Raises:
        CommandFailed: it cannot be read, or is a pipe.
    """
    try:
        with file.open("rb") as opened:
            again = opened.seekable()
    except OSError as error:
        raise CommandFailed(
            f"{file} cannot be read: {error.strerror}; expected a file of JSON lines (docs/import.md)"
        ) from error
    if not again:
        raise CommandFailed(f"{file} can be read only once; expected a file, in which an import can go on")


async def imported(file: Path, account: str, env: Mapping[str, str], refuse: Callable[[Refused], None]) -> Imported:
    """Import the file into the service that the environment names.

    Raises:
        CommandFailed: there is no such account, or nobody reads what is imported.
        OSError: the file cannot be read.
    """
    from infra.clock import SystemClock, SystemIds  # noqa: PLC0415  (`--help` does without)
    from services.channels.ports import StoreUnavailable  # noqa: PLC0415  (likewise)
    from services.channels.workers.importer import Importer, NobodyReads  # noqa: PLC0415  (likewise)

    settings = ServiceSettings.from_environment(env)
    configuration = read_configuration(settings.config_path, env)
    channel, name = _account_of(configuration, account)
    async with _keeping(settings) as (pool, keeper):
        importer = Importer(
            pool=pool,
            store=keeper,
            clock=SystemClock(),
            ids=SystemIds(),
            channel=channel,
            account=name,
            region=configuration.region,
            refuse=refuse,
        )
        try:
            # Read a piece at a time, between awaits: nobody else runs in this process.
            with bars() as bar, file.open("rb") as lines:
                told, size = bar(file.name), os.fstat(lines.fileno()).st_size
                return await importer.run(lines, lambda done: told(done, size))
        except NobodyReads:
            raise CommandFailed("what was imported waits and nobody reads it: is the channels service up?") from None
        except StoreUnavailable:
            raise CommandFailed("it could not be stored now; the same import again goes on from here") from None


@asynccontextmanager
async def _keeping(settings: ServiceSettings) -> AsyncIterator[tuple[Pool, RawKeeper]]:
    """The channels service's database, and what keeps payloads there.

    Raises:
        SettingsError: the keys are nowhere.
    """
    from infra.postgres import open_pool  # noqa: PLC0415  (`--help` does without)
    from infra.sealing import KeyRing, load_kek  # noqa: PLC0415  (likewise)
    from services.channels.workers.raw_keeper import RawKeeper  # noqa: PLC0415  (likewise)

    if settings.keys_url is None or settings.kek_spec is None:
        raise SettingsError(KEYS_URL, "is not set")
    async with AsyncExitStack() as opened:
        pools = []
        for url in (settings.database_url, settings.keys_url):
            pools.append(await open_pool(url, application_name="eender-import", size_max=2))
            opened.push_async_callback(pools[-1].close)
        keeper = RawKeeper(pools[0], KeyRing(pools[1], load_kek(settings.kek_spec)), lambda: None)
        keeping = asyncio.create_task(keeper.run())
        opened.callback(keeping.cancel)
        yield pools[0], keeper


def _account_of(configuration: Configuration, account: str) -> tuple[Channel, str]:
    """Channel and name of one of our accounts.

    Raises:
        CommandFailed: it is none of them.
    """
    path, _, name = account.partition("/")
    channel, ours = Channel.from_path(path), configuration.channel_accounts
    if channel is None or all((each.channel, each.account) != (channel, name) for each in ours):
        raise no_such_account(account, ours)
    return channel, name


def service_environment(data: Path | None) -> Mapping[str, str]:
    """What the channels service is told, of the stack in `data` or by our own environment.

    Raises:
        CommandFailed: there is neither.
    """
    if data is None and os.environ.get(KEYS_URL):
        return os.environ
    folder = data or DATA_DEFAULT
    run = read_running(folder)
    return {**environment_of(run, folder), DATABASE_URL: run.databases["channels"]}
