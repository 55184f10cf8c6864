"""PostGraphile 5 and Mercurius beside us: the same customers of the same database, one process each, in one minute.

They are fetched with npm when they are measured, into a folder that goes away. Neither asks who asks, and neither
writes down who was seen.
"""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from services.case.graphql.screens import SCREENS_SIZE_MAX
from tests.bench.peers import PeerUnavailable, installed, without_tls
from tests.bench.stand import quantile
from tests.bench.table import Figures
from tests.bench.view_client import Client, Rate, Served, http_rate
from tests.bench.view_matter import customer_of, variables_of
from tests.support.documents import operation_text

OPERATION = "CustomerScreen"
HERE = Path(__file__).parent
START_S_MAX = 60.0
STOP_S_MAX = 10.0
WARM_S = 4.0
"""Before anything is measured: its just-in-time compiler is done by then."""
IDLE_S = 2.0
SEEN = (1, 500, 1999)
"""Numbers of the customers of whom its answer must say what ours says."""
_SYSTEMS = {"linux": "linux", "darwin": "darwin"}
_MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
NODE_VERSION = "24.21.0"
"""PostGraphile 5 wants 22 or more; 24 is the one with long support. It runs both."""


def _node() -> str:
    """The package that is nothing but the program, for this machine."""
    return f"node-{_SYSTEMS.get(sys.platform, sys.platform)}-{_MACHINES.get(platform.machine(), platform.machine())}"


PACKAGES = {
    "postgraphile": "5.1.5",
    "fastify": "5.12.8",
    "mercurius": "16.10.1",
    "graphql": "16.15.0",
    "pg": "8.23.1",
    _node(): NODE_VERSION,
}


@dataclass(frozen=True, slots=True)
class Peer:
    """`script`: a server that prints its port. `document`: what it is asked, by ids as they stand in the database."""

    name: str
    script: str
    document: Callable[[], str]


PEERS = (
    Peer("PostGraphile 5", "view_postgraphile.mjs", (HERE / "view_postgraphile.graphql").read_text),
    Peer("Mercurius", "view_mercurius.mjs", partial(operation_text, OPERATION)),
)


async def fetched_view_peers(folder: Path, figures: Figures) -> Path | None:
    """Where their packages lie; None: they cannot be had, and the table says so."""
    try:
        return await installed(folder, PACKAGES)
    except PeerUnavailable as reason:
        figures.skipped |= {f"customer screen vs {peer.name}": str(reason) for peer in PEERS}
        return None


async def against_peers(ours: Served, modules: Path | None, seconds: float, figures: Figures) -> None:
    """Both sides of each ratio one right after the other."""
    if modules is None:
        return
    await _offer(ours.url)
    for peer in PEERS:
        try:
            async with _running(peer, modules, ours) as theirs:
                await _beside(peer, ours, theirs, seconds, figures)
        except PeerUnavailable as reason:
            figures.skipped[f"customer screen vs {peer.name}"] = str(reason)


async def _offer(url: str) -> None:
    """Make the views of PostGraphile's schema."""
    connection = await asyncpg.connect(url)
    await connection.execute((HERE / "view_peers.sql").read_text(encoding="utf-8"))
    await connection.close()


