"""Lists of cases: a filter and an order out of closed sets, one page by key, one statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from contracts.vocabulary import CaseStatus, Channel, Priority
from services.case.queries.database import Database, as_rows
from services.case.queries.rows import CaseRow

CONDITIONS_MAX = 50
NESTING_MAX = 4


class CaseOrderField(StrEnum):
    """What a list of cases may be sorted by."""

    OPENED_AT = "OPENED_AT"
    LAST_CONTACT_AT = "LAST_CONTACT_AT"
    DUE_AT = "DUE_AT"
    PRIORITY = "PRIORITY"
    NUMBER = "NUMBER"


KEY_TYPES = {
    CaseOrderField.OPENED_AT: "timestamptz",
    CaseOrderField.LAST_CONTACT_AT: "timestamptz",
    CaseOrderField.DUE_AT: "timestamptz",
    CaseOrderField.PRIORITY: "int",
    CaseOrderField.NUMBER: "text",
}

WHOLE_ONLY = frozenset({CaseOrderField.DUE_AT, CaseOrderField.PRIORITY, CaseOrderField.NUMBER})
"""Orders whose index serves lists of all cases, not those with a filter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases: every part that is not None must hold, as must all of `all_of` and one of `any_of`.

    `customer_id`: on that record; `shown_as_id`: also on one of somebody who is merged into it.
    """

    statuses: tuple[CaseStatus, ...] | None = None
    assignee_id: UUID | None = None
    inbox_of: UUID | None = None
    assigned: bool | None = None
    team_id: UUID | None = None
    brand: str | None = None
    customer_id: UUID | None = None
    shown_as_id: UUID | None = None
    channel: Channel | None = None
    tag: str | None = None
    incident_id: UUID | None = None
    priority: Priority | None = None
    unread: bool | None = None
    held_for_id: UUID | None = None
    due_before: datetime | None = None
    opened_after: datetime | None = None
    all_of: tuple[CaseFilter, ...] | None = None
    any_of: tuple[CaseFilter, ...] | None = None


class Texts(Protocol):
    """Where the parts of a list's statement are from: `Database`, or whoever has its statements."""

    def text(self, name: str) -> str:
        """The SQL of a named part."""
        ...


class FilterTooLargeError(ValueError):
    """A filter has more conditions, or is nested deeper, than the limits allow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesAsked:
    """One page of a list. `after`: the sort key (as text) and case id of the last row of the page before."""

    where: CaseFilter = field(default_factory=CaseFilter)
    order: CaseOrderField = CaseOrderField.LAST_CONTACT_AT
    descending: bool = True
    limit: int
    after: tuple[str, UUID] | None = None
    counted: bool = False


@dataclass(frozen=True, slots=True)
class CasesFound:
    """The rows with their sort keys, and the number of all that match where it was asked for."""

    rows: list[tuple[CaseRow, str]]
    total: int | None


class Binder:
    """Collects bound values and hands out their placeholders. `conditions`: how many a filter had so far."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.conditions = 0

    def bind(self, value: Any) -> str:
        """The placeholder of one more value."""
        self.values.append(value)
        return f"${len(self.values)}"


async def list_cases(database: Database, asked: CasesAsked) -> CasesFound:
    """One page of the cases that match, and their number where asked for.

    Raises:
        FilterTooLargeError: see CONDITIONS_MAX, NESTING_MAX.
    """
    binder = Binder()
    key = order_key(database, asked.where, asked.order)
    text = database.text("cases_page").format(
        columns=database.text("case_columns"),
        key=key,
        where=condition(database, asked.where, binder),
        beyond=beyond(asked, key, binder),
        direction="DESC" if asked.descending else "ASC",
        counted="true" if asked.counted else "false",
        limit=binder.bind(asked.limit),
    )
    records = await database.records("cases_page", text, *binder.values)
    present = [record for record in records if record["case_id"] is not None]
    rows = as_rows(CaseRow, present)
    keys = [record["sort_key"] for record in present]
    return CasesFound(rows=list(zip(rows, keys, strict=True)), total=records[0]["total"])


def order_key(database: Texts, where: CaseFilter, order: CaseOrderField) -> str:
    """What a list is sorted by, as SQL over `c`: along an index where the list has all cases."""
    among = order in WHOLE_ONLY and where != CaseFilter()
    return database.text(f"case_key_{order.value.lower()}{'_among' if among else ''}")


def beyond(asked: CasesAsked, key: str, binder: Binder) -> str:
    """The condition on what comes behind the last row of the page before."""
    if asked.after is None:
        return "true"
    comparison = "<" if asked.descending else ">"
    sort_key, case_id = asked.after
    typed = f"{binder.bind(sort_key)}::text::{KEY_TYPES[asked.order]}"
    return f"({key}, c.case_id) {comparison} ({typed}, {binder.bind(case_id)}::uuid)"


def condition(database: Texts, where: CaseFilter, binder: Binder, depth: int = 1) -> str:
    """A filter as SQL over `c`.

    Raises:
        FilterTooLargeError: see CONDITIONS_MAX, NESTING_MAX.
    """
    if depth > NESTING_MAX:
        raise FilterTooLargeError(f"a filter may be nested {NESTING_MAX} deep")
    parts = [_part(database, name, value, binder) for name, value in _simple(where) if value is not None]
    binder.conditions += len(parts)
    if where.all_of is not None:
        parts += [condition(database, part, binder, depth + 1) for part in where.all_of]
    if where.any_of is not None:
        parts.append(_any(database, where.any_of, binder, depth + 1))
    if binder.conditions > CONDITIONS_MAX:
        raise FilterTooLargeError(f"a filter may have {CONDITIONS_MAX} conditions")
    return " AND ".join(f"({part})" for part in parts) or "true"


def _part(database: Texts, name: str, value: Any, binder: Binder) -> str:
    """One condition. Yes and no are two texts: each has an index of its own, which a bound value would hide."""
    if isinstance(value, bool):
        return database.text(f"case_where_{name}_{'yes' if value else 'no'}")
    return database.text(f"case_where_{name}").format(binder.bind(value))


def _any(database: Texts, filters: tuple[CaseFilter, ...], binder: Binder, depth: int) -> str:
    parts = [condition(database, part, binder, depth) for part in filters[: CONDITIONS_MAX + 1]]
    if len(parts) > CONDITIONS_MAX:
        raise FilterTooLargeError(f"a filter may have {CONDITIONS_MAX} conditions")
    return " OR ".join(f"({part})" for part in parts) or "false"


def _simple(where: CaseFilter) -> list[tuple[str, Any]]:
    return [
        ("status", None if where.statuses is None else [status.value for status in where.statuses]),
        ("assignee", where.assignee_id),
        ("inbox", where.inbox_of),
        ("assigned", where.assigned),
        ("team", where.team_id),
        ("brand", where.brand),
        ("customer", where.customer_id),
        ("shown_as", where.shown_as_id),
        ("channel", where.channel and where.channel.value),
        ("tag", where.tag),
        ("incident", where.incident_id),
        ("priority", where.priority and where.priority.value),
        ("unread", where.unread),
        ("held_for", where.held_for_id),
        ("due_before", where.due_before),
        ("opened_after", where.opened_after),
    ]
