"""What one operation looks up: each kind of thing in one statement, however many fields ask for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader

from contracts.vocabulary import Channel
from services.case.domain.case_contact import CaseContact
from services.case.queries import (
    accounts,
    attachments,
    cases,
    changes,
    clocks,
    contacts,
    customers,
    erasures,
    exclusions,
    incidents,
    mentions,
    merges,
    people,
    redactions,
    timeline,
    viewings,
)
from services.case.queries.accounts import HealthRow
from services.case.queries.attachments import AttachmentRow
from services.case.queries.clocks import ClockRow
from services.case.queries.contacts import ContentRow
from services.case.queries.database import Database
from services.case.queries.erasures import ErasureRow, RestrictionRow
from services.case.queries.incidents import IncidentRow
from services.case.queries.mentions import MentionRow
from services.case.queries.merges import MergeRow
from services.case.queries.redactions import RedactionRow
from services.case.queries.rows import (
    AccountRow,
    AgentRow,
    BrandRow,
    BudgetRow,
    CaseRow,
    CustomerRow,
    EntryRow,
    ExternalIdRow,
    HandleRow,
    StaffRow,
    TeamRow,
)

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

BATCH_MAX = 1000
ENTRIES_OF_CASE_MAX = 100
NOTES_OF_CUSTOMER_MAX = 100


class Loaders:
    """One set per operation: what was read stays as it was for the rest of that operation.

    `now`: the moment by which a budget's period is current, and somebody looks at a case.
    """

    def __init__(self, database: Database, now: datetime) -> None:
        async def budgets(asked: Database, owners: Sequence[UUID]) -> Mapping[UUID, list[BudgetRow]]:
            return await people.budgets_of_owners(asked, owners, now)

        async def viewers(asked: Database, case_ids: Sequence[UUID]) -> Mapping[UUID, list[UUID]]:
            return await viewings.viewers_of_cases(asked, case_ids, now)

        self.budgets: DataLoader[UUID, list[BudgetRow] | None] = _by(database, budgets)
        self.budgets_by_id: DataLoader[UUID, BudgetRow | None] = _by(database, people.budgets_by_id)
        self.viewers: DataLoader[UUID, list[UUID] | None] = _by(database, viewers)
        self._load_people(database)
        self._load_matters(database)
        self._load_forgetting(database)

    def _load_people(self, database: Database) -> None:
        self.agents: DataLoader[UUID, AgentRow | None] = _by(database, people.agents_by_id)
        self.open_cases: DataLoader[UUID, int | None] = _by(database, people.open_cases_of_agents)
        self.loads: DataLoader[UUID, list[tuple[Channel, int]] | None] = _by(database, people.loads_of_agents)
        self.teams: DataLoader[str, TeamRow | None] = _by(database, people.teams_by_ref)
        self.teams_by_id: DataLoader[UUID, TeamRow | None] = _by(database, people.teams_by_id)
        self.staff: DataLoader[str, StaffRow | None] = _by(database, people.staff_by_ref)
        self.brands: DataLoader[str, BrandRow | None] = _by(database, people.brands_by_ref)
        self.accounts: DataLoader[tuple[Channel, str], AccountRow | None] = _by(database, people.accounts_by_name)
        self.health: DataLoader[UUID, HealthRow | None] = _by(database, accounts.health_of_accounts)
        self.accounts_by_id: DataLoader[UUID, AccountRow | None] = _by(database, people.accounts_by_id)

    def _load_matters(self, database: Database) -> None:
        self.customers: DataLoader[UUID, CustomerRow | None] = _by(database, customers.customers_by_id)
        self.handles: DataLoader[UUID, list[HandleRow] | None] = _by(database, customers.handles_of_customers)
        self.handles_by_id: DataLoader[UUID, HandleRow | None] = _by(database, customers.handles_by_id)
        self.external_ids: DataLoader[UUID, list[ExternalIdRow] | None] = _by(
            database, customers.external_ids_of_customers
        )
        self.notes: DataLoader[UUID, list[EntryRow] | None] = _by(database, _notes)
        self.members: DataLoader[UUID, list[UUID] | None] = _by(database, merges.members_of_customers)
        self.attachments: DataLoader[UUID, AttachmentRow | None] = _by(database, attachments.attachments_by_id)
        self.attachments_of: DataLoader[UUID, list[AttachmentRow] | None] = _by(
            database, attachments.attachments_of_contacts
        )
        self.merges: DataLoader[UUID, MergeRow | None] = _by(database, merges.merges_by_id)
        self.merges_of: DataLoader[UUID, list[MergeRow] | None] = _by(database, merges.merges_of_customers)
        self.mentions: DataLoader[UUID, MentionRow | None] = _by(database, mentions.mentions_by_id)
        self.cases: DataLoader[UUID, CaseRow | None] = _by(database, cases.cases_by_id)
        self.entries: DataLoader[UUID, EntryRow | None] = _by(database, timeline.entries_by_id)
        self.inbound: DataLoader[UUID, list[CaseContact] | None] = _by(database, contacts.inbound_of_cases)
        self.contents: DataLoader[UUID, ContentRow | None] = _by(database, contacts.contents_by_id)
        self.gestures: DataLoader[UUID, list[EntryRow] | None] = _entries(database, "GESTURE")
        self.assignments: DataLoader[UUID, list[EntryRow] | None] = _entries(database, "ASSIGNMENT")
        self.clocks: DataLoader[UUID, list[ClockRow] | None] = _by(database, clocks.clocks_of_cases)
        self.commitments: DataLoader[UUID, list[EntryRow] | None] = _entries(database, "COMMITMENT")
        self.excluded: DataLoader[UUID, list[UUID] | None] = _by(database, exclusions.excluded_of_customers)
        self.incidents: DataLoader[UUID, IncidentRow | None] = _by(database, incidents.incidents_by_id)
        self.incident_of: DataLoader[UUID, UUID | None] = _by(database, incidents.incidents_of_cases)
        self.incident_counts: DataLoader[UUID, int | None] = _by(database, incidents.counts_of_incidents)
        self.positions: DataLoader[tuple[UUID, int], int | None] = _by(database, changes.positions_of)

    def _load_forgetting(self, database: Database) -> None:
        self.erasures: DataLoader[UUID, ErasureRow | None] = _by(database, erasures.erasures_by_id)
        self.restrictions: DataLoader[UUID, list[RestrictionRow] | None] = _by(
            database, erasures.restrictions_of_customers
        )
        self.restrictions_by_id: DataLoader[UUID, RestrictionRow | None] = _by(database, erasures.restrictions_by_id)
        self.redactions: DataLoader[UUID, RedactionRow | None] = _by(database, redactions.redactions_by_id)


def _by(
    database: Database, load: Callable[[Database, Sequence[K]], Awaitable[Mapping[K, V]]]
) -> DataLoader[K, V | None]:
    async def batch(keys: list[K]) -> list[V | None]:
        found = await load(database, keys)
        return [found.get(key) for key in keys]

    return DataLoader(load_fn=batch, max_batch_size=BATCH_MAX)


async def _notes(database: Database, ids: Sequence[UUID]) -> Mapping[UUID, list[EntryRow]]:
    return await timeline.notes_of_customers(database, ids, limit=NOTES_OF_CUSTOMER_MAX)


def _entries(database: Database, kind: str) -> DataLoader[UUID, list[EntryRow] | None]:
    async def load(asked: Database, ids: Sequence[UUID]) -> Mapping[UUID, list[EntryRow]]:
        return await timeline.entries_of_cases(asked, ids, kind=kind, limit=ENTRIES_OF_CASE_MAX)

    return _by(database, load)
