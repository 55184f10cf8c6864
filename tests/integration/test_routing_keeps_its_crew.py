"""What routing keeps in memory between decisions says nothing else than its tables do."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from random import Random  # noqa: TID251  (seeded: the same writers come again)
from typing import Any
from uuid import UUID

import pytest

from contracts.duty import Roster, Shift
from contracts.stored import RowRefused
from contracts.vocabulary import CaseStatus, id_of
from infra.migrate import migrate
from infra.postgres import open_pool
from services.routing.domain.tiers import CaseRequest
from services.routing.queries.floor import TableFloor
from services.routing.workers.rebuilding import routing_rebuild
from tests.integration.router_on_postgres import IDS, Router, filed


async def test_a_crew_that_is_kept_is_the_one_that_is_read_anew(database: str) -> None:
    """Whatever happened since the last decision: agents come, change, leave and come back; cases come, go; a night."""

    pool = await open_pool(database, application_name="routing", size_max=4)
    await migrate(pool, "services.routing.migrations")
    router = Router(pool)

    async def compared() -> None:
        request = CaseRequest(IDS.new(), IDS.new(), 1, "nl")
        seen = [await floor.situation(request, router.clock.now()) for floor in (router.floor, TableFloor(router.pool))]
        kept, anew = ({seat.agent_id: (seat.agent, seat.load) for seat in each.crew.seats()} for each in seen)
        assert kept == anew
        assert dict(seen[0].turns) == dict(seen[1].turns)

    await compared()
    anna, bram = filed("anna", roster=Roster("Europe/Amsterdam", (Shift((0, 1, 2), 540, 1020),))), filed("bram")
    await router.apply(anna, bram)
    await router.online("anna", "bram")
    await compared()
    cases = [await router.open_case() for _ in range(3)]
    await compared()
    await router.move(cases[0], CaseStatus.RESOLVED)
    await router.away("bram", hand_over=True)
    await compared()
    await router.apply(anna, digest="second")
    await compared()
    router.clock.at += timedelta(days=1)
    await compared()
    await router.apply(anna, bram, filed("carl"), digest="third")
    await compared()
    await pool.execute("UPDATE assignments SET units = 7, changed_tx = '1'::xid8")  # nobody is told of this
    assert (await routing_rebuild(pool).run()).differences
    await compared()
    await pool.close()


async def test_of_decisions_at_once_each_has_the_crew_of_its_own_case(database: str) -> None:
    """Who left is among them for the case that they have, and for no other."""
    pool = await open_pool(database, application_name="routing", size_max=4)
    await migrate(pool, "services.routing.migrations")
    router = Router(pool)
    await router.apply(filed("anna"), filed("bram"), filed("carl"))
    await router.apply(filed("anna"), filed("bram"), digest="second")
    carl = id_of("agent", "carl")

    async def crew(assignee_id: UUID | None) -> set[UUID]:
        request = CaseRequest(IDS.new(), IDS.new(), 1, "nl", assignee_id=assignee_id)
        found = await router.floor.situation(request, router.clock.now())
        return {seat.agent_id for seat in found.crew.seats()}

    stayed = {id_of("agent", "anna"), id_of("agent", "bram")}
    for _ in range(10):
        asked = (None, carl) * 4
        assert await asyncio.gather(*map(crew, asked)) == [stayed, stayed | {carl}] * 4
    await pool.close()


async def test_decisions_side_by_side_count_with_each_other_and_are_stored_together(database: str) -> None:
    """Twelve cases at once for two agents with room for four each: nobody gets a fifth, and few commits do for all."""
    pool = await open_pool(database, application_name="routing", size_max=4)
    await migrate(pool, "services.routing.migrations")
    router = Router(pool)
    await router.apply(filed("anna", capacity_units=4), filed("bram", capacity_units=4))
    await router.online("anna", "bram")
    customer = IDS.new()
    known = await asyncio.gather(router.open_case(customer), router.open_case(customer))
    takers = [await router.assignee(case_id) for case_id in known]
    assert takers[0] == takers[1]  # the second decision saw who has the customer's first case
    takers += [await router.assignee(each) for each in await asyncio.gather(*(router.open_case() for _ in range(10)))]
    assert sorted(map(takers.count, {*takers})) == [4, 4, 4]  # anna, bram, nobody
    assert await pool.fetchval("SELECT array_agg(turn ORDER BY turn) FROM turns") == [1, 1, 2, 2, 3, 3, 4, 4]
    assert await pool.fetchval("SELECT count(DISTINCT changed_tx) FROM assignments") <= 5
    request = CaseRequest(IDS.new(), IDS.new(), 1, "nl")
    seen = [await floor.situation(request, router.clock.now()) for floor in (router.floor, TableFloor(router.pool))]
    kept, anew = ({seat.agent_id: seat.load for seat in each.crew.seats()} for each in seen)
    assert kept == anew
    await pool.close()


async def test_a_decision_that_is_not_stored_is_counted_with_no_longer(database: str) -> None:
    pool = await open_pool(database, application_name="routing", size_max=4)
    await migrate(pool, "services.routing.migrations")
    router = Router(pool)
    await router.apply(filed("anna"))
    await router.online("anna")
    await pool.execute("ALTER TABLE turns ADD CONSTRAINT no_second CHECK (turn < 2)")
    first = await router.open_case()
    with pytest.raises(RowRefused):
        await router.open_case()
    found = await router.floor.situation(CaseRequest(IDS.new(), IDS.new(), 1, "nl"), router.clock.now())
    assert [seat.load.units for seat in found.crew.seats()] == [1]
    assert await router.assignee(first) == id_of("agent", "anna")
    await pool.close()


_SUMS = """
SELECT a.agent_id, coalesce(sum(s.units) FILTER (WHERE s.agent_id = a.agent_id), 0)
    + coalesce(sum(s.units) FILTER (WHERE s.offered_to = a.agent_id), 0) AS units,
  count(*) FILTER (WHERE s.agent_id = a.agent_id) + count(*) FILTER (WHERE s.offered_to = a.agent_id)
    + count(*) FILTER (WHERE s.held_for = a.agent_id AND s.case_id <> $1) AS cases
