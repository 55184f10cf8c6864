"""What one operation looks up: each kind of thing in one statement, however many fields ask for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Generic, TypeAlias, TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader

from services.case.queries.accounts import health_of_accounts
from services.case.queries.attachments import attachments_by_id, attachments_of_contacts
from services.case.queries.cases import cases_by_id
from services.case.queries.changes import positions_of
from services.case.queries.clocks import clocks_of_cases
from services.case.queries.contacts import contents_by_id, inbound_of_cases
from services.case.queries.customers import (
    customers_by_id,
    external_ids_of_customers,
    handles_by_id,
    handles_of_customers,
)
from services.case.queries.database import Database
from services.case.queries.erasures import erasures_by_id, restrictions_by_id, restrictions_of_customers
from services.case.queries.exclusions import excluded_of_customers
from services.case.queries.incidents import counts_of_incidents, incidents_by_id, incidents_of_cases
from services.case.queries.mentions import mentions_by_id
from services.case.queries.merges import members_of_customers, merges_by_id, merges_of_customers
from services.case.queries.people import (
    accounts_by_id,
    accounts_by_name,
    agents_by_id,
    brands_by_ref,
    budgets_by_id,
    budgets_of_owners,
    loads_of_agents,
    open_cases_of_agents,
    staff_by_ref,
    teams_by_id,
    teams_by_ref,
)
from services.case.queries.playbooks import situations_of_cases, told_in_cases
from services.case.queries.publications import answers_counted, publications_by_id
from services.case.queries.redactions import redactions_by_id
from services.case.queries.rows import EntryRow
from services.case.queries.satisfaction import satisfaction_of_customers
from services.case.queries.timeline import entries_by_id, entries_of_cases, notes_of_customers
from services.case.queries.viewings import viewers_of_cases

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Load: TypeAlias = Callable[[Database, Sequence[K]], Awaitable[Mapping[K, V]]]
LoadOfNow: TypeAlias = Callable[[Database, Sequence[K], datetime], Awaitable[Mapping[K, V]]]

BATCH_MAX = 1000
ENTRIES_OF_CASE_MAX = 100
NOTES_OF_CUSTOMER_MAX = 100


class SharedLoader(DataLoader[K, V]):
    """Several fields wait for one answer, and one that is given up takes it from none of the others.

    A field is given up when another one of the same object is refused; that would cancel what it waits for.
    """

    def load(self, key: K) -> Awaitable[V]:
        """What is found by the key."""
        found = asyncio.ensure_future(super().load(key))
        return found if found.done() else asyncio.shield(found)


class Loading(Generic[K, V]):
    """A loader of `Loaders`, made when a field first asks for it: most operations need two or three of them."""

    def __init__(self, load: Load[K, V]) -> None:
        self._load = load

    def __set_name__(self, owner: type, name: str) -> None:
        """Where it is kept once it is made."""
        self._name = name

    def __get__(self, loaders: Loaders, owner: type) -> SharedLoader[K, V | None]:
        """The loader of this operation. Found in its attributes from now on, for nothing is set here."""
        made = loaders.__dict__[self._name] = _by(loaders.database, self._load)
        return made


class LoadingOfNow(Generic[K, V]):
    """The same for what holds at a moment."""

    def __init__(self, load: LoadOfNow[K, V]) -> None:
        self._load = load

    def __set_name__(self, owner: type, name: str) -> None:
        """Where it is kept once it is made."""
        self._name = name

    def __get__(self, loaders: Loaders, owner: type) -> SharedLoader[K, V | None]:
        """The loader of this operation; see `Loading`."""
        load, now = self._load, loaders.now

        async def of_now(database: Database, keys: Sequence[K]) -> Mapping[K, V]:
            return await load(database, keys, now)

        made = loaders.__dict__[self._name] = _by(loaders.database, of_now)
        return made


def _by(database: Database, load: Load[K, V]) -> SharedLoader[K, V | None]:
    async def batch(keys: list[K]) -> list[V | None]:
        found = await load(database, keys)
        return [found.get(key) for key in keys]

    return SharedLoader(load_fn=batch, max_batch_size=BATCH_MAX)


async def _notes(database: Database, ids: Sequence[UUID]) -> Mapping[UUID, list[EntryRow]]:
    return await notes_of_customers(database, ids, limit=NOTES_OF_CUSTOMER_MAX)


def _entries(kind: str) -> Load[UUID, list[EntryRow]]:
    async def load(asked: Database, ids: Sequence[UUID]) -> Mapping[UUID, list[EntryRow]]:
        return await entries_of_cases(asked, ids, kind=kind, limit=ENTRIES_OF_CASE_MAX)

    return load


class Loaders:
    """One set per operation: what was read stays as it was for the rest of that operation.

    `now`: the moment by which a budget's period is current, and somebody looks at a case.
    """

    def __init__(self, database: Database, now: datetime) -> None:
        self.database = database
        self.now = now

    budgets = LoadingOfNow(budgets_of_owners)
    budgets_by_id = Loading(budgets_by_id)
    viewers = LoadingOfNow(viewers_of_cases)
    agents = Loading(agents_by_id)
    open_cases = Loading(open_cases_of_agents)
    loads = Loading(loads_of_agents)
    teams = Loading(teams_by_ref)
    teams_by_id = Loading(teams_by_id)
    staff = Loading(staff_by_ref)
    brands = Loading(brands_by_ref)
    accounts = Loading(accounts_by_name)
    health = Loading(health_of_accounts)
    accounts_by_id = Loading(accounts_by_id)
    customers = Loading(customers_by_id)
    handles = Loading(handles_of_customers)
    handles_by_id = Loading(handles_by_id)
    external_ids = Loading(external_ids_of_customers)
    notes = Loading(_notes)
    satisfaction = Loading(satisfaction_of_customers)
    members = Loading(members_of_customers)
    attachments = Loading(attachments_by_id)
    attachments_of = Loading(attachments_of_contacts)
    merges = Loading(merges_by_id)
    merges_of = Loading(merges_of_customers)
    mentions = Loading(mentions_by_id)
    cases = Loading(cases_by_id)
    entries = Loading(entries_by_id)
    inbound = Loading(inbound_of_cases)
    situations = Loading(situations_of_cases)
    told = Loading(told_in_cases)
    contents = Loading(contents_by_id)
    gestures = Loading(_entries("GESTURE"))
    assignments = Loading(_entries("ASSIGNMENT"))
    clocks = Loading(clocks_of_cases)
    commitments = Loading(_entries("COMMITMENT"))
    positions = Loading(positions_of)
    erasures = Loading(erasures_by_id)
    restrictions = Loading(restrictions_of_customers)
    restrictions_by_id = Loading(restrictions_by_id)
    redactions = Loading(redactions_by_id)
    excluded = Loading(excluded_of_customers)
    incidents = Loading(incidents_by_id)
    incident_of = Loading(incidents_of_cases)
    incident_counts = Loading(counts_of_incidents)
    publications = Loading(publications_by_id)
    answers_of_publications = Loading(answers_counted)
