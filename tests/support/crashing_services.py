"""A program of two services that may be killed anywhere: one writes notes, the other notes what it heard.

`python -m tests.support.crashing_services UPSTREAM_URL DOWNSTREAM_URL NATS_URL ORIGIN NOTES` ends with 0 once the
second one has heard of all notes. Started again, it goes on: a note's name is its command's id.
"""

from __future__ import annotations

import asyncio
import sys

from infra.bus import Bus
from infra.clock import SystemClock
from infra.consumer import Consumer
from infra.event_store import Log, PostgresRecord
from infra.migrate import migrate
from infra.postgres import Pool, is_transient, open_pool
from infra.relay import Relay
from infra.replay import ReplayResponder
from infra.sequencer import Sequencer
from infra.supervisor import Supervisor
from tests.support.one_service import note_subject, publisher, write_note
from tests.support.two_services import Downstream

WRITERS = 6
EFFECTS = """CREATE TABLE IF NOT EXISTS effects
  (position bigint, text text, id bigint GENERATED ALWAYS AS IDENTITY)"""


async def write(record: PostgresRecord, names: list[str]) -> None:
    """As a client does: the same command again until there is an answer."""
    while names:
        name = names.pop()
        while True:
            try:
                await write_note(record, name)
                break
            except Exception as error:
                if not is_transient(error):
                    raise
                await asyncio.sleep(0.1)


async def heard(pool: Pool, count: int) -> bool:
    """Whether the second service has noted as many effects."""
    try:
        return bool(await pool.fetchval("SELECT count(*) >= $1 FROM effects", count))
    except Exception as error:
        if not is_transient(error):
            raise
        return False


async def work(upstream_url: str, downstream_url: str, nats_url: str, origin: str, notes: int) -> None:
    """Both services until all is heard."""
    pool = await open_pool(upstream_url, application_name="upstream", size_max=8)
    await migrate(pool)
    downstream = Downstream(await open_pool(downstream_url, application_name="downstream", size_max=4))
    await migrate(downstream.pool)
    await downstream.pool.execute(EFFECTS)
    bus = Bus(nats_url, name=origin)
    await bus.start()
    appended, grown, supervisor, log = asyncio.Event(), asyncio.Event(), Supervisor(), Log(pool)
    record = PostgresRecord(pool, None, (), {}, appended.set)
    consumer = Consumer(
        pool=downstream.pool,
        bus=bus,
        origin=origin,
        service="downstream",
        handlers={note_subject(origin): downstream.note_effect_on_note_written},
        clock=SystemClock(),
    )
    supervisor.spawn("sequencer", Sequencer(pool, appended, lambda _position: grown.set()).run)
    supervisor.spawn("relay", Relay(log, bus, origin, publisher(origin), grown).run)
    supervisor.spawn("replay", ReplayResponder(log, bus, origin, publisher(origin)).run)
    supervisor.spawn("consumer", consumer.run)
    names = [f"{origin} {number}" for number in range(notes)]
    await asyncio.gather(*(write(record, names) for _ in range(WRITERS)))
    while not await heard(downstream.pool, notes):  # noqa: ASYNC110  (it lies in a server, which sets no event)
        await asyncio.sleep(0.05)
    await supervisor.stop(seconds_max=5)


if __name__ == "__main__":
    upstream, downstream, nats, name, how_many = sys.argv[1:]
    asyncio.run(work(upstream, downstream, nats, name, int(how_many)))
