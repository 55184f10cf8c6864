"""What a screen costs: the API from outside beside the same SQL without HTTP, by REST, and by Strawberry alone."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from contracts.vocabulary import id_of
from infra.clock import SystemClock, SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from infra.event_store import PostgresRecord
from infra.issuer import MIGRATIONS as ISSUER_MIGRATIONS
from infra.migrate import apply_migrations, migrate
from infra.postgres import open_pool
from infra.sealing import KeyRing, migrate_keys
from infra.sql import statements
from services.case.app import MIGRATIONS, STATEMENTS
from services.case.graphql.compiled.reading import Ambient
from services.case.graphql.compiled.values import OfOperation
from services.case.graphql.ids import IdType, encode
from services.case.graphql.screens import SCREENS_SIZE_MAX
from services.case.projections import PROJECTIONS
from tests.bench.conversations import tell
from tests.bench.limits import CLEAR, INSERT, SEALED, TABLE, TOPIC
from tests.bench.stand import KEK, quantile, timed
from tests.bench.table import Figures
from tests.bench.view_client import CLIENTS, Client, Served, http_rate, next_number
from tests.bench.view_fanout import SUBSCRIBERS, spread
from tests.bench.view_matter import AGENTS, copied, customer_of, planned, variables_of
from tests.bench.view_peers import against_peers, fetched_view_peers
from tests.support.documents import operation_text

OTHERS = ("AgentInbox", "CaseScreen", "Cases")
START_S_MAX = 180.0
IDLE_S = 3.0
IDLE_AFTER_S = 1.0
"""Until what came before is written down."""


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[Served]:
    """A server that flushes what it commits, rows by COPY, and the API in a process beside this one."""
    server = EmbeddedPostgres(folder, ["case", "keys"], durable=True)
    await server.start()
    try:
        cases = await _filled(server.url("case"), server.url("keys"))
        words = ["-m", "tests.bench.view_app", server.url("case"), server.url("keys")]
        process = await asyncio.create_subprocess_exec(sys.executable, *words, stdout=asyncio.subprocess.PIPE)
        try:
            async with asyncio.timeout(START_S_MAX):
                said = await process.stdout.readline() if process.stdout else b""
            port, token = said.decode().split()
            yield Served(int(port), token, process.pid, server.url("case"), server.child.pid, cases)
        finally:
            process.terminate()
            await process.wait()
    finally:
        await server.stop()


async def _filled(url: str, keys_url: str) -> list[UUID]:
    pool = await open_pool(url, application_name="bench")
    keys_pool = await open_pool(keys_url, application_name="bench", size_max=4)
    await migrate(pool, *MIGRATIONS)
    await migrate_keys(keys_pool)
    await apply_migrations(keys_pool, ISSUER_MIGRATIONS)
    record = PostgresRecord(pool, KeyRing(keys_pool, KEK), PROJECTIONS, statements(*STATEMENTS), lambda: None)
    for number in range(CLIENTS):
        await tell(number, record)
    cases = [row[0] for row in await pool.fetch("SELECT case_id FROM cases")]
    async with pool.acquire() as connection:
        await copied(connection)
    await pool.close()
    await keys_pool.close()
    return cases


async def view_round(served: Served, seconds: float, figures: Figures, peers: Path | None) -> None:
    """Everything once, the sides of each ratio one right after the other. `peers`: where their packages lie."""
    document = operation_text("CustomerScreen")
    await asyncio.sleep(IDLE_AFTER_S)
    before = served.cpu_s()
    await asyncio.sleep(IDLE_S)
    served.idle = (served.cpu_s() - before) / IDLE_S
    figures.note("application CPU while nobody asks, ms per second", served.idle * 1000)
    limit, sql_cpu = await _sql_rate(served, "CustomerScreen", seconds)
    ours = await http_rate(served, "/graphql", partial(_body, document, "CustomerScreen"), seconds)
    figures.add("customer screen, views/s vs the same SQL without HTTP", ours.per_s, limit)
    figures.note("customer screen, application CPU per view, ms", ours.cpu_ms)
    figures.note("the same SQL without HTTP, client's CPU per view, ms", sql_cpu)
    figures.note("customer screen, p99 ms", quantile(ours.took, 0.99) * 1000)
    rest = await http_rate(served, "/rest", _nothing, seconds)
    figures.add("customer screen, views/s vs our own REST handler", ours.per_s, rest.per_s)
    figures.note("REST handler, application CPU per view, ms", rest.cpu_ms)
    alone = await http_rate(served, "/strawberry", partial(_body, document, "CustomerScreen"), seconds)
    figures.add("customer screen, views/s vs Strawberry with DataLoaders", ours.per_s, alone.per_s)
    figures.note("Strawberry, application CPU per view, ms", alone.cpu_ms)
    await against_peers(served, peers, seconds, figures)
    for name, ms in msgspec.json.decode(await Client(served).post("/parts"), type=dict[str, float]).items():
        figures.note(f"CPU per view by itself: {name}, ms", ms)
    for operation in OTHERS:
        limit, _ = await _sql_rate(served, operation, seconds)
        asked = partial(_body, operation_text(operation), operation)
        found = await http_rate(served, "/graphql", asked, seconds)
        figures.add(f"{operation}, views/s vs the same SQL without HTTP", found.per_s, limit)
        figures.note(f"{operation}, application CPU per view, ms", found.cpu_ms)
    await _fan_out(served, figures)
    await _notes(served, seconds, figures)


async def _fan_out(served: Served, figures: Figures) -> None:
    case_id = served.cases[0]
    client = Client(served)
    happen = partial(_note, client, case_id)
    found = await spread(served.port, served.token, case_id, happen, cpu_s=served.cpu_s, idle=served.idle)
    figures.note(f"one event to {SUBSCRIBERS} subscribers, first to last frame, ms", found.first_to_last)
    figures.note(f"one event to {SUBSCRIBERS} subscribers, from its mutation to the last frame, ms", found.to_last)
    figures.note(f"one event to {SUBSCRIBERS} subscribers, application CPU, its mutation included, ms", found.cpu)


def _body(document: str, operation: str, number: int) -> tuple[bytes, str]:
    asked = {"query": document, "variables": variables_of(operation, number), "operationName": operation}
    return msgspec.json.encode(asked), ""


def _nothing(number: int) -> tuple[bytes, str]:
    return b"", f"customer: {customer_of(number)}\r\n"


async def _sql_rate(served: Served, operation: str, seconds: float) -> tuple[float, float]:
    """The statement that the API runs, prepared, over as many connections as it has: a second, and CPU of this side."""
    _, plan, sample = planned(operation, variables_of(operation, 0))
    opened = [
        await asyncpg.connect(served.url, server_settings={"plan_cache_mode": "force_generic_plan", "jit": "off"})
        for _ in range(SCREENS_SIZE_MAX)
    ]
    own = {"own_agent": id_of("agent", AGENTS[0]), "subject": AGENTS[0], "now": SystemClock().now()}

    async def run(statement: asyncpg.prepared_stmt.PreparedStatement[asyncpg.Record]) -> None:
        number = next_number()
        named = {
            customer_of(0): customer_of(number),
            id_of("bench-case", "0", "0"): id_of("bench-case", str(number), "0"),
        }
        values = [_value(value, own, named) for value in sample]
        await statement.fetch(*values)

    calls: list[Callable[[], Awaitable[None]]] = [
        partial(run, await connection.prepare(plan.sql)) for connection in opened
    ]
    await timed(calls, seconds / 4)
    before = time.process_time()
    rate, took = await timed(calls, seconds)
    cpu_ms = (time.process_time() - before) / len(took) * 1000
    for connection in opened:
        await connection.close()
    return rate, cpu_ms


def _value(value: Any, own: dict[str, Any], named: dict[UUID, UUID]) -> Any:
    if isinstance(value, OfOperation | Ambient):
        return own[value.name]
    return named.get(value, value) if isinstance(value, UUID) else value


async def _notes(served: Served, seconds: float, figures: Figures) -> None:
    """A mutation of 16 clients beside as many bare INSERTs."""
    opened = [await asyncpg.connect(served.url) for _ in range(CLIENTS)]
    await opened[0].execute(TABLE)

    async def insert(statement: asyncpg.prepared_stmt.PreparedStatement[asyncpg.Record]) -> None:
        await statement.fetch(SystemIds().new(), 1, TOPIC, CLEAR, SEALED)

    limit, _ = await timed([partial(insert, await each.prepare(INSERT)) for each in opened], seconds)
    for each in opened:
        await each.close()
    calls: list[Callable[[], Awaitable[None]]] = [partial(_note, Client(served), case) for case in served.cases]
    rate, _ = await timed(calls, seconds)
    figures.add("caseNoteAdd over HTTP, 16 clients, vs bare INSERTs", rate, limit)


async def _note(client: Client, case_id: UUID) -> None:
    wanted = {
        "caseId": encode(IdType.CASE, case_id),
        "text": "The carrier called.",
        "idempotencyKey": str(SystemIds().new()),
    }
    asked = {"query": operation_text("CaseNoteAdd"), "variables": {"input": wanted}}
    await client.post("/graphql", msgspec.json.encode(asked))


async def view(rounds: int, seconds: float, say: Callable[[str], None]) -> Figures:
    """All rounds on one server."""
    figures = Figures()
    with tempfile.TemporaryDirectory(prefix="eender-bench-") as folder:
        fetched = Path(folder) / "peers"
        fetched.mkdir()
        peers = await fetched_view_peers(fetched, figures)
        async with served(Path(folder) / "server") as running:
            for number in range(1, rounds + 1):
                say(f"round {number} of {rounds}")
                await view_round(running, seconds, figures, peers)
    return figures
