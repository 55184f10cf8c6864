"""What one decision of the routing service costs: what it reads of its tables, the crew that it keeps, the choice."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec

from contracts.duty import Break, Roster, Shift
from contracts.vocabulary import id_of
from infra.embedded.postgres import EmbeddedPostgres
from infra.migrate import migrate
from infra.postgres import Pool, open_pool
from infra.serving import collect_rarely
from services.routing.domain.matching import Decision, route
from services.routing.domain.policy import Policy
from services.routing.domain.targets import Rules
from services.routing.domain.tiers import CaseRequest
from services.routing.queries.floor import TableFloor
from tests.bench.stand import quantile
from tests.bench.table import Figures

AGENTS = 500
OPEN_CASES = 20_000
CAPACITY = 60
ROUNDS = 3
DECISIONS = 1_000
WARM_UP = 20
IN_ALL = ROUNDS * (WARM_UP + DECISIONS)
NOW = datetime(2026, 11, 18, 11, tzinfo=UTC)
LANGUAGES = (["nl"], ["nl", "en"], ["nl", "de"])
WHAT = "one decision, 500 agents and 20,000 open cases"
_AGENT = """INSERT INTO agents (agent_id, ref, active, presence, capacity_units, languages, skills, roster, hands_over)
VALUES ($1, $2, true, $3, $4, $5, $6, $7, false)"""
_CASE = """INSERT INTO assignments (case_id, customer_id, agent_id, units, weighs, settled, opened_at)
VALUES ($1, $2, $3, 1, true, false, $4)"""
_TURN = """INSERT INTO turns (agent_id, turn, case_id, decided_at)
SELECT $1, coalesce(max(turn), 0) + 1, $2, $3 FROM turns WHERE agent_id = $1"""


async def decisions(figures: Figures) -> None:
    """Each decision is carried out, so that the next one sees it; cases end in turn, so that as many stay open.

    Python: processor time of the thread, so that others on the machine do not count. In all: by the clock.
    """
    with tempfile.TemporaryDirectory(prefix="eender-bench-") as folder:
        server = EmbeddedPostgres(Path(folder), ["routing"])
        await server.start()
        try:
            pool = await open_pool(server.url("routing"), application_name="bench", size_max=2)
            await migrate(pool, "services.routing.migrations")
            await _fill(pool)
            collect_rarely()  # as the service does
            for begin in range(0, IN_ALL, WARM_UP + DECISIONS):
                await _measure(pool, begin, figures)
            await pool.close()
        finally:
            await server.stop()


async def _measure(pool: Pool, begin: int, figures: Figures) -> None:
    floor = TableFloor(pool, Rules(policy=Policy(cases_per_hour=60.0)))
    python, clock = list[float](), list[float]()
    for number in range(begin, begin + WARM_UP + DECISIONS):
        now = NOW + timedelta(seconds=number)
        started = time.thread_time(), time.perf_counter()
        decision = await _decided(floor, number, now)
        took = time.thread_time() - started[0], time.perf_counter() - started[1]
        if number >= begin + WARM_UP:
            python.append(took[0])
            clock.append(took[1])
        await _carried_out(pool, decision, number, now)
    for name, taken in (("of Python", python), ("in all", clock)):
        taken.sort()
        figures.note(f"{WHAT}, {name}, p50 ms", quantile(taken, 0.5) * 1000)
        figures.note(f"{WHAT}, {name}, p99 ms", quantile(taken, 0.99) * 1000)


async def _decided(floor: TableFloor, number: int, now: datetime) -> Decision:
    request = CaseRequest(_case(OPEN_CASES + number), _customer(number), 1, "nl", deadline=now + timedelta(hours=3))
    situation = await floor.situation(request, now)
    return route(request, now, situation.crew, ownership=situation.ownership, policy=floor.rules.policy)


async def _carried_out(pool: Pool, decision: Decision, number: int, now: datetime) -> None:
    case_id = _case(OPEN_CASES + number)
    if decision.agent_id is not None:
        await pool.execute(_CASE, case_id, _customer(number), decision.agent_id, now)
        await pool.execute(_TURN, decision.agent_id, case_id, now)
    await pool.execute("UPDATE assignments SET weighs = false, settled = true WHERE case_id = $1", _case(number))


async def _fill(pool: Pool) -> None:
    """Agents with rosters, each with as many cases; every customer has an owner, a partner and was in touch before."""
    await pool.executemany(_AGENT, [_agent(number) for number in range(AGENTS)])
    opened = NOW - timedelta(days=1)
    cases = [(_case(each), id_of("customer", f"open {each}"), _agent_id(each), opened) for each in range(OPEN_CASES)]
    await pool.executemany(_CASE, cases)
    await pool.executemany(_TURN, [(_agent_id(each), _case(each), opened) for each in range(AGENTS)])
    customers = range(IN_ALL)
    duos = [(_customer(each), _agent_id(each * 7), _agent_id(each * 11)) for each in customers]
    await pool.executemany("INSERT INTO duos (customer_id, owner_id, partner_id) VALUES ($1, $2, $3)", duos)
    met = [(_customer(each), _agent_id(each * 7), NOW - timedelta(days=3)) for each in customers]
    await pool.executemany("INSERT INTO handled (customer_id, agent_id, handled_at) VALUES ($1, $2, $3)", met)
    await pool.execute("VACUUM ANALYZE")


def _agent(number: int) -> tuple[object, ...]:
    begin = 7 * 60 + 30 * (number % 8)
    shift = Shift((0, 1, 2, 3, 4), begin, begin + 8 * 60, (Break(begin + 240, begin + 270),))
    roster = msgspec.json.encode(Roster("Europe/Amsterdam", (shift,))).decode()
    here = "ONLINE" if number % 3 else "OFFLINE"
    spoken = LANGUAGES[number % len(LANGUAGES)]
    return _agent_id(number), f"agent-{number}", here, CAPACITY, spoken, [f"skill-{number % 5}"], roster


def _agent_id(number: int) -> UUID:
    return id_of("agent", f"agent-{number % AGENTS}")


def _case(number: int) -> UUID:
    return id_of("case", f"bench {number}")


def _customer(number: int) -> UUID:
    return id_of("customer", f"bench {number}")
