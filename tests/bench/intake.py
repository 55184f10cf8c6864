"""What comes in: webhooks kept per second, the way to the timeline, a year's postings out of files, mails."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from contracts.installation import ChannelAccount
from contracts.vocabulary import Channel
from infra.clock import SystemClock, SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from infra.migrate import migrate
from infra.postgres import open_pool
from infra.sealing import migrate_keys
from services.channels.domain.raw import contact_id_of
from services.console.import_lines import imported, service_environment
from services.console.say import signed_whatsapp
from tests.bench.intake_door import ACCOUNT, SECRET
from tests.bench.intake_matter import YEAR, configuration, written
from tests.bench.intake_stack import Running, running
from tests.bench.limits import copy_rate
from tests.bench.mail import mail
from tests.bench.stand import quantile, timed
from tests.bench.table import Figures

CLIENTS = 32
RATE = 200
"""Webhooks a second whose way to the timeline is timed."""
WARMING = 400
"""Webhooks before that, so that connections are open and plans made."""
SLICE = 3_000
"""So many of a year's postings are imported unless all of them are asked for."""
SHOWN = """
SELECT t.entry_id FROM unnest($1::uuid[]) AS wanted (id),
LATERAL (SELECT entry_id FROM timeline WHERE entry_id = wanted.id LIMIT 1) AS t
"""
LOOKED_FOR_MAX = 128
"""At a time, the oldest first, each along the index: to look must not take what is measured from those who work."""
TELL_EVERY = 10.0
CAUGHT_UP_S_MAX = 3_600.0
PATH = f"/channels/whatsapp/{ACCOUNT}"
WHATSAPP = ChannelAccount(channel_path="whatsapp", account=ACCOUNT, secrets={"app_secret": SECRET})
WHATSAPP_TOML = f"""
[[channel_accounts]]
channel = "whatsapp"
account = "{ACCOUNT}"
secrets = {{ app_secret = "{SECRET}", verify_token = "v" }}
"""


