"""An embedded Postgres: one server, one role and database per name, on a loopback port, gone when we are gone."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

import asyncpg
import msgspec

from infra.embedded.account import initdb_account, postgres_account
from infra.embedded.binaries import postgres_programs, postgres_programs_for
from infra.embedded.child import POLL_INTERVAL_S, Account, Child, EmbeddedError, StopStep, rotate
from infra.embedded.kept import keep, read_kept, write_private
from infra.embedded.leftovers import end_leftovers, forget_stranger
from infra.embedded.ports import HOST, free_port

SUPERUSER = "eender_admin"
START_WAIT_S_MAX = 60.0
START_ATTEMPTS_MAX = 5
INITDB_WAIT_S_MAX = 120.0
STOP_STEPS = (StopStep(signal.SIGINT, 8.0), StopStep(signal.SIGQUIT, 3.0))
"""Fast shutdown, which ends sessions and writes a checkpoint; then immediate shutdown, which recovers at the start."""

SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",  # a socket's path may have 107 bytes at most: the loopback port has no such limit
    "shared_buffers": "32MB",
    "max_connections": "60",
    "max_wal_senders": "0",
    "min_wal_size": "64MB",
    "max_wal_size": "512MB",
    "max_parallel_workers_per_gather": "0",
    "io_method": "sync",
    "max_logical_replication_workers": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    # Statements and their details hold personal data: neither may reach the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}
HASTY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Kept(msgspec.Struct):
    """What is kept between starts: the port last used and a password per role."""

    port: int
    passwords: dict[str, str]


class EmbeddedPostgres:
    """A Postgres server of our own with its data in `folder/postgres`, its secrets in `folder/postgres.json`.

    `names`: for each, a role and a database of that name (prefixed `eender_`); a role may enter its own database only.
    `prepared`: SQL by name that the superuser runs in that database at every start. `durable=False` trades safety at
    power loss for speed; for tests.
    """

    def __init__(
        self,
        folder: Path,
        names: Sequence[str] = (),
        *,
        prepared: Mapping[str, str] | None = None,
        log: Path | None = None,
        durable: bool = True,
    ) -> None:
        self._folder = folder.absolute()
        self._names = tuple(names)
        self._prepared = prepared or {}
        self._log = log or self._folder / "logs" / "postgres.log"
        self._durable = durable
        self._home = self._folder / "postgres"
        self._data = self._home / "data"
        self._kept = Kept(port=0, passwords={})
        self._child: Child | None = None

    @property
    def child(self) -> Child:
        """The server's process, to be asked after `start` and watched."""
        if self._child is None:
            raise EmbeddedError("Postgres was not started")
        return self._child

    @property
    def admin_url(self) -> str:
        """The superuser's URL of the database `postgres`."""
        return self._url(SUPERUSER, "postgres")

    def url(self, name: str) -> str:
        """Where the role of that name finds its database."""
        return self._url(f"eender_{name}", f"eender_{name}")

    def _url(self, role: str, database: str) -> str:
        return f"postgresql://{role}:{self._kept.passwords[role]}@{HOST}:{self._kept.port}/{database}"

    async def start(self) -> None:
        """Make what is missing, start the server, wait until it answers, make missing roles and databases.

        Raises:
            EmbeddedError: it cannot be had; with the end of its log.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._read_kept()
        account = postgres_account(self._data)
        self._home.mkdir(mode=0o700, exist_ok=True)
        programs = postgres_programs_for(account.uid, account.gid) if account else postgres_programs()
        if not self._data.exists():
            await self._initialise(programs, account)
        _give(account, self._home)
        await end_leftovers(self._home)
        forget_stranger(self._data)
        await self._serve(programs, account)
        await self._make_databases()

    async def stop(self) -> None:
        """End all sessions, write everything down, stop. Does nothing when it does not run."""
        if self._child is not None:
            await self._child.stop(*STOP_STEPS)

    def _read_kept(self) -> None:
        """Take the kept secrets, with new ones for roles that have none yet."""
        path = self._folder / "postgres.json"
        self._kept = read_kept(path, Kept) or Kept(port=0, passwords={})
        for role in (SUPERUSER, *(f"eender_{name}" for name in self._names)):
            self._kept.passwords.setdefault(role, secrets.token_urlsafe(24))
        keep(path, self._kept)

    async def _initialise(self, programs: Path, account: Account | None) -> None:
        """Make the data folder, aside first: a half-made one is thrown away at the next start.

        Raises:
            EmbeddedError: `initdb` failed.
        """
        maker = initdb_account(account) if account else None
        half = self._home / "data.new"
        if half.exists():
            shutil.rmtree(half)
        password_file = self._home / "password"
        write_private(password_file, self._kept.passwords[SUPERUSER].encode())
        _give(maker, self._home, password_file)
        options = ["--encoding=UTF8", "--locale=C", "--data-checksums", "--auth=scram-sha-256"]
        options += [f"--username={SUPERUSER}", f"--pwfile={password_file}", f"--pgdata={half}"]
        options += [] if self._durable else ["--no-sync"]
        child = self._program([str(programs / "initdb"), *options], maker)
        child.start()
        try:
            code = await asyncio.wait_for(child.ended(), INITDB_WAIT_S_MAX)
        finally:
            await child.stop()
            password_file.unlink()
        if code != 0:
            raise EmbeddedError(f"initdb failed ({code}):\n{child.log_tail()}")
        _give(account, half, *half.rglob("*"))
        half.rename(self._data)

    async def _serve(self, programs: Path, account: Account | None) -> None:
        """Start the server on the kept port, or on another when that one was taken meanwhile.

        Raises:
            EmbeddedError: it does not come up.
        """
        for _ in range(START_ATTEMPTS_MAX):
            self._kept.port = free_port(self._kept.port or None)
            keep(self._folder / "postgres.json", self._kept)
            settings = {**SETTINGS, "port": str(self._kept.port), **({} if self._durable else HASTY_SETTINGS)}
            arguments = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
            self._child = self._program([str(programs / "postgres"), "-D", str(self._data), *arguments], account)
            self._child.start()
            if await self._answers(self._child):
                return
            if "Address already in use" not in self._child.log_tail():
                break
        await self.stop()
        raise EmbeddedError(f"Postgres does not start:\n{self.child.log_tail()}")

    def _program(self, program: Sequence[str], account: Account | None) -> Child:
        """One of Postgres' programs as a child, in a plain environment, in its own folder."""
        rotate(self._log)
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
        return Child(
            program,
            log=self._log,
            death_signal=signal.SIGINT,
            environment=environment,
            account=account,
            folder=self._home,
        )

    async def _answers(self, child: Child) -> bool:
        """Wait until it accepts a session; False when it died first."""
        deadline = asyncio.get_running_loop().time() + START_WAIT_S_MAX
        while child.running and asyncio.get_running_loop().time() < deadline:
            try:
                connection = await asyncpg.connect(self.admin_url, timeout=5)
            except (OSError, TimeoutError, asyncpg.PostgresError):
                await asyncio.sleep(POLL_INTERVAL_S)
            else:
                await connection.close()
                return child.running
        return False

    async def _make_databases(self) -> None:
        """Make the roles and databases that are missing; nobody but its role may enter a database."""
        connection = await asyncpg.connect(self.admin_url, timeout=10)
        try:
            roles = {row["rolname"] for row in await connection.fetch("SELECT rolname FROM pg_roles")}
            databases = {row["datname"] for row in await connection.fetch("SELECT datname FROM pg_database")}
            for short, name in ((short, f"eender_{short}") for short in self._names):
                # Neither words nor passwords are anybody's input: the names are ours, the secrets URL-safe.
                if name not in roles:
                    await connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{self._kept.passwords[name]}'")
                if name not in databases:
                    await connection.execute(f"CREATE DATABASE {name} OWNER {name}")
                if short in self._prepared:
                    await self._prepare(name, self._prepared[short])
                await connection.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
            await connection.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")
        finally:
            await connection.close()

    async def _prepare(self, database: str, sql: str) -> None:
        """Run it as superuser in that database, at every start: a start may have ended half-way."""
        connection = await asyncpg.connect(self._url(SUPERUSER, database), timeout=10)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()


def _give(account: Account | None, *paths: Path) -> None:
    """Make the server's user the owner of what lies in our own folder. Nothing to do where that is ourselves."""
    if account is not None:
        for path in paths:
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
