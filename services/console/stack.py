"""The whole of eender on one machine: Postgres, NATS and the three services, in the right order, kept running."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import services
from infra.embedded.child import Child, StopStep
from infra.embedded.nats import EmbeddedNats
from infra.embedded.ports import HOST
from infra.embedded.postgres import EmbeddedPostgres
from infra.settings import CONFIG, DATABASE_URL, FRONT_DOOR_URL, KEK, KEYS_URL, NATS_URL, READY_GATE
from infra.settings import HOST as SERVICE_HOST
from infra.settings import PORT as SERVICE_PORT
from infra.sql import statements
from services.console.demo_folder import being_filled
from services.console.failure import CommandFailed
from services.console.nats_watch import keep_storing
from services.console.part import EARLY_DEATHS_MAX, Part
from services.console.readiness import why_not_ready
from services.console.run_file import DATABASES, RunFile, run_file, write_run_file

SERVICES = ("case", "channels", "routing")
"""GraphQL on the port itself, webhooks on the next, routing's health on the one after."""
WITH_KEYS = ("case", "channels")
READY_WAIT_S_MAX = 120.0
READY_POLL_S = 0.1
SERVICE_STOP = (StopStep(signal.SIGTERM, 6.0),)
CHECKOUT = Path(services.__file__).parent.parent


