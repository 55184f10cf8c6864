"""The access log in the database: entries are added at the end of a chain, read by page, and checked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from contracts.vocabulary import Actor, ActorKind, Role
from infra.postgres import Connection
from infra.sql import statements
from services.case.domain.access import (
    AccessAction,
    AccessEntry,
    AccessRelation,
    AccessSeen,
    access_hash,
    asked_digest,
)
from services.case.ports import Clock
from services.case.queries.database import Database

CHECKED_AT_A_TIME = 2_000
_SQL = statements("services.case.queries")
_RELATIONS = {relation.value: relation for relation in AccessRelation}
_COLUMNS = (
    "day",
    "number",
    "entry_id",
    "occurred_at",
    "actor_kind",
    "actor_ref",
    "role",
    "on_behalf_of_kind",
    "on_behalf_of_ref",
    "action",
    "purpose",
    "ticket",
    "customer_id",
    "case_ids",
    "relations",
    "asked",
    "client",
    "hash",
)


class AccessLogBrokenError(Exception):
    """The access log is not what was written: from this entry on nothing is certain."""

    def __init__(self, day: date, number: int, detail: str) -> None:
        super().__init__(f"access.entries {day} {number}: {detail}")
        self.day = day
        self.number = number
        self.detail = detail


class AccessLogChecked(msgspec.Struct, frozen=True):
    """What was found in order: how many entries, and the hash each day ends with, for others to hold."""

    entries: int
    heads: dict[date, bytes]


class AccessAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries: every part that is not None must hold. `until` excluded.

    `after`: where a page ended, with the number of the subject in its entry.
    """

    limit: int
    customer_id: UUID | None = None
    actor_ref: str | None = None
    action: AccessAction | None = None
    relation: AccessRelation | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: tuple[datetime, UUID, int] | None = None


async def append_access(pool: asyncpg.Pool, clock: Clock, entries: Sequence[AccessEntry]) -> None:
    """Add entries at the end of the chain, in one transaction; those that are there already are left out.

    The day they are counted in is that of their being written, and never goes back.
    """
    today = clock.now().date()
    async with pool.acquire() as connection, connection.transaction():
        related = await _related(connection, entries)
        await connection.execute(_SQL["access_lock"])
        known = {row[0] for row in await connection.fetch(_SQL["access_known"], [each.entry_id for each in entries])}
        head = await connection.fetchrow(_SQL["access_head"])
        day, number, previous = (today, 0, await _anchor(connection)) if head is None else head
        if day < today:
            day, number = today, 0
        await _ask(connection, related)
        rows = []
        for entry in related:
            if entry.entry_id not in known:
                number += 1
                previous = access_hash(previous, day, number, entry)
                rows.append(_row(day, number, entry, previous))
        await connection.copy_records_to_table("entries", schema_name="access", records=rows, columns=_COLUMNS)


async def _anchor(connection: Connection | asyncpg.Pool) -> bytes:
    """What the first entry that is kept follows on; empty where nothing went before it."""
    row = await connection.fetchrow(_SQL["access_anchor"])
    return b"" if row is None else bytes(row["hash"])


async def _related(connection: Connection, entries: Sequence[AccessEntry]) -> list[AccessEntry]:
    found = await connection.fetch(
        _SQL["access_relations"],
        [each.customer_id for each in entries],
        [(each.on_behalf_of or each.actor).ref for each in entries],
        ["{" + ",".join(["NULL" if one is None else str(one) for one in each.case_ids]) + "}" for each in entries],
    )
    return [
        msgspec.structs.replace(entry, customer_id=customer_id, relations=tuple([_RELATIONS[each] for each in words]))
        for entry, (customer_id, words) in zip(entries, found, strict=True)
    ]


async def _ask(connection: Connection, entries: Sequence[AccessEntry]) -> None:
    """Add what nobody asked for before."""
    asked = {asked_digest(each.operation, each.fields): each for each in entries}
    known = {row[0] for row in await connection.fetch(_SQL["access_asked"], list(asked))}
    new = [(digest, each.operation, list(each.fields)) for digest, each in asked.items() if digest not in known]
    if new:
        await connection.executemany(_SQL["access_ask"], new)


