"""Timeline entries: of a customer newest first, of a case oldest first, and those that wait for an approval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contracts.vocabulary import Channel, GestureStatus, RefusalCode
from services.case.domain.payout import Unsettled
from services.case.queries.database import Database, as_rows
from services.case.queries.rows import EntryRow

Key = tuple[datetime, UUID]
"""The place of an entry in a list: when it occurred, and its id."""

ENTRY_KINDS = ("CONTACT", "NOTE", "GESTURE", "ASSIGNMENT", "COMMITMENT", "STATUS_CHANGE")
"""The kinds that the desk shows; the table may hold others."""
SURVEY_ANSWER = "SURVEY_ANSWER"
"""No kind of its own: a contact that says how we did, found by this name too."""


class GestureStanding(msgspec.Struct, frozen=True):
    """How far a gesture has come. `captured`: the ledger counts it as spent. `refused_code`: why it refused, if it did.

    `approval_id`: of the latest approval. `payout_outcome`: why its payout is not settled yet, where it was tried.
    """

    gesture_status: GestureStatus
    captured: bool | None
    approval_id: UUID | None
    refused_code: RefusalCode | None
    payout_outcome: Unsettled | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which part of a list: after and before what, how many, and from which end."""

    after: Key | None = None
    before: Key | None = None
    limit: int
    backward: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineFilter:
    """Which entries of a customer's timeline; None: all."""

    kinds: tuple[str, ...] | None = None
    channels: tuple[Channel, ...] | None = None
    case_id: UUID | None = None
    since: datetime | None = None


def kinds_of(where: TimelineFilter) -> list[str]:
    """What is asked for: kinds of entries, and `SURVEY_ANSWER`, which is a contact that says how we did."""
    asked = ENTRY_KINDS if where.kinds is None else where.kinds
    return [kind for kind in (*ENTRY_KINDS, SURVEY_ANSWER) if kind in asked]


async def entries_by_id(database: Database, ids: Sequence[UUID]) -> dict[UUID, EntryRow]:
    """Those of the entries that exist."""
    return {row.entry_id: row for row in await _entries(database, "entries_by_id", list(ids))}


async def entries_of_cases(
    database: Database, ids: Sequence[UUID], *, kind: str, limit: int
) -> dict[UUID, list[EntryRow]]:
    """The entries of one kind of each case, oldest first, at most `limit` of each."""
    found: dict[UUID, list[EntryRow]] = {}
    for row in await _entries(database, "entries_of_cases", list(ids), kind, limit):
        if row.case_id is not None:
            found.setdefault(row.case_id, []).append(row)
    return found


async def notes_of_customers(database: Database, ids: Sequence[UUID], *, limit: int) -> dict[UUID, list[EntryRow]]:
    """What is noted of each customer whatever the matter, pinned notes first, then the latest, at most `limit`."""
    found: dict[UUID, list[EntryRow]] = {}
    for row in await _entries(database, "notes_of_customers", list(ids), limit):
        found.setdefault(row.customer_id, []).append(row)
    return found


async def contacts_of_case(database: Database, case_id: UUID, window: Window) -> list[EntryRow]:
    """A case's contacts, oldest first; newest first where the window is backward."""
    name = "contacts_before" if window.backward else "contacts_after"
    return await _entries(database, name, case_id, *_bounds(window))


async def timeline_of_customers(
    database: Database, customer_ids: Sequence[UUID], where: TimelineFilter, window: Window
) -> list[EntryRow]:
    """The timeline of a customer and whoever is shown as it, newest first; oldest first where the window is backward.

    Of one alone it is read along an index, of several it is gathered.
    """
    whose: Any = customer_ids[0] if len(customer_ids) == 1 else list(customer_ids)
    name = "timeline_backward" if window.backward else "timeline_forward"
    name += "" if len(customer_ids) == 1 else "_of_several"
    kinds = kinds_of(where)
    channels = None if where.channels is None else [channel.value for channel in where.channels]
    return await _entries(database, name, whose, *_bounds(window), kinds, channels, where.case_id, where.since)


async def approvals_page(database: Database, *, after: Key | None, limit: int) -> list[EntryRow]:
    """What waits for another person's decision, oldest first."""
    at, entry_id = after or (None, None)
    return await _entries(database, "approvals_page", at, entry_id, limit)


async def approvals_count(database: Database) -> int:
    """How much waits for another person's decision."""
    return int(await database.value("approvals_count"))


async def held_page(database: Database, *, after: Key | None, limit: int) -> list[EntryRow]:
    """Answers that wait for another person, oldest first."""
    at, entry_id = after or (None, None)
    return await _entries(database, "held_page", at, entry_id, limit)


async def held_count(database: Database) -> int:
    """How many answers wait for another person."""
    return int(await database.value("held_count"))


async def gesture_standing(database: Database, gesture_id: UUID) -> GestureStanding | None:
    """How far a gesture has come, or None where there is none."""
    return await database.one(GestureStanding, "gesture_standing", gesture_id)


def _bounds(window: Window) -> tuple[Any, ...]:
    after_at, after_id = window.after or (None, None)
    before_at, before_id = window.before or (None, None)
    return after_at, after_id, before_at, before_id, window.limit


async def _entries(database: Database, name: str, *args: Any) -> list[EntryRow]:
    text = f"{database.text('entry_columns')} {database.text(name)}"
    return as_rows(EntryRow, await database.records(name, text, *args))
