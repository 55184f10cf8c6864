"""A case as it was known at a point of the log: it, its customer, its assignee and the assignee's money.

All of it is folded from facts of this service's own log, what routing told included, so that "known at position P" has
one meaning: nothing behind P, everything up to it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import msgspec

from contracts.stored import Fact, FactMeta, FirstFact, Stream
from infra.event_store.opening import fact_of
from infra.event_store.stored_form import meta_of, sealed_part
from services.case.domain.case import Case
from services.case.domain.customer import Customer
from services.case.domain.known_agent import KnownAgent
from services.case.domain.known_budget import KnownBudget
from services.case.queries.database import Database

if TYPE_CHECKING:
    from infra.sealing import KeyRing

PAGE_FACTS = 1_000
FACTS_MAX = 100_000
"""Of one stream. A case that is longer is no case."""
MILLISECOND = timedelta(milliseconds=1)

A = TypeVar("A", bound=Stream)


class Point(msgspec.Struct, frozen=True):
    """A place in the log, and the moment it stands for. `position` None: the fact has none yet."""

    position: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """One fact that was known, opened as far as its keys exist, and its place in the log."""

    fact: Fact | FirstFact
    meta: FactMeta
    position: int


@dataclass(frozen=True, slots=True)
class KnownThen:
    """What was known of a case at a position. `assignee` None: nobody had it. `budgets`: the assignee's."""

    position: int
    at: datetime
    case: Case
    customer: Customer
    assignee: KnownAgent | None
    budgets: tuple[KnownBudget, ...]


class Past:
    """Reads the past of one service's record. `keys` None: whatever is sealed stays so."""

    def __init__(self, database: Database, keys: KeyRing | None) -> None:
        self._database = database
        self._keys = keys

    async def point_of_position(self, position: int) -> Point | None:
        """That place; None while the log has not come this far."""
        return await self._database.one(Point, "point_of_position", position)

    async def point_of_version(self, case_id: UUID, version: int) -> Point | None:
        """Where that fact of the case stands; None where there is none."""
        return await self._database.one(Point, "point_of_version", case_id, version)

    async def point_at(self, moment: datetime) -> Point:
        """What was known by that moment, its whole millisecond included: nobody is shown the rest of it."""
        end = moment + MILLISECOND if moment.microsecond % 1000 == 0 else moment + timedelta(microseconds=1)
        return Point(int(await self._database.value("position_at", end)), moment)

    async def facts(self, stream_id: UUID, position: int) -> AsyncIterator[Known]:
        """A stream's facts as known at a position, in order.

        Raises:
            UnknownTopic: a fact is of a topic or a version that this program does not know.
            SealBroken: an envelope is damaged.
            KeyMissing: an envelope's key is not there, and was not destroyed.
        """
        after, full = 0, True
        while full and after < FACTS_MAX:
            rows = await self._database.records(
                "facts_until", self._database.text("facts_until"), stream_id, after, position, PAGE_FACTS
            )
            for row in rows:
                yield Known(fact_of(row, await self._opened(row)), meta_of(row)[0], row["position"])
                after = row["version"]
            full = len(rows) == PAGE_FACTS

    async def stream(self, kind: type[A], stream_id: UUID, position: int) -> A | None:
        """A stream folded to a position; None where it had not begun.

        Raises:
            TypeError: it is of another kind.
            UnknownTopic, SealBroken, KeyMissing: see `facts`.
        """
        folded: Any = None
        async for known in self.facts(stream_id, position):
            folded = known.fact.mutate(folded)
        if folded is not None and not isinstance(folded, kind):
            raise TypeError(f"{stream_id} is a {type(folded).__name__}, not a {kind.__name__}")
        return folded

    async def case(self, case_id: UUID, position: int, at: datetime) -> KnownThen | None:
        """The case at a position and a moment (which decides whose period of a budget it was); None: not begun.

        Raises:
            UnknownTopic, SealBroken, KeyMissing: see `facts`.
        """
        case = await self.stream(Case, case_id, position)
        if case is None:
            return None
        return await self.around(case, position, at)

    async def around(self, case: Case, position: int, at: datetime) -> KnownThen:
        """What was known around a case that is folded to that position already.

        Raises:
            UnknownTopic, SealBroken, KeyMissing: see `facts`.
            LookupError: the case has no customer, which the record does not allow.
        """
        customer = await self.stream(Customer, case.customer_id, position)
        if customer is None:
            raise LookupError(f"case {case.id} at position {position}: no customer {case.customer_id}")
        assignee = None if case.assignee_id is None else await self.agent(case.assignee_id, position)
        budgets = await self._budgets(case.assignee_id, position, at)
        return KnownThen(position, at, case, customer, assignee, tuple(budgets))

    async def agent(self, agent_id: UUID, position: int) -> KnownAgent | None:
        """An agent as known at a position; None: not heard of yet."""
        return await self.stream(KnownAgent, agent_id, position)

    async def _budgets(self, owner_id: UUID | None, position: int, at: datetime) -> Sequence[KnownBudget]:
        if owner_id is None:
            return ()
        rows = await self._database.records("accounts_of_owner", self._database.text("accounts_of_owner"), owner_id, at)
        found = [await self.stream(KnownBudget, row["account_id"], position) for row in rows]
        return [budget for budget in found if budget is not None and budget.standing.open]

    async def _opened(self, row: Any) -> bytes | None:
        part = sealed_part(row["seals"], row["sealed"])
        if part is None or self._keys is None:
            return None
        return await self._keys.open_fact(part, row["stream_id"], row["version"], row["topic"])
