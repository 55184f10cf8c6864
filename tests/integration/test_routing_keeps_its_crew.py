"""What routing keeps in memory between decisions says nothing else than its tables do."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

from contracts.duty import Roster, Shift
from contracts.vocabulary import CaseStatus, id_of
from infra.migrate import migrate
from infra.postgres import open_pool
from services.routing.domain.tiers import CaseRequest
from services.routing.queries.floor import TableFloor
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