class Poster:
    """One connection that is kept, on which WhatsApp's messages are posted."""

    def __init__(self, port: int, run: str) -> None:
        self._port = port
        self._run = run
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def message_id(self, number: int) -> str:
        return f"wamid.{self._run}.{number}"

    async def post(self, number: int, path: str = PATH) -> None:
        """One signed message of a sender of its own; fails unless it is taken."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        body, headers = signed_whatsapp(
            WHATSAPP,
            f"31{600_000_000 + number}",
            "Where is my parcel? It should have been here on Tuesday.",
            name="Sam",
            message_id=self.message_id(number),
            at=int(SystemClock().now().timestamp()),
        )
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(
            f"POST {path} HTTP/1.1\r\nhost: bench\r\n{head}content-length: {len(body)}\r\n\r\n".encode() + body
        )
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(answer.split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0]))
        if not answer.startswith(b"http/1.1 200"):
            raise RuntimeError(f"{path} answered {answer[:40]!r}")


async def intake(rounds: int, seconds: float, say: Callable[[str], None], *, whole: bool) -> Figures:
    """All of it, round by round."""
    figures = Figures()
    for number in range(1, rounds + 1):
        say(f"round {number} of {rounds}: the door")
        await _door(seconds, figures)
        say("the way to the timeline, and a year's postings")
        async with running(configuration() + WHATSAPP_TOML) as stack:
            await _to_the_timeline(stack, seconds, figures)
            await _postings(stack, YEAR if whole else SLICE, seconds, figures, say)
        say("mails")
        mail(figures)
    return figures


async def _door(seconds: float, figures: Figures) -> None:
    async with _door_alone() as port:
        posters, numbers, run = range(CLIENTS), count(), SystemIds().new().hex[:8]

        async def rate(path: str) -> tuple[float, list[float]]:
            callers = [_caller(Poster(port, run), numbers, path) for _ in posters]
            return await timed(callers, seconds)

        await rate(PATH)
        ours, took = await rate(PATH)
        bare, _ = await rate("/nothing")
        figures.add("webhook kept, requests/s vs the same route doing nothing", ours, bare)
        figures.note("webhook kept, p99 ms", quantile(took, 0.99) * 1000)


def _caller(poster: Poster, numbers: count[int], path: str) -> Callable[[], Awaitable[None]]:
    async def call() -> None:
        await poster.post(next(numbers), path)

    return call


@asynccontextmanager
async def _door_alone() -> AsyncIterator[int]:
    """The door in a process of its own, on a server that flushes what it commits; its port."""
    with tempfile.TemporaryDirectory(prefix="eender-door-") as folder:
        server = EmbeddedPostgres(Path(folder), ["channels", "keys"], durable=True)
        await server.start()
        try:
            for name in ("channels", "keys"):
                pool = await open_pool(server.url(name), application_name="bench", size_max=1)
                await (migrate(pool, "services.channels.migrations") if name == "channels" else migrate_keys(pool))
                await pool.close()
            words = ["-m", "tests.bench.intake_door", server.url("channels"), server.url("keys")]
            process = await asyncio.create_subprocess_exec(sys.executable, *words, stdout=asyncio.subprocess.PIPE)
            try:
                yield int(await process.stdout.readline() if process.stdout else b"0")
            finally:
                process.terminate()
                await process.wait()
        finally:
            await server.stop()


async def _to_the_timeline(stack: Running, seconds: float, figures: Figures) -> None:
    """From the 2xx until the contact is seen, at RATE a second; a stack that has just started is warmed before."""
    await _ways_to_the_timeline(stack, range(WARMING))
    took = await _ways_to_the_timeline(stack, range(WARMING, WARMING + int(RATE * max(seconds, 2.0))))
    figures.note("accepted to timeline at 200/s, p50 ms", quantile(took, 0.5) * 1000)
    figures.note("accepted to timeline at 200/s, p99 ms", quantile(took, 0.99) * 1000)


async def _ways_to_the_timeline(stack: Running, numbers: range) -> list[float]:
    """How long each of these webhooks took until the case service's table showed its contact, in seconds, sorted."""
    port, run = urlsplit(stack.run.webhooks).port or 0, SystemIds().new().hex[:8]
    posters = [Poster(port, run) for _ in range(CLIENTS)]
    answered: dict[object, float] = {}
    seen: dict[object, float] = {}
    began = time.perf_counter()

    async def send(poster: Poster, first: int) -> None:
        for number in numbers[first::CLIENTS]:
            await asyncio.sleep(max(0.0, began + (number - numbers[0]) / RATE - time.perf_counter()))
            await poster.post(number)
            contact_id = contact_id_of(Channel.WHATSAPP, ACCOUNT, poster.message_id(number))
            answered[contact_id] = time.perf_counter()

    connection = await asyncpg.connect(stack.run.databases["case"])
    sending = asyncio.gather(*(send(poster, place) for place, poster in enumerate(posters)))
    async with asyncio.timeout(CAUGHT_UP_S_MAX):
        while not sending.done() or len(seen) < len(answered):
            waited = [contact_id for contact_id in answered if contact_id not in seen]
            rows = await connection.fetch(SHOWN, waited[:LOOKED_FOR_MAX])
            now = time.perf_counter()
            seen |= {row["entry_id"]: now for row in rows}
            await asyncio.sleep(0.01)
    await sending
    await connection.close()
    return sorted(seen[contact_id] - at for contact_id, at in answered.items())


async def _postings(stack: Running, total: int, seconds: float, figures: Figures, say: Callable[[str], None]) -> None:
    """A year's postings, or a slice of them with the same mix, out of files until all are where they belong."""
    url = stack.run.databases["routing"]
    files = written(stack.folder, total, SystemClock().now())
    copy = await copy_rate(url, seconds)
    names = [name for name in stack.run.pids if name in {"case", "channels", "postgres", "nats"}]
    cpu = {name: stack.cpu_s(name) for name in names}
    began = time.perf_counter()
    for account, file in files.items():
        await imported(file, account, service_environment(stack.folder), lambda refused: say(refused.reason))
    await _caught_up(stack, say)
    rate = total / (time.perf_counter() - began)
    used = {name: (stack.cpu_s(name) - cpu[name]) / total for name in names}
    copy = (copy + await copy_rate(url, seconds)) / 2
    figures.add("a year's postings, contacts/s vs COPY", rate, copy)
    for name in names:
        figures.note(f"a posting, processor time of {name}, ms", used[name] * 1000)


async def _caught_up(stack: Running, say: Callable[[str], None]) -> None:
    connection = await asyncpg.connect(stack.run.databases["case"])
    told, last = time.perf_counter(), await stack.told()
    async with asyncio.timeout(CAUGHT_UP_S_MAX):
        while (at := await stack.taken_in(connection)) < last:
            if time.perf_counter() > told + TELL_EVERY:
                told = time.perf_counter()
                say(f"the case service is at {at} of {last}")
            await asyncio.sleep(0.05)
    await connection.close()