def _row(day: date, number: int, entry: AccessEntry, entry_hash: bytes) -> tuple[Any, ...]:
    actor, behind = entry.actor, entry.on_behalf_of
    return (
        day,
        number,
        entry.entry_id,
        entry.occurred_at,
        actor.kind.value,
        actor.ref,
        None if actor.role is None else actor.role.value,
        None if behind is None else behind.kind.value,
        None if behind is None else behind.ref,
        entry.action.value,
        entry.purpose,
        entry.ticket,
        entry.customer_id,
        entry.case_ids,
        entry.relations,
        asked_digest(entry.operation, entry.fields),
        entry.client,
        entry_hash,
    )


def _entry(row: asyncpg.Record) -> AccessEntry:
    behind = row["on_behalf_of_kind"]
    return AccessEntry(
        entry_id=row["entry_id"],
        occurred_at=row["occurred_at"],
        actor=Actor(ActorKind(row["actor_kind"]), row["actor_ref"], None if row["role"] is None else Role(row["role"])),
        on_behalf_of=None if behind is None else Actor(ActorKind(behind), row["on_behalf_of_ref"]),
        action=AccessAction(row["action"]),
        purpose=row["purpose"],
        ticket=row["ticket"],
        customer_id=row["customer_id"],
        case_ids=tuple(row["case_ids"]),
        relations=tuple([AccessRelation(word) for word in row["relations"]]),
        operation=row["operation"],
        client=row["client"],
        fields=tuple(row["fields"]),
    )


async def access_page(database: Database, asked: AccessAsked) -> list[AccessSeen]:
    """Subjects of entries that match, the newest first."""
    at, entry_id, number = asked.after or (None, None, None)
    found = await database.records(
        "access_page",
        database.text("access_page"),
        asked.customer_id,
        asked.actor_ref,
        asked.action,
        asked.relation,
        asked.since,
        asked.until,
        at,
        entry_id,
        asked.limit,
        number,
    )
    return [
        AccessSeen(
            entry=_entry(row),
            number=row["subject_number"],
            case_id=row["case_id"],
            relation=AccessRelation(row["relation"]),
        )
        for row in found
    ]


async def verify_access_log(pool: asyncpg.Pool, *, heads: Mapping[date, bytes] | None = None) -> AccessLogChecked:
    """Recompute the whole chain. `heads`: hashes known from elsewhere that these days must end with, if they are kept.

    Raises:
        AccessLogBrokenError: at the first entry that is missing or is not what was written.
    """
    previous, day, number, entries = await _anchor(pool), date.min, 0, 0
    found: dict[date, bytes] = {}
    gone = bool(previous)
    async for row in _in_order(pool):
        if row["day"] > day:
            day, number = row["day"], 0
        number += 1
        if row["number"] != number:
            raise AccessLogBrokenError(day, number, "an entry is missing")
        if _computed(previous, row) != row["hash"]:
            raise AccessLogBrokenError(day, number, "the entry does not give its hash")
        found[day] = previous = row["hash"]
        entries += 1
    for known, head in (heads or {}).items():
        if found.get(known) != head and not (gone and known < min(found, default=date.max)):
            raise AccessLogBrokenError(known, 0, "the day does not end with its head")
    return AccessLogChecked(entries, found)


def _computed(previous: bytes, row: asyncpg.Record) -> bytes | None:
    """The hash that a stored entry gives, or None where it holds words that nobody writes, or asks for other things."""
    if row["fields"] is None:
        return None
    try:
        entry = _entry(row)
        if asked_digest(entry.operation, entry.fields) != row["asked"]:
            return None
        return access_hash(previous, row["day"], row["number"], entry)
    except ValueError:
        return None


async def _in_order(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Record]:
    after = (date.min, 0)
    while rows := await pool.fetch(_SQL["access_from"], *after, CHECKED_AT_A_TIME):
        for row in rows:
            yield row
        after = (rows[-1]["day"], rows[-1]["number"])
