"""The measures of the event log, each against its limit in the same round."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from functools import partial
from pathlib import Path
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from infra.event_store import Log, Logged, PostgresRecord
from infra.event_store.verification import verify_log
from infra.sequencer import Sequencer
from tests.bench.limits import copy_rate, insert_times, stock_rate
from tests.bench.matter import TAG, TEXT, Matter
from tests.bench.peers import PACKAGES, PeerUnavailable, emmett_rate, installed, message_db_rate
from tests.bench.stand import Stand, begun, move, quantile, timed
from tests.bench.table import Figures

PEERS = {"message-db's write_message": message_db_rate, "Emmett's appendToStream": emmett_rate}
PAGE = 1_000
READ_PASSES = 3
LOADS = 20
POSITION_CALLERS = 8


async def fetched_peers(folder: Path, figures: Figures) -> Path | None:
    """The packages of peers that are measured beside us; None: they cannot be had, and the table says so."""
    try:
        return await installed(folder, PACKAGES)
    except PeerUnavailable as reason:
        figures.skipped |= dict.fromkeys(PEERS, str(reason))
        return None


async def one_round(stand: Stand, seconds: float, figures: Figures, peers: Path | None) -> None:
    """Measure everything once. `peers`: where their packages lie."""
    copy = await copy_rate(stand.plain, seconds)
    figures.note("COPY of 500 rows, rows/s", copy)
    for callers in (64, 256):
        rate = await _group(stand, callers, seconds, figures, copy)
    await _against_peers(stand, seconds, figures, peers)
    await _positions(stand, seconds, rate / 2, figures)
    await _reading(stand, figures, copy)
    for length in (50, 500):
        await _loading(stand, length, figures)


async def _group(stand: Stand, callers: int, seconds: float, figures: Figures, copy: float) -> float:
    rates = {}
    for rows in (False, True):
        record = stand.record(rows=rows)
        calls = _moving(record, await begun(record, callers))
        rates[rows], took = await timed(calls, seconds)
        name = f"group commit, {callers} callers{', with read rows' if rows else ''}, vs COPY"
        figures.add(name, rates[rows], copy)
        if callers == 64 and not rows:
            _, p50, p99 = await insert_times(stand.plain, seconds)
            figures.add("append acknowledged, 64 callers, p50 ms vs plain INSERTs", quantile(took, 0.5) * 1000, p50)
            figures.add("append acknowledged, 64 callers, p99 ms vs plain INSERTs", quantile(took, 0.99) * 1000, p99)
    return rates[False]


async def _against_peers(stand: Stand, seconds: float, figures: Figures, peers: Path | None) -> None:
    record = stand.record()
    rate, _ = await timed(_moving(record, await begun(record, 16)), seconds)
    stock = await stock_rate(stand.plain, seconds)
    figures.add("single append, 16 callers, vs the library's PostgresApplicationRecorder", rate, stock)
    for name, measured in PEERS.items():
        if peers is None or name in figures.skipped:
            continue
        try:
            figures.add(f"single append, 16 callers, vs {name}", rate, await measured(stand.plain, peers, seconds))
        except PeerUnavailable as reason:
            figures.skipped[name] = str(reason)
    lone, took = await timed(_moving(record, await begun(record, 1)), seconds)
    figures.note("single append, a lone caller, commands/s", lone)
    figures.note("single append, a lone caller, p50 ms", quantile(took, 0.5) * 1000)


async def _positions(stand: Stand, seconds: float, rate: float, figures: Figures) -> None:
    """From the answer of a commit to its position, at half of the full rate, the look itself included."""
    log, waits = Log(stand.pool), list[float]()
    wake, sequenced = asyncio.Event(), asyncio.Event()
    record = stand.record(on_commit=wake.set)
    matters = await begun(record, POSITION_CALLERS)
    pause = POSITION_CALLERS / rate

    async def paced(matter: Matter) -> None:
        await asyncio.sleep(pause)
        await move(record, matter)

    async def watched(matter: Matter) -> None:
        await move(record, matter)
        done = time.perf_counter()
        while await log.position_of(matter.id, matter.version) is None:
            await sequenced.wait()
            sequenced.clear()
        waits.append(time.perf_counter() - done)

    async with _sequencing(stand, wake, sequenced):
        await timed([*(partial(paced, each) for each in matters[1:]), partial(watched, matters[0])], seconds)
    waits.sort()
    figures.add("commit to position at half the rate, p50 ms", quantile(waits, 0.5) * 1000, None)
    figures.add("commit to position at half the rate, p99 ms", quantile(waits, 0.99) * 1000, None)


@asynccontextmanager
async def _sequencing(stand: Stand, wake: asyncio.Event, sequenced: asyncio.Event) -> AsyncIterator[None]:
    sequencer = Sequencer(stand.pool, wake, lambda _position: sequenced.set())
    await sequencer.catch_up()
    running = asyncio.create_task(sequencer.run())
    yield
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await sequencer.catch_up()


async def _reading(stand: Stand, figures: Figures, copy: float) -> None:
    rates = [await _read(stand, lambda _logged: None) for _ in range(READ_PASSES)]
    figures.add("reading in order, pages of 1000, vs COPY", max(rates), copy)
    rates = [await _read(stand, lambda logged: (logged.fact, logged.meta)) for _ in range(READ_PASSES)]
    figures.add("reading in order, every fact and its meta decoded, vs COPY", max(rates), copy)
    position = await Log(stand.pool).last_position()
    started = time.perf_counter()
    report = await verify_log(stand.pool, url=stand.url)
    if report.findings:
        raise AssertionError(f"the log does not verify: {report.findings[0]}")
    figures.add("verify, events/s vs COPY", position / (time.perf_counter() - started), copy)


async def _read(stand: Stand, use: Callable[[Logged], object]) -> float:
    started, position = time.perf_counter(), 0
    async with aclosing(Log(stand.pool).pages(0, PAGE)) as pages:
        async for page in pages:
            for logged in page:
                use(logged)
            position = page[-1].position
    return position / (time.perf_counter() - started)


class LibraryMatter(Aggregate):
    """The same in the library's own way."""

    number = 1

    @event("Moved")
    def move(self, number: int, channel: str, tag: str, text: str) -> None:
        self.number = number


async def _loading(stand: Stand, length: int, figures: Figures) -> None:
    record = stand.record()
    (matter,) = await begun(record, 1)
    while matter.version < length:
        await move(record, matter)

    new = iter([stand.record() for _ in range(LOADS)])

    async def without_snapshot() -> None:
        await next(new).load(Matter, matter.id)

    ours = await _cpu_ms(without_snapshot)
    figures.note(f"the same, {length} events, from a snapshot", await _cpu_ms(partial(record.load, Matter, matter.id)))
    application: Application[UUID] = Application()
    theirs = LibraryMatter()
    for _ in range(length - 1):
        theirs.move(1, "WHATSAPP", TAG, TEXT)
    application.save(theirs)

    async def load() -> None:
        application.repository.get(theirs.id)

    figures.add(f"load a case of {length} events, Python ms vs the library's repository", ours, await _cpu_ms(load))


async def _cpu_ms(call: Callable[[], Awaitable[object]]) -> float:
    best = float("inf")
    for _ in range(LOADS):
        started = time.process_time()
        await call()
        best = min(best, time.process_time() - started)
    return best * 1000


def _moving(record: PostgresRecord, matters: list[Matter]) -> list[Callable[[], Awaitable[None]]]:
    return [partial(move, record, matter) for matter in matters]
