"""Clients' filters to the queries' own: ids opened, words of the API left behind."""

from __future__ import annotations

from uuid import UUID

from services.case.graphql import cursors, ids
from services.case.graphql.ids import IdType, WrongIdError
from services.case.graphql.inputs import CaseWhere
from services.case.graphql.pages import cursor_of_list
from services.case.graphql.types.customers import TimelineWhere
from services.case.queries.case_list import KEY_TYPES, NESTING_MAX, CaseFilter, CaseOrderField, FilterTooLargeError
from services.case.queries.timeline import TimelineFilter

NO_CASE = CaseFilter(any_of=())
NEVER = "infinity"
"""The sort key of a case that is not due."""
PRIORITY_DIGITS_MAX = 4


def case_filter(where: CaseWhere | None, depth: int = 1) -> CaseFilter:
    """The filter of a list of cases. The part of it that names a thing by an id of nothing fits no case.

    Raises:
        FilterTooLargeError: it is nested too deep.
    """
    if where is None:
        return CaseFilter()
    if depth > NESTING_MAX:
        raise FilterTooLargeError(f"a filter may be nested {NESTING_MAX} deep")
    try:
        return _case_filter(where, depth)
    except WrongIdError:
        return NO_CASE


def _case_filter(where: CaseWhere, depth: int) -> CaseFilter:
    statuses = where.status.in_ if where.status else None
    return CaseFilter(
        statuses=None if statuses is None else tuple(statuses),
        assignee_id=None if where.assignee_id is None else ids.uuid_of(IdType.AGENT, where.assignee_id),
        assigned=where.assigned,
        team_id=None if where.team_id is None else ids.uuid_of(IdType.TEAM, where.team_id),
        brand=None if where.brand_id is None else ids.name_of(IdType.BRAND, where.brand_id),
        shown_as_id=None if where.customer_id is None else ids.uuid_of(IdType.CUSTOMER, where.customer_id),
        channel=where.channel,
        tag=where.tag,
        incident_id=None if where.incident_id is None else ids.uuid_of(IdType.INCIDENT, where.incident_id),
        priority=where.priority,
        unread=where.unread,
        held_for_id=None if where.held_for_id is None else ids.uuid_of(IdType.AGENT, where.held_for_id),
        due_before=where.due_before,
        opened_after=where.opened_after,
        all_of=None if where.and_ is None else tuple(case_filter(part, depth + 1) for part in where.and_),
        any_of=None if where.or_ is None else tuple(case_filter(part, depth + 1) for part in where.or_),
    )


def cases_behind(order: CaseOrderField, *, descending: bool, after: str | None) -> tuple[str, tuple[str, UUID] | None]:
    """What cursors of a list of cases in this order are marked with, and the key and id that one stands for.

    Raises:
        QueryRefusedError: BAD_USER_INPUT, no cursor of this list.
    """
    of = f"cases {order.value} {'down' if descending else 'up'}"

    def decode(of: str, cursor: str) -> tuple[str, UUID]:
        key, case_id = cursors.decode(of, cursor)
        match KEY_TYPES[order]:
            case "timestamptz" if key != NEVER:
                key = cursors.moment(key).isoformat()
            case "int" if not (key.isascii() and key.isdigit() and len(key) <= PRIORITY_DIGITS_MAX):
                raise cursors.WrongCursorError
        return key, case_id

    return of, cursor_of_list(decode, of, after)


def timeline_filter(where: TimelineWhere | None) -> TimelineFilter:
    """The filter of a timeline.

    Raises:
        WrongIdError: it names a case by an id of nothing.
    """
    if where is None:
        return TimelineFilter()
    return TimelineFilter(
        kinds=None if where.kinds is None else tuple(kind.value for kind in where.kinds),
        channels=None if where.channels is None else tuple(where.channels),
        case_id=None if where.case_id is None else ids.uuid_of(IdType.CASE, where.case_id),
        since=where.since,
    )
