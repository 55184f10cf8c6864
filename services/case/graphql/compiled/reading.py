"""From a field's arguments, as its resolver would get them, to what a plan asks for: SQL of a shape, and values.

What the resolver would refuse is not planned: Strawberry tells it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from contracts.vocabulary import CaseStatus
from infra.sql import statements
from services.case.graphql import ids
from services.case.graphql.access import QueryRefusedError
from services.case.graphql.compiled.declaring import Unplannable
from services.case.graphql.compiled.sql import SQL
from services.case.graphql.enums import OrderDirection
from services.case.graphql.filters import case_filter, cases_behind, timeline_filter
from services.case.graphql.ids import IdType, WrongIdError
from services.case.graphql.inputs import CaseOrder, CaseWhere, HandleInput
from services.case.graphql.lists import AGENTS, CONTACTS, TIMELINE
from services.case.graphql.pages import checked_size, key_after, time_after, window_of
from services.case.graphql.promises import COMMITMENTS, COMMITMENTS_DEFAULT
from services.case.queries.case_list import (
    Binder,
    CaseFilter,
    CaseOrderField,
    CasesAsked,
    FilterTooLargeError,
    beyond,
    condition,
    order_key,
)
from services.case.queries.timeline import SURVEY_ANSWER, Window, kinds_of

PARENT_CUSTOMER = UUID(int=2**128 - 1)
"""Stands for the customer of the row that a list belongs to."""


class Ambient(NamedTuple):
    """Stands for what an operation knows by itself: `own_agent`, `subject`, `now`."""

    name: str


OWN_AGENT: Any = Ambient("own_agent")


class HandleOwner(NamedTuple):
    """Stands for the customer to whom a contact from this address would go; it is looked up before the plan runs."""

    handle: HandleInput


class PageShape(NamedTuple):
    """A page but for its values, whose places are `$1`, `$2` of its own. `{t}`: the row that the list belongs to.

    `rows`: the table as `alias`; over that alias, `key` and `row_id`: what cursors are made of (`timed`: a moment);
    `sort`, then `row_id`: what it is read by, in `direction`. `limit`: the place of the size.
    """

    rows: str
    alias: str
    where: str
    beyond: str
    sort: str
    key: str
    row_id: str
    of: str
    limit: str
    direction: str = "ASC"
    timed: bool = True
    backward: bool = False
    after: bool = False
    before: bool = False

    @property
    def direction_told(self) -> str:
        """The answer's order, which is not the one it is read in where it is read from its end."""
        return self.direction if not self.backward else "ASC" if self.direction == "DESC" else "DESC"


