"""Incidents, which cases are theirs, and whether there is too much for those on duty."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.vocabulary import ActorKind, Priority
from services.case.domain.incident_facts import IncidentState
from services.case.queries.database import Database


class IncidentRow(msgspec.Struct, frozen=True):
    """An incident. `counted`, `usual`: where it is suspected."""

    incident_id: UUID
    version: int
    state: IncidentState
    title: str | None
    answer: str | None
    cause: str | None
    brand: str | None
    priority: Priority | None
    team_ref: str | None
    counted: int | None
    usual: float | None
    begun_at: datetime
    begun_by_kind: ActorKind
    begun_by_ref: str
    occurred_at: datetime | None
    closed_at: datetime | None


class CapacityRow(msgspec.Struct, frozen=True):
    """The cases of the last hour against those rostered in it, when that turned last."""

    short_since: datetime | None
    offered_load: float
    cases: int
    rostered_s: float


class _Linked(msgspec.Struct, frozen=True):
    case_id: UUID
    incident_id: UUID


class _Count(msgspec.Struct, frozen=True):
    incident_id: UUID
    cases: int


async def incidents_by_id(database: Database, ids: Sequence[UUID]) -> dict[UUID, IncidentRow]:
    """Those of the incidents that there are."""
    return {row.incident_id: row for row in await database.all(IncidentRow, "incidents_by_id", list(ids))}


async def incidents_page(
    database: Database, states: Sequence[IncidentState] | None, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[IncidentRow]:
    """Incidents in one of these states, the latest first."""
    begun_at, incident_id = after or (None, None)
    wanted = None if states is None else [state.value for state in states]
    return await database.all(IncidentRow, "incidents_page", wanted, begun_at, incident_id, limit)


async def incidents_of_cases(database: Database, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """To which incident each of these cases belongs; those of none are missing."""
    return {row.case_id: row.incident_id for row in await database.all(_Linked, "incidents_of_cases", list(ids))}


async def counts_of_incidents(database: Database, ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many cases each of these incidents has; those with none are missing."""
    return {row.incident_id: row.cases for row in await database.all(_Count, "counts_of_incidents", list(ids))}


async def capacity(database: Database) -> CapacityRow | None:
    """Whether there is too much; None: there never was."""
    return await database.one(CapacityRow, "capacity")
