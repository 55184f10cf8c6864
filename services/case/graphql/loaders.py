"""What one operation looks up: each kind of thing in one statement, however many fields ask for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader

from contracts.vocabulary import Channel
from services.case.queries import cases, changes, customers, erasures, people, timeline
from services.case.queries.database import Database
from services.case.queries.erasures import ErasureRow, RestrictionRow
from services.case.queries.rows import (
    AccountRow,
    AgentRow,
    BrandRow,
    BudgetRow,
    CaseRow,
    CustomerRow,
    EntryRow,
    HandleRow,
    StaffRow,
    TeamRow,
)

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

BATCH_MAX = 1000
ENTRIES_OF_CASE_MAX = 100


class Loaders:
    """One set per operation: what was read stays as it was for the rest of that operation.

    `now`: the moment by which a budget's period is current.
    """

    def __init__(self, database: Database, now: datetime) -> None:
        def by(
            load: Callable[[Database, Sequence[K]], Awaitable[Mapping[K, V]]],
        ) -> DataLoader[K, V | None]:
            async def batch(keys: list[K]) -> list[V | None]:
                found = await load(database, keys)
                return [found.get(key) for key in keys]

            return DataLoader(load_fn=batch, max_batch_size=BATCH_MAX)

        async def budgets(asked: Database, owners: Sequence[UUID]) -> Mapping[UUID, list[BudgetRow]]:
            return await people.budgets_of_owners(asked, owners, now)

        def entries(kind: str) -> DataLoader[UUID, list[EntryRow] | None]:
            async def load(asked: Database, ids: Sequence[UUID]) -> Mapping[UUID, list[EntryRow]]:
                return await timeline.entries_of_cases(asked, ids, kind=kind, limit=ENTRIES_OF_CASE_MAX)

            return by(load)

        self.agents: DataLoader[UUID, AgentRow | None] = by(people.agents_by_id)
        self.open_cases: DataLoader[UUID, int | None] = by(people.open_cases_of_agents)
        self.teams: DataLoader[str, TeamRow | None] = by(people.teams_by_ref)
        self.teams_by_id: DataLoader[UUID, TeamRow | None] = by(people.teams_by_id)
        self.staff: DataLoader[str, StaffRow | None] = by(people.staff_by_ref)
        self.brands: DataLoader[str, BrandRow | None] = by(people.brands_by_ref)
        self.accounts: DataLoader[tuple[Channel, str], AccountRow | None] = by(people.accounts_by_name)
        self.accounts_by_id: DataLoader[UUID, AccountRow | None] = by(people.accounts_by_id)
        self.budgets: DataLoader[UUID, list[BudgetRow] | None] = by(budgets)
        self.budgets_by_id: DataLoader[UUID, BudgetRow | None] = by(people.budgets_by_id)
        self.customers: DataLoader[UUID, CustomerRow | None] = by(customers.customers_by_id)
        self.handles: DataLoader[UUID, list[HandleRow] | None] = by(customers.handles_of_customers)
        self.handles_by_id: DataLoader[UUID, HandleRow | None] = by(customers.handles_by_id)
        self.cases: DataLoader[UUID, CaseRow | None] = by(cases.cases_by_id)
        self.entries: DataLoader[UUID, EntryRow | None] = by(timeline.entries_by_id)
        self.gestures: DataLoader[UUID, list[EntryRow] | None] = entries("GESTURE")
        self.assignments: DataLoader[UUID, list[EntryRow] | None] = entries("ASSIGNMENT")
        self.positions: DataLoader[tuple[UUID, int], int | None] = by(changes.positions_of)
        self.erasures: DataLoader[UUID, ErasureRow | None] = by(erasures.erasures_by_id)
        self.restrictions: DataLoader[UUID, list[RestrictionRow] | None] = by(erasures.restrictions_of_customers)
        self.restrictions_by_id: DataLoader[UUID, RestrictionRow | None] = by(erasures.restrictions_by_id)