class Found(NamedTuple):
    """The condition by which one row is found. `whole`: it is shown as whom it was merged into."""

    on: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What one field asks for."""

    shape: Any
    values: tuple[Any, ...]


class _Texts:
    def __init__(self) -> None:
        self._statements = statements("services.case.queries")

    def text(self, name: str) -> str:
        return self._statements[name]


_TEXTS = _Texts()


def planned(read: Any, arguments: Any) -> Asked:
    """What a field asks for.

    Raises:
        Unplannable: its resolver is to tell why not.
    """
    try:
        asked: Asked = read(arguments)
    except (QueryRefusedError, WrongIdError, FilterTooLargeError):
        raise Unplannable("refused") from None
    return asked


def size(arguments: dict[str, Any]) -> Asked:
    """Of a plain list."""
    return Asked(None, (checked_size(arguments.get("first"), 100),))


def cases(arguments: dict[str, Any]) -> Asked:
    """`Query.cases`."""
    no_wait(arguments)
    return _filtered(arguments, None)


def cases_of_customer(arguments: dict[str, Any]) -> Asked:
    """`Customer.cases`."""
    return _filtered(arguments, PARENT_CUSTOMER)


def inbox(arguments: dict[str, Any]) -> Asked:
    """`Query.inbox`."""
    own = CaseFilter(inbox_of=OWN_AGENT, statuses=(CaseStatus.OPEN, CaseStatus.WAITING))
    return _cases(own, CaseOrderField.DUE_AT, arguments, descending=False)


def _filtered(arguments: dict[str, Any], customer_id: UUID | None) -> Asked:
    where: CaseWhere | None = arguments.get("where")
    order: CaseOrder | None = arguments.get("order_by")
    asked = case_filter(where)
    if customer_id is not None:
        asked = CaseFilter(all_of=(asked, CaseFilter(customer_id=customer_id)))
    by = order.field if order else CaseOrderField.LAST_CONTACT_AT
    descending = order.direction is OrderDirection.DESC if order else True
    return _cases(asked, by, arguments, descending=descending)


def _cases(where: CaseFilter, order: CaseOrderField, arguments: dict[str, Any], *, descending: bool) -> Asked:
    number, after = checked_size(arguments.get("first"), 25), arguments.get("after")
    of, behind = cases_behind(order, descending=descending, after=after)
    binder = Binder()
    key = order_key(_TEXTS, where, order)
    asked = CasesAsked(where=where, order=order, descending=descending, limit=number + 1, after=behind)
    shape = PageShape(
        rows="cases AS c",
        alias="c",
        where=condition(_TEXTS, where, binder),
        beyond=beyond(asked, key, binder),
        sort=key,
        direction="DESC" if descending else "ASC",
        key=f"({key})::text",
        row_id="c.case_id",
        of=of,
        limit=binder.bind(number),
        timed=False,
        after=after is not None,
    )
    return Asked(shape, tuple(binder.values))


def agents(arguments: dict[str, Any]) -> Asked:
    """`Query.agents`."""
    number, after = checked_size(arguments.get("first")), key_after(AGENTS, arguments.get("after"))
    binder = Binder()
    name_behind = "true"
    if after is not None:
        name_behind = f"(g.display_name, g.agent_id) > ({binder.bind(after[0])}::text, {binder.bind(after[1])}::uuid)"
    shape = PageShape(
        rows="agents AS g",
        alias="g",
        where="g.active",
        beyond=name_behind,
        sort="g.display_name",
        key="g.display_name",
        row_id="g.agent_id",
        of=AGENTS,
        limit=binder.bind(number),
        timed=False,
        after=after is not None,
    )
    return Asked(shape, tuple(binder.values))


def timeline(arguments: dict[str, Any]) -> Asked:
    """`Customer.timeline`."""
    window = _window(TIMELINE, arguments)
    asked = timeline_filter(arguments.get("where"))
    binder = Binder()
    kinds = kinds_of(asked)
    of_kind = f"t.kind = ANY({binder.bind(kinds)}::text[])"
    if SURVEY_ANSWER in kinds:
        of_kind = f"({of_kind} OR {SQL['is_survey_answer']})"
    parts = [f"t.customer_id = {binder.bind(PARENT_CUSTOMER)}", of_kind]
    if asked.channels is not None:
        parts.append(f"t.channel = ANY({binder.bind([channel.value for channel in asked.channels])}::text[])")
    if asked.case_id is not None:
        parts.append(f"t.case_id = {binder.bind(asked.case_id)}::uuid")
    if asked.since is not None:
        parts.append(f"t.occurred_at >= {binder.bind(asked.since)}::timestamptz")
    return _timed(binder, " AND ".join(parts), window, of=TIMELINE, newest_first=True, key="t.occurred_at")


def contacts(arguments: dict[str, Any]) -> Asked:
    """`Case.contacts`."""
    where = "t.case_id = {t}.case_id AND t.kind = 'CONTACT'"
    window = _window(CONTACTS, arguments)
    return _timed(Binder(), where, window, of=CONTACTS, newest_first=False, key="t.occurred_at")


def commitments(arguments: dict[str, Any]) -> Asked:
    """`Query.commitments`."""
    where = arguments.get("where")
    number = checked_size(arguments.get("first"), COMMITMENTS_DEFAULT)
    window = Window(after=time_after(COMMITMENTS, arguments.get("after")), limit=number + 1)
    binder, parts = Binder(), ["t.kind = 'COMMITMENT'"]
    if where is not None and where.owner_id is not None:
        parts.append(f"t.agent_id = {binder.bind(ids.uuid_of(IdType.AGENT, where.owner_id))}::uuid")
    if where is not None and where.status is not None:
        parts.append(f"t.commitment_status = {binder.bind(where.status.value)}::text")
    if where is not None and where.due_before is not None:
        parts.append(f"t.due_at < {binder.bind(where.due_before)}::timestamptz")
    return _timed(binder, " AND ".join(parts), window, of=COMMITMENTS, newest_first=False, key="t.due_at")


def _window(of: str, arguments: dict[str, Any]) -> Window:
    return window_of(
        of,
        first=arguments.get("first"),
        after=arguments.get("after"),
        last=arguments.get("last"),
        before=arguments.get("before"),
    )


def _timed(binder: Binder, where: str, window: Window, *, of: str, newest_first: bool, key: str) -> Asked:
    """A part of a list of entries that is sorted by a moment and the entry's id."""
    behind = []
    for bound, is_after in ((window.after, True), (window.before, False)):
        if bound is not None:
            sign = "<" if newest_first is is_after else ">"
            values = f"({binder.bind(bound[0])}::timestamptz, {binder.bind(bound[1])}::uuid)"
            behind.append(f"({key}, t.entry_id) {sign} {values}")
    shape = PageShape(
        rows="timeline AS t",
        alias="t",
        where=where,
        beyond=" AND ".join(behind) or "true",
        sort=key,
        direction="DESC" if newest_first is not window.backward else "ASC",
        key=key,
        row_id="t.entry_id",
        of=of,
        limit=binder.bind(window.limit - 1),
        backward=window.backward,
        after=window.after is not None,
        before=window.before is not None,
    )
    return Asked(shape, tuple(binder.values))


def no_wait(arguments: dict[str, Any]) -> None:
    """What waits for a position is not planned.

    Raises:
        Unplannable: it waits.
    """
    if arguments.get("min_position") is not None:
        raise Unplannable("minPosition")
