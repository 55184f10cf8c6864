"""Answers the ports `Floor` and `Attendance` from this service's tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from infra.batcher import Batcher
from infra.sql import statements
from services.routing.domain.assignment import Assignment
from services.routing.domain.assignment_facts import CaseDecided
from services.routing.domain.kin import Claim, Kin
from services.routing.domain.targets import UNHURRIED, Rules
from services.routing.domain.tiers import CaseRequest, Ownership
from services.routing.ports import Situation
from services.routing.queries.kept_crew import KeptCrew
from services.routing.queries.kept_loads import Carried

_SQL = statements("services.routing.queries")
ASKED_AT_ONCE_MAX = 128
_BEFORE_ALL = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))


class TableFloor:
    """Reads what is committed. A decision that was overtaken loses its turn at the append and is made again."""

    def __init__(self, pool: asyncpg.Pool, rules: Rules = UNHURRIED) -> None:
        self._pool = pool
        self._rules = rules
        self._kept = KeptCrew()
        # Who asks while others are being answered is answered with the next ones: one statement for all of them.
        self._asked: Batcher[tuple[UUID, UUID], list[asyncpg.Record]] = Batcher(
            self._read, lanes=1, batch_max=ASKED_AT_ONCE_MAX
        )

    @property
    def rules(self) -> Rules:
        """What decisions go by besides people."""
        return self._rules

    async def situation(self, request: CaseRequest, now: datetime) -> Situation:
        """What a decision on this case looks at: everybody who is with us, and who knows the customer.

        The crew in it is as of now until somebody awaits something: the next one asked for is the same one, changed.
        """
        ownership, excluded = _known(await self._asked.submit((request.customer_id, request.case_id)))
        # Nothing is awaited from here on: another decision would come in between.
        known = [*ownership.open_case_ids, *ownership.handled]
        named = (ownership.owner_id, ownership.partner_id, request.assignee_id)
        known += [agent_id for agent_id in named if agent_id is not None]
        self._kept.show(now.date(), case_id=request.case_id, known=known)
        return Situation(crew=self._kept.crew, ownership=ownership, turns=self._kept.turns, excluded=excluded)

    def count_with(self, case: Assignment) -> None:
        """Count with the decision that was just made on the case."""
        decided = case.pending_events[-1] if case.pending_events else None
        if not isinstance(decided, CaseDecided):
            return
        got = decided.agent_id or decided.offered_to
        turn = None if got is None or decided.turn is None else (got, decided.turn, decided.timestamp)
        carriers = decided.agent_id, decided.offered_to, decided.held_for
        self._kept.expect(case.case_id, Carried(case.units, *carriers) if case.weighs and any(carriers) else None, turn)

    def settle(self, case_id: UUID, *, stored: bool) -> None:
        """What was counted with is stored, or will not be."""
        self._kept.settle(case_id, stored=stored)

    async def _read(self, asked: Sequence[tuple[UUID, UUID]]) -> list[list[asyncpg.Record]]:
        """Who knows each of these customers, beside the case itself; and take over what is new of the crew."""
        customers, cases = zip(*asked, strict=True)
        knowing: list[list[asyncpg.Record]] = [[] for _ in asked]
        new: list[asyncpg.Record] = []
        for row in await self._pool.fetch(_SQL["situation"], customers, cases, self._kept.moment):
            (knowing[row["place"] - 1] if row["place"] else new).append(row)
        found: Sequence[asyncpg.Record] = new
        if not self._kept.fits(found):
            found = await self._pool.fetch(_SQL["crew_as_it_is"])
            self._kept.begin(found)
        changed = [row["agent_id"] for row in found if row["what"] == "agent"]
        agents = await self._pool.fetch(_SQL["agents_as_they_are"], changed) if changed else ()
        self._kept.learn(found, agents)
        return knowing

    async def kin(self, customer_id: UUID) -> Kin:
        """The customer and all who are shown as the same one."""
        async with self._pool.acquire() as connection:
            return await _kin(connection, "members_of", customer_id)

    async def kin_below(self, customer_id: UUID) -> Kin:
        """The customer and all who are shown as it, whoever it is shown as itself."""
        async with self._pool.acquire() as connection:
            return await _kin(connection, "members_below", customer_id)

    async def cases_with(self, customer_id: UUID, agent_id: UUID) -> Sequence[UUID]:
        """Unsettled cases of the customer that the agent has or is asked to take, the oldest first."""
        members = list((await self.kin(customer_id)).members)
        return [row["case_id"] for row in await self._pool.fetch(_SQL["cases_with"], members, agent_id)]

    async def has_room(self) -> bool:
        """Whether anybody is there with capacity left."""
        return bool(await self._pool.fetchval(_SQL["has_room"]))

    async def undecided(
        self, after: tuple[datetime, UUID] | None, count_max: int, *, now: datetime, left_only: bool
    ) -> Sequence[tuple[datetime, UUID]]:
        """Cases where we are to move and nobody is at it, oldest first."""
        opened_at, case_id = after or _BEFORE_ALL
        # Without any roster nobody can tell who comes too late.
        grace = timedelta(minutes=self._rules.policy.grace_min)
        missed = None if self._rules.answer_min is None else now - grace
        found = await self._pool.fetch(_SQL["undecided"], opened_at, case_id, left_only, count_max, now, missed)
        return [(row["opened_at"], row["case_id"]) for row in found]

    async def next_offer_end(self) -> datetime | None:
        """When the next offer ends."""
        end: datetime | None = await self._pool.fetchval(_SQL["next_end_of_offer"])
        return end

    async def overdue_presences(self, now: datetime, count_max: int) -> Sequence[str]:
        """Refs of agents whose presence is over."""
        return [row["ref"] for row in await self._pool.fetch(_SQL["overdue_presences"], now, count_max)]

    async def overdue_duties(self, now: datetime, count_max: int) -> Sequence[str]:
        """Refs of agents whose duty has turned."""
        return [row["ref"] for row in await self._pool.fetch(_SQL["overdue_duties"], now, count_max)]

    async def next_turn(self, now: datetime) -> datetime | None:
        """When the next duty begins or ends."""
        turn: datetime | None = await self._pool.fetchval(_SQL["next_turn_of_duty"], now)
        return turn

    async def next_end(self) -> datetime | None:
        """When the next presence ends."""
        end: datetime | None = await self._pool.fetchval(_SQL["next_end_of_presence"])
        return end


def _known(rows: Sequence[asyncpg.Record]) -> tuple[Ownership, frozenset[UUID]]:
    """Who knows a customer, and who is not to handle them, out of its rows of `situation`."""
    of: dict[str, list[asyncpg.Record]] = {}
    for row in rows:
        of.setdefault(row["what"], []).append(row)
    root_id = of["member"][0]["subject_id"]
    claims = (*of.get("shared", ()), *(row for row in of.get("claim", ()) if row["subject_id"] == root_id))
    owned = claims[0] if claims else None
    ownership = Ownership(
        open_case_ids=tuple(dict.fromkeys(row["agent_id"] for row in of.get("open", ()))),
        owner_id=None if owned is None else owned["agent_id"],
        partner_id=None if owned is None else owned["second_id"],
        handled={row["agent_id"]: row["at"] for row in of.get("met", ())},
    )
    return ownership, frozenset(row["agent_id"] for row in of.get("excluded", ()))


async def _kin(connection: Any, members: str, customer_id: UUID) -> Kin:
    found = [row["customer_id"] for row in await connection.fetch(_SQL[members], customer_id)]
    claims = await connection.fetch(_SQL["claims_of"], found, found[0])
    made = [
        (row["shared"], Claim(row["customer_id"], row["owner_id"], row["partner_id"], row["met_at"])) for row in claims
    ]
    return Kin(
        root_id=found[0],
        members=tuple(found),
        claims=tuple(claim for shared, claim in made if not shared),
        shared=next((claim for shared, claim in made if shared), None),
    )