FROM agents a LEFT JOIN assignments s ON s.weighs AND a.agent_id IN (s.agent_id, s.offered_to, s.held_for)
WHERE a.active GROUP BY a.agent_id
"""
_OTHERS = (
    "UPDATE assignments SET changed_tx = pg_current_xact_id(), units = $2, weighs = $3, agent_id = $4,"
    " offered_to = $5, held_for = $6 WHERE case_id = $1"
)


async def test_what_is_committed_late_is_taken_over_though_what_began_after_it_was_seen_before(database: str) -> None:
    """Three writers whose transactions end in any order, beside a slow and obvious sum over all cases."""
    pool = await open_pool(database, application_name="routing", size_max=8)
    await migrate(pool, "services.routing.migrations")
    router, chance = Router(pool), Random(7)  # noqa: S311  (no secret)
    await router.apply(filed("anna"), filed("bram"), filed("carl"))
    agents = [id_of("agent", each) for each in ("anna", "bram", "carl")]
    cases = [await router.open_case() for _ in range(9)]
    async with pool.acquire() as first, pool.acquire() as second, pool.acquire() as third:
        open_ones: dict[int, Any] = {}
        for _ in range(150):
            number = chance.randrange(3)
            if number in open_ones:
                await open_ones.pop(number).commit()
            else:
                writer = (first, second, third)[number]
                open_ones[number] = writer.transaction()
                await open_ones[number].start()
                for case_id in chance.sample(cases[number::3], 2):  # each writer its own: none waits for another
                    carriers = [
                        chance.choice([None, *agents]) if place == chance.randrange(3) else None for place in range(3)
                    ]
                    await writer.execute(_OTHERS, case_id, chance.randrange(5), chance.random() < 0.8, *carriers)
            asked = chance.choice(cases)
            found = await router.floor.situation(CaseRequest(asked, IDS.new(), 1, "nl"), router.clock.now())
            sums = {row["agent_id"]: (row["units"], row["cases"]) for row in await pool.fetch(_SUMS, asked)}
            assert {seat.agent_id: (seat.load.units, seat.cases) for seat in found.crew.seats()} == sums
        for each in open_ones.values():
            await each.rollback()
    await pool.close()