@asynccontextmanager
async def _running(peer: Peer, modules: Path, ours: Served) -> AsyncIterator[Served]:
    """A process of its own on a free port, with as many connections as ours and their settings.

    Raises:
        PeerUnavailable: it did not start.
    """
    script = modules.parent / peer.script
    shutil.copyfile(HERE / peer.script, script)
    settings = {
        "DATABASE": without_tls(ours.url),
        "CONNECTIONS_MAX": str(SCREENS_SIZE_MAX),
        "PGOPTIONS": "-c plan_cache_mode=force_generic_plan",
        "NODE_ENV": "production",
        "GRAPHILE_ENV": "production",
    }
    try:
        process = await asyncio.create_subprocess_exec(
            *(modules / _node() / "bin" / "node", script.name),
            cwd=modules.parent,
            env=os.environ | settings,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        raise PeerUnavailable("there is no Node for this machine") from None
    try:
        port = await _port(process)
        yield Served(port, "", process.pid, ours.url, ours.postgres, [])
    finally:
        await _ended(process)


async def _port(process: asyncio.subprocess.Process) -> int:
    try:
        async with asyncio.timeout(START_S_MAX):
            said = await process.stdout.readline() if process.stdout else b""
        return int(said)
    except TimeoutError:
        raise PeerUnavailable(f"it did not start within {START_S_MAX:.0f} s") from None
    except ValueError:
        raise PeerUnavailable("Node could not run it") from None


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(STOP_S_MAX):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


async def _beside(peer: Peer, ours: Served, theirs: Served, seconds: float, figures: Figures) -> None:
    made = partial(_asked, peer.document())
    await _same(ours, theirs, made)
    await _measured(theirs, made, WARM_S)
    await _idle(ours, theirs)
    our_rate = await http_rate(ours, "/graphql", _ours, seconds)
    rate = await _measured(theirs, made, seconds)
    whole, their_whole = our_rate.cpu_ms + our_rate.postgres_ms, rate.cpu_ms + rate.postgres_ms
    figures.add(f"customer screen, views/s vs {peer.name}", our_rate.per_s, rate.per_s)
    figures.add(f"customer screen, CPU per view with the database's, ms, vs {peer.name}", whole, their_whole)
    figures.add(f"customer screen, the database's CPU of that, vs {peer.name}", our_rate.postgres_ms, rate.postgres_ms)
    p99 = [quantile(each.took, 0.99) * 1000 for each in (our_rate, rate)]
    figures.add(f"customer screen, p99 ms, vs {peer.name}", *p99)


def _asked(document: str, number: int) -> tuple[bytes, str]:
    asked = {"query": document, "variables": {"id": str(customer_of(number))}, "operationName": OPERATION}
    return msgspec.json.encode(asked), ""


def _ours(number: int) -> tuple[bytes, str]:
    asked = {
        "query": operation_text(OPERATION),
        "variables": variables_of(OPERATION, number),
        "operationName": OPERATION,
    }
    return msgspec.json.encode(asked), ""


async def _measured(theirs: Served, made: Callable[[int], tuple[bytes, str]], seconds: float) -> Rate:
    try:
        return await http_rate(theirs, "/graphql", made, seconds)
    except (RuntimeError, OSError, EOFError):
        raise PeerUnavailable("it stopped answering while it was measured") from None


async def _idle(ours: Served, theirs: Served) -> None:
    """What the database takes while nobody asks anybody: ours looks around all the time, on both sides' account."""
    before, theirs_before = ours.postgres_cpu_s(), theirs.cpu_s()
    await asyncio.sleep(IDLE_S)
    ours.postgres_idle = theirs.postgres_idle = (ours.postgres_cpu_s() - before) / IDLE_S
    theirs.idle = (theirs.cpu_s() - theirs_before) / IDLE_S


async def _same(ours: Served, theirs: Served, made: Callable[[int], tuple[bytes, str]]) -> None:
    """
    Raises:
        PeerUnavailable: its answer does not say what ours says, so that its time would tell nothing.
    """
    for number in SEEN:
        wanted = seen(await Client(ours).post("/graphql", _ours(number)[0]))
        try:
            found = seen(await Client(theirs).post("/graphql", made(number)[0]))
        except (RuntimeError, OSError, EOFError, LookupError):
            raise PeerUnavailable("it does not answer the question") from None
        if found != wanted:
            raise PeerUnavailable("its answer says something else than ours")


def seen(answer: bytes) -> list[Any]:
    """What an answer says, whatever its shape: handles, cases with their counts, entries with case, actor and text."""
    customer = msgspec.json.decode(answer)["data"]["customer"]
    handles = customer["handles"]
    pages = [customer["openCases"], customer["closedCases"]]
    timeline = customer["timeline"]
    return [
        customer["displayName"],
        [each["value"] for each in (handles["nodes"] if isinstance(handles, dict) else handles)],
        [(page["totalCount"], [_case(each) for each in page["nodes"]]) for page in pages],
        timeline["pageInfo"]["hasNextPage"],
        [_entry(each) for each in timeline["nodes"]],
    ]


def _case(case: dict[str, Any]) -> tuple[Any, ...]:
    own = tuple(case[name] for name in ("number", "version", "subject", "status", "priority", "channels"))
    return (*own, case["openedAt"][:19], case["customer"]["displayName"], case["assignee"]["ref"])


def _entry(entry: dict[str, Any]) -> tuple[Any, ...]:
    actor = entry.get("actor") or entry.get("actorAgent") or entry.get("actorCustomer")
    amount = entry.get("amount")
    return (
        *(entry["__typename"], entry["occurredAt"][:19], entry["case"]["number"], actor and actor["displayName"]),
        *(entry.get(name) for name in ("text", "note", "kind", "gestureStatus", "caseStatus", "deliveryStatus")),
        amount["amount"] if isinstance(amount, dict) else amount,
    )
