"""An embedded NATS server with JetStream, on a loopback port, gone when we are gone."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
from pathlib import Path

import msgspec

from infra.embedded.binaries import nats_server
from infra.embedded.child import POLL_INTERVAL_S, Child, EmbeddedError, StopStep
from infra.embedded.kept import keep, read_kept, write_private
from infra.embedded.leftovers import end_leftovers
from infra.embedded.ports import HOST, free_port

USER = "eender"
WATCHER = "eender_watch"
"""Who may ask the server how it does."""
HEALTH_SUBJECT = "$SYS.REQ.SERVER.PING.HEALTHZ"
HEALTH_WAIT_S_MAX = 5.0
MAX_PAYLOAD_BYTES = 8 * 1024 * 1024
MAX_FILE_STORE_BYTES = 8 * 1024**3
MAX_MEMORY_STORE_BYTES = 64 * 1024**2
START_WAIT_S_MAX = 30.0
START_ATTEMPTS_MAX = 5
STOP_STEPS = (StopStep(signal.SIGTERM, 5.0),)

CONFIGURATION = """\
# Written at every start of `eender up`; changes here are lost.
server_name: eender
listen: "{host}:{port}"
pid_file: {pid_file}
max_payload: {max_payload}
authorization {{ users: [{{ user: {user}, password: {password} }}] }}
accounts {{ $SYS: {{ users: [{{ user: {watcher}, password: {password} }}] }} }}
jetstream {{
  store_dir: {store}
  sync_interval: always
  max_file_store: {max_file_store}
  max_memory_store: {max_memory_store}
}}
"""


class Kept(msgspec.Struct):
    """What is kept between starts: the port last used and the password."""

    port: int
    password: str


class HealthData(msgspec.Struct):
    """How the server does: `ok`, or what not."""

    status: str
    error: str | None = None


class Health(msgspec.Struct):
    """The server's answer to HEALTH_SUBJECT, as far as it is read."""

    data: HealthData


class EmbeddedNats:
    """A NATS server of our own with its streams in `folder/nats`, its secret in `folder/nats.json`."""

    def __init__(self, folder: Path, *, log: Path | None = None) -> None:
        self._folder = folder.absolute()
        self._home = self._folder / "nats"
        self._log = log or self._folder / "logs" / "nats.log"
        self._kept = Kept(port=0, password="")
        self._child: Child | None = None

    @property
    def child(self) -> Child:
        """The server's process, to be asked after `start` and watched."""
        if self._child is None:
            raise EmbeddedError("NATS was not started")
        return self._child

    @property
    def url(self) -> str:
        """Where clients find it, with user and password."""
        return self._url(USER)

    async def start(self) -> None:
        """Start it on the kept port, or on another when that one was taken; wait until it answers.

        Raises:
            EmbeddedError: it does not come up; with the end of its log.
        """
        self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
        await end_leftovers(self._home)
        path = self._folder / "nats.json"
        self._kept = read_kept(path, Kept) or Kept(port=0, password=secrets.token_urlsafe(24))
        for _ in range(START_ATTEMPTS_MAX):
            self._kept.port = free_port(self._kept.port or None)
            keep(path, self._kept)
            self._child = self._program()
            self._child.start()
            if await self._answers(self._child):
                return
            if "address already in use" not in self._child.log_tail():
                break
        await self.stop()
        raise EmbeddedError(f"NATS does not start:\n{self.child.log_tail()}")

    async def stop(self) -> None:
        """Let it write everything down and stop. Does nothing when it does not run."""
        if self._child is not None:
            await self._child.stop(*STOP_STEPS)

    async def ailment(self) -> str | None:
        """Why it stores nothing, in its own words; None where it does, or does not answer.

        A stream that could not be written to, for want of space say, stays so until the server starts anew.
        """
        import nats  # noqa: PLC0415  (a stack's start does without what takes a tenth of a second to import)
        from nats.errors import Error  # noqa: PLC0415

        try:
            async with asyncio.timeout(HEALTH_WAIT_S_MAX):
                client = await nats.connect(self._url(WATCHER), allow_reconnect=False)
                try:
                    answer = await client.request(HEALTH_SUBJECT, timeout=HEALTH_WAIT_S_MAX)
                finally:
                    await client.close()
            told = msgspec.json.decode(answer.data, type=Health).data
        except (Error, msgspec.MsgspecError, OSError, TimeoutError):
            return None
        return None if told.status == "ok" else told.error or told.status

    def _url(self, user: str) -> str:
        return f"nats://{user}:{self._kept.password}@{HOST}:{self._kept.port}"

    def _program(self) -> Child:
        """The server as a child; its secret stands in a file, never in its arguments."""
        text = CONFIGURATION.format(
            host=HOST,
            port=self._kept.port,
            user=USER,
            watcher=WATCHER,
            password=quoted(self._kept.password),
            pid_file=quoted(self._home / "nats.pid"),
            store=quoted(self._home / "store"),
            max_payload=MAX_PAYLOAD_BYTES,
            max_file_store=MAX_FILE_STORE_BYTES,
            max_memory_store=MAX_MEMORY_STORE_BYTES,
        )
        configuration = self._home / "nats.conf"
        write_private(configuration, text.encode())
        return Child([str(nats_server()), "--config", str(configuration)], log=self._log, folder=self._home)

    async def _answers(self, child: Child) -> bool:
        """Wait until it greets as ours with JetStream ready; False when it died first."""
        deadline = asyncio.get_running_loop().time() + START_WAIT_S_MAX
        while child.running and asyncio.get_running_loop().time() < deadline:
            greeting = await self._greeting()
            if b'"jetstream":true' in greeting and b'"server_name":"eender"' in greeting:
                return child.running
            await asyncio.sleep(POLL_INTERVAL_S)
        return False

    async def _greeting(self) -> bytes:
        """What whoever listens on our port says first; nothing where nobody does."""
        try:
            async with asyncio.timeout(5):
                reader, writer = await asyncio.open_connection(HOST, self._kept.port)
                try:
                    return await reader.readline()
                finally:
                    writer.close()
                    await writer.wait_closed()
        except (OSError, TimeoutError):
            return b""


def quoted(value: str | Path) -> str:
    """A string of a NATS configuration; what is no plain character as two hex digits, byte by byte, as it knows it."""
    letters = os.fsencode(value).decode("latin-1")
    return '"' + "".join(each if _is_plain(each) else f"\\x{ord(each):02X}" for each in letters) + '"'


def _is_plain(letter: str) -> bool:
    return letter.isascii() and letter.isprintable() and letter not in '"\\'