class Stack:
    """Everything that runs. `port`: GraphQL's; `config`: the configuration file, absolute; `say` tells a person."""

    def __init__(self, folder: Path, *, port: int, config: Path | None, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._config = config
        self._say = say
        self._ports = {name: port + offset for offset, name in enumerate(SERVICES)}
        owner = {"case": statements("services.console")["access_log_owner"]}
        self._postgres = EmbeddedPostgres(folder, DATABASES, prepared=owner)
        self._nats = EmbeddedNats(folder)
        self._children: dict[str, Child] = {}
        self._keepers: list[asyncio.Task[None]] = []
        self._told = False
        part = partial(Part, say=say, changed=self._changed)
        self._parts = {
            "postgres": part("postgres", start=self._start_postgres, child=lambda: self._postgres.child),
            "nats": part("nats", start=self._start_nats, child=lambda: self._nats.child),
        }
        for name in SERVICES:
            start, child = partial(self._start_service, name), partial(self._children.__getitem__, name)
            self._parts[name] = part(name, start=start, child=child)

    async def start(self) -> RunFile:
        """Start everything, wait until every service is ready; where everything is.

        Raises:
            CommandFailed: a service does not get ready.
            EmbeddedError: Postgres or NATS cannot be had.
        """
        for failed in await asyncio.gather(self._postgres.start(), self._nats.start(), return_exceptions=True):
            if failed is not None:
                raise failed
        for name in SERVICES:
            await self._start_service(name)
        self._keepers = [asyncio.create_task(part.keep_running()) for part in self._parts.values()]
        self._keepers.append(asyncio.create_task(keep_storing(self._nats, self._folder, say=self._say)))
        try:
            async with asyncio.timeout(READY_WAIT_S_MAX):
                await asyncio.gather(*(self._ready(name) for name in SERVICES))
        except TimeoutError:
            raise CommandFailed(f"not ready within {READY_WAIT_S_MAX:.0f} s: {await self._what_lacks()}") from None
        for part in self._parts.values():
            part.was_ready = True
        return self._run_file()

    def tell(self) -> RunFile:
        """Write `run.json`, from now on after every restart too."""
        self._told = True
        self._changed()
        return self._run_file()

    async def stop(self) -> None:
        """Stop services, then NATS, then Postgres; remove `run.json`."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        await asyncio.gather(*(child.stop(*SERVICE_STOP) for child in self._children.values()))
        await self._nats.stop()
        await self._postgres.stop()
        with contextlib.suppress(OSError):
            run_file(self._folder).unlink(missing_ok=True)

    async def _start_postgres(self) -> None:
        before = self._postgres.url("case")
        await self._postgres.start()
        await self._renew_services(moved=before != self._postgres.url("case"))

    async def _start_nats(self) -> None:
        before = self._nats.url
        await self._nats.start()
        await self._renew_services(moved=before != self._nats.url)

    async def _renew_services(self, *, moved: bool) -> None:
        """Somebody took the port meanwhile: the services end, and their keepers start them with the new address."""
        if moved:
            await asyncio.gather(*(child.stop(*SERVICE_STOP) for child in self._children.values()))

    async def _start_service(self, name: str) -> None:
        """Start one service as a process of its own."""
        # -P: a folder named `services` where somebody happens to stand must not be taken for ours.
        program = [sys.executable, "-P", "-m", f"services.{name}"]
        child = Child(
            program,
            log=self._folder / "logs" / f"{name}.log",
            # Made to end at any moment: at our death at once, so that the next start finds the ports free.
            death_signal=signal.SIGKILL,
            environment=self._environment(name),
        )
        child.start()
        self._children[name] = child

    def _environment(self, name: str) -> Mapping[str, str]:
        """What the service is told; the rest of our own environment too, for secrets written as `env:NAME`."""
        environment = {key: value for key, value in os.environ.items() if key not in {CONFIG, KEYS_URL, KEK}}
        environment |= {
            "PYTHONPATH": os.pathsep.join(filter(None, (str(CHECKOUT), os.environ.get("PYTHONPATH")))),
            "PYTHONUNBUFFERED": "1",
            DATABASE_URL: self._postgres.url(name),
            NATS_URL: self._nats.url,
            SERVICE_HOST: HOST,
            SERVICE_PORT: str(self._ports[name]),
            READY_GATE: str(being_filled(self._folder)),
            FRONT_DOOR_URL: f"http://{HOST}:{self._ports['channels']}",
            KEK: f"file:{self._folder / 'kek'}",
        }
        if environment.pop("PYTHONDONTWRITEBYTECODE", ""):
            # Nothing is written beside the source, and still the services need not be compiled at every start.
            environment.setdefault("PYTHONPYCACHEPREFIX", str(compiled_folder(self._folder)))
        if name in WITH_KEYS:
            environment[KEYS_URL] = self._postgres.url("keys")
        if self._config is not None:
            environment[CONFIG] = str(self._config)
        return environment

    async def _ready(self, name: str) -> None:
        """Wait until the service is ready.

        Raises:
            CommandFailed: it keeps dying.
        """
        part = self._parts[name]
        while await why_not_ready(self._ports[name]) is not None:
            if part.deaths >= EARLY_DEATHS_MAX:
                raise CommandFailed(f"{name} does not start; the end of its log:\n{self._children[name].log_tail()}")
            await asyncio.sleep(READY_POLL_S)

    async def _what_lacks(self) -> str:
        reasons = [(name, await why_not_ready(self._ports[name])) for name in SERVICES]
        return "; ".join(f"{name}: {reason}" for name, reason in reasons if reason is not None)

    def _changed(self) -> None:
        """Tell other programs what runs now; once `tell` was called."""
        if self._told:
            write_run_file(self._folder, self._run_file())

    def _run_file(self) -> RunFile:
        return RunFile(
            graphql=f"http://{HOST}:{self._ports['case']}/graphql",
            webhooks=f"http://{HOST}:{self._ports['channels']}",
            routing=f"http://{HOST}:{self._ports['routing']}",
            databases={name: self._postgres.url(name) for name in DATABASES},
            nats=self._nats.url,
            pids={"up": os.getpid(), **{name: part.pid for name, part in self._parts.items()}},
            config=None if self._config is None else str(self._config),
        )


def compiled_folder(data: Path) -> Path:
    """Where compiled sources lie, if not beside the sources: once for all stacks, where that can be written."""
    return Path(sys.prefix) / "compiled" if os.access(sys.prefix, os.W_OK) else data / "cache" / "python"
