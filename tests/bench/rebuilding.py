"""How fast the read tables of all three services are made anew, against COPY on the same server."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from infra.embedded.postgres import EmbeddedPostgres
from infra.event_store import PostgresRecord
from infra.rebuild import Rebuild
from infra.rebuild_hands import all_done
from infra.sequencer import Sequencer
from services.case.workers.rebuilding import case_rebuild
from services.channels.workers.rebuilding import channels_rebuild
from services.routing.workers.rebuilding import routing_rebuild
from tests.bench.conversations import tell
from tests.bench.limits import copy_rate
from tests.bench.table import Figures
from tests.support.case_history import case_history
from tests.support.channels_history import channels_history
from tests.support.routing_history import routing_history

MEASURE = "rebuild of all projections, facts/s vs COPY"
DATABASES = ("case", "channels", "routing", "keys", "plain")
CONVERSATIONS = 1_000
"""In the case service; their rows are made by a first rebuild, which is not measured."""
CHANNELS_STEPS = ("write", "ask", "try", "report", "report", "report")
ROUTING_STEPS = ("case", "contact", "move", "ask", "capture", "present")
STEPS = 600
CALLERS = 32
PASSES = 3
Step = Callable[[int], Awaitable[None]]


async def rebuilding(seconds: float, figures: Figures) -> None:
    """Measure it once, on a server of its own: everything from the first fact to tables compared and put in place."""
    with tempfile.TemporaryDirectory(prefix="eender-rebuild-") as folder:
        server = EmbeddedPostgres(Path(folder) / "server", list(DATABASES), durable=True)
        await server.start()
        try:
            async with _lived(server) as rebuilds:
                copy = await copy_rate(server.url("plain"), seconds)
                rates = [await _rate(rebuilds) for _ in range(PASSES)]
                copy = (copy + await copy_rate(server.url("plain"), seconds)) / 2
                figures.add(MEASURE, median(rates), copy)
        finally:
            await server.stop()


async def _rate(rebuilds: list[Rebuild]) -> float:
    """Facts per second of all services at once, as the command does."""
    started = time.perf_counter()
    done = await all_done(rebuild.run() for rebuild in rebuilds)
    took = time.perf_counter() - started
    differences = [found for each in done for found in each.differences]
    if differences:
        raise AssertionError(f"the rebuilt tables differ: {differences[0]}")
    return sum(each.position for each in done) / took


@asynccontextmanager
async def _lived(server: EmbeddedPostgres) -> AsyncIterator[list[Rebuild]]:
    """Three services with something to tell, written by their own commands."""
    async with AsyncExitStack() as opened:
        keys_url = server.url("keys")
        case = await opened.enter_async_context(case_history(server.url("case"), keys_url))
        channels = await opened.enter_async_context(channels_history(server.url("channels"), keys_url))
        routing = await opened.enter_async_context(routing_history(server.url("routing")))
        facts_only = PostgresRecord(case.pool, case.keys, (), {}, lambda: None)
        await _at_once(partial(tell, record=facts_only), CONVERSATIONS)
        kinds = list(islice(cycle(CHANNELS_STEPS), STEPS))
        await channels.step("file", 1)
        await _at_once(lambda number: channels.step(kinds[number], number), STEPS)
        await routing.step("file", 9)
        for number, kind in enumerate(islice(cycle(ROUTING_STEPS), STEPS // 2)):
            await routing.step(kind, number)
        for each in (case, channels, routing):
            await Sequencer(each.pool, asyncio.Event(), lambda _position: None).catch_up()
        of_case = case_rebuild(case.pool, case.keys)
        await of_case.run()
        yield [of_case, channels_rebuild(channels.pool, channels.keys), routing_rebuild(routing.pool)]


async def _at_once(step: Step, count: int) -> None:
    numbers = iter(range(count))

    async def caller() -> None:
        for number in numbers:
            await step(number)

    await asyncio.gather(*(caller() for _ in range(CALLERS)))
