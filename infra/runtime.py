"""What every service runs on, put together once: databases, keys, transport, record, log, relay, consumers, tasks.

A service's app.py reads as a table of what it consists of:

    runtime = Runtime(
        service="case",
        settings=ServiceSettings.from_environment(os.environ),
        packages=("services.case.migrations",),
        statements_packages=("services.case.projections", "services.case.queries"),
        projections=(cases.rows, timeline.rows),
        publish=publish.contract_fact,
        sealing=True,
    )
    async with runtime:  # databases are migrated; record, pool, keys, log, bus, clock and ids exist from here on
        attach = partial(attach_contact_on_contact_received, record=runtime.record, opener=runtime.keys)
        runtime.consume("channels", {CONTACT_RECEIVED: attach})  # one call per origin, before run()
        runtime.on_sequenced(hub.wake)  # called with the last position of the own log, on the event loop
        runtime.spawn("deliveries", worker.run)  # restarted with back-off should it end or fail
        runtime.run()  # sequencer, relay, replay responder, consumers and tasks begin; returns at once
        ...  # serve HTTP; health asks `await runtime.ready()`
    # left: everything ends within STOP_SECONDS_MAX

A mutation that waits for its effect to come back: `await runtime.handled.wait("routing", position, timeout_ms=5000)`.
The service runs without its transport (its log just grows) and goes on by itself when NATS comes back.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

import asyncpg

from infra.bus import Bus
from infra.checkpointer import Checkpointer, SigningKeyUnreadable
from infra.clock import SystemClock, SystemIds
from infra.consumer import Consumer, Handler
from infra.effect import Needs
from infra.event_store import Log, PostgresRecord, Projection
from infra.handled import Handled
from infra.migrate import ChangedMigrationError, NewerDataError, migrate
from infra.outgoing import Publish
from infra.postgres import Pool, open_pool
from infra.relay import Relay
from infra.replay import ReplayResponder
from infra.sealing import KekError, KeyRing, load_kek, migrate_keys
from infra.sequencer import Sequencer
from infra.settings import BEING_FILLED, KEYS_URL, ServiceSettings, SettingsError
from infra.sql import statements
from infra.supervisor import Supervisor

STOP_SECONDS_MAX = 5.0
DATABASE_CHECK_SECONDS_MAX = 2.0
KEYS_POOL_SIZE_MAX = 4


UNUSABLE = (SettingsError, KekError, SigningKeyUnreadable, NewerDataError, ChangedMigrationError)
"""Why a service does not start whose environment or data are not what it needs; nothing personal is in their words."""


class Runtime:
    """One service's running parts. See the module's docstring for how an app.py uses it.

    `packages`: migrations beside the event store's own. `statements_packages`: whose .sql files the projections' rows
    name. `publish`: a private fact's public form as (subject, contract struct), None for one that stays private.
    `sealing`: whether the service opens the keys database; it then needs `keys_url` and `kek_spec` in its settings.
    """

    pool: Pool
    """The service's own database."""
    record: PostgresRecord
    log: Log
    keys: KeyRing
    """Only where `sealing`."""
    checkpointer: Checkpointer
    bus: Bus

    def __init__(
        self,
        *,
        service: str,
        settings: ServiceSettings,
        packages: Sequence[str] = (),
        statements_packages: Sequence[str] = (),
        projections: Sequence[Projection] = (),
        publish: Publish | None = None,
        sealing: bool = False,
        pool_size_max: int = 8,
    ) -> None:
        self.service = service
        self.settings = settings
        self.clock = SystemClock()
        self.ids = SystemIds()
        self.handled = Handled()
        self._packages = tuple(packages)
        self._statements_packages = tuple(statements_packages)
        self._projections = tuple(projections)
        self._publish: Publish = publish or (lambda _fact, _meta: None)
        self._sealing = sealing
        self._pool_size_max = pool_size_max
        self._supervisor = Supervisor()
        self._appended = asyncio.Event()
        self._sequenced = asyncio.Event()
        self._listeners: list[Callable[[int], None]] = []
        self._consumers: dict[str, Consumer] = {}
        self._tasks: dict[str, Callable[[], Awaitable[None]]] = {}
        self._pools: dict[str, Pool] = {}
        self._resources = AsyncExitStack()
        self._relay: Relay | None = None
        self._running = False

    async def start(self) -> None:
        """Open and migrate the databases, begin to connect to NATS, make record, log and keys.

        Raises:
            infra.migrate.NewerDataError: the data is of a newer version of the program.
            infra.checkpointer.SigningKeyUnreadable: the log is signed by a key that this service cannot use.
            SettingsError, infra.sealing.KekError: a key is nowhere, or is another one.
        """
        try:
            self.pool = await self._open_pool("database", self.settings.database_url, self._pool_size_max)
            await migrate(self.pool, *self._packages)
            keys = await self._open_keys() if self._sealing else None
            self.bus = Bus(self.settings.nats_url, name=self.service)
            await self.bus.start()
            self._resources.push_async_callback(self.bus.stop)
            self.log = Log(self.pool)
            self.checkpointer = self._make_checkpointer()
            await self.checkpointer.key()
            self.record = PostgresRecord(
                self.pool, keys, self._projections, statements(*self._statements_packages), self._appended.set
            )
        except BaseException as error:
            if isinstance(error, UNUSABLE):
                # In words, for whoever set it up: a log line tells errors by their class.
                sys.stderr.write(f"{self.service}: {error}\n")
            await self._resources.aclose()
            raise

    async def stop(self) -> None:
        """End background work and close everything, within STOP_SECONDS_MAX. Safe to call twice."""
        self._running = False
        await self._supervisor.stop(seconds_max=STOP_SECONDS_MAX / 2)
        await self._resources.aclose()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()

    def consume(
        self, origin: str, handlers: Mapping[str, Handler], *, together: Mapping[str, Needs] | None = None
    ) -> None:
        """React to another service's messages: handlers by subject. Once per origin, between start() and run().

        `together`: see `Consumer`.
        """
        if self._running or origin in self._consumers:
            raise RuntimeError(f"{self.service}: consumers of {origin} are named once, before run()")
        self._consumers[origin] = Consumer(
            pool=self.pool,
            bus=self.bus,
            origin=origin,
            service=self.service,
            handlers=handlers,
            clock=self.clock,
            together=together,
            on_handled=self.handled.mark,
        )

    def spawn(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Keep `work()` running in the background. When it fails it starts again, and readiness is false meanwhile."""
        if self._running:
            self._supervisor.spawn(name, work)
        else:
            self._tasks[name] = work

    def on_sequenced(self, callback: Callable[[int], None]) -> None:
        """Call back with the last position whenever the own log grows. It must not block; bursts come as one call."""
        self._listeners.append(callback)

    def run(self) -> None:
        """Begin all background work and return. Its end is `stop()`."""
        if self._running:
            raise RuntimeError(f"{self.service}: already running")
        self._running = True
        sequencer = Sequencer(self.pool, self._appended, self._announce)
        self._relay = Relay(self.log, self.bus, self.service, self._publish, self._sequenced)
        replay = ReplayResponder(self.log, self.bus, self.service, self._publish)
        self._supervisor.spawn("sequencer", sequencer.run)
        self._supervisor.spawn("checkpointer", self.checkpointer.run)
        self._supervisor.spawn("relay", self._relay.run)
        self._supervisor.spawn("replay", replay.run)
        for origin, consumer in self._consumers.items():
            self._supervisor.spawn(f"consumer-{origin}", consumer.run)
        for name, work in self._tasks.items():
            self._supervisor.spawn(name, work)

    async def ready(self) -> list[str]:
        """Why this service cannot do its work now; empty when it can. Never an error, never personal data.

        A transport that is away for a while is no reason once it has been reached: contacts are still taken in.
        """
        reasons = [] if self._running else ["not running"]
        reasons += [f"task {name} is down" for name in self._supervisor.down()]
        if not self.bus.was_connected:
            reasons.append("transport not reached yet")
        if self._relay is not None and self._relay.halted is not None:
            reasons.append(f"relay halted: {self._relay.halted}")
        reasons += [f"consumer of {origin}: {c.stuck}" for origin, c in self._consumers.items() if c.stuck is not None]
        gate = self.settings.ready_gate
        if gate is not None and await asyncio.to_thread(os.path.exists, gate):
            reasons.append(BEING_FILLED)
        return [*reasons, *await self._database_reasons()]

    def _announce(self, position: int) -> None:
        self._sequenced.set()
        self.checkpointer.wake(position)
        for callback in self._listeners:
            callback(position)

    async def _database_reasons(self) -> list[str]:
        """Of all databases at once: they stand still together, and who asks waits as long as for one."""
        found = await asyncio.gather(*(_why_not(name, pool) for name, pool in self._pools.items()))
        return [reason for reason in found if reason is not None]

    async def _open_pool(self, name: str, url: str, size_max: int) -> Pool:
        self._pools[name] = pool = await open_pool(url, application_name=f"eender-{self.service}", size_max=size_max)
        self._resources.push_async_callback(_close_pool, pool)
        return pool

    def _make_checkpointer(self) -> Checkpointer:
        spec = self.settings.kek_spec
        return Checkpointer(self.pool, self.service, None if spec is None else load_kek(spec))

    async def _open_keys(self) -> KeyRing:
        if self.settings.keys_url is None or self.settings.kek_spec is None:
            raise SettingsError(KEYS_URL, f"must be set for the {self.service} service, and the key-encryption key too")
        pool = await self._open_pool("keys database", self.settings.keys_url, KEYS_POOL_SIZE_MAX)
        await migrate_keys(pool)
        self.keys = KeyRing(pool, load_kek(self.settings.kek_spec))
        return self.keys


async def _close_pool(pool: Pool) -> None:
    try:
        async with asyncio.timeout(STOP_SECONDS_MAX / 8):
            await pool.close()
    except TimeoutError:
        # A connection is still in use; whatever it does is undone by the server when it is cut.
        pool.terminate()


async def _why_not(name: str, pool: Pool) -> str | None:
    try:
        async with asyncio.timeout(DATABASE_CHECK_SECONDS_MAX):
            await pool.fetchval("SELECT 1")
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return f"{name}: {type(error).__name__}"
    return None
