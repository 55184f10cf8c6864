"""Lists of one operation: pages of cases, timelines, contacts, histories and agents."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.case.graphql import cursors, entry_mapping, mapping
from services.case.graphql.access import Principal
from services.case.graphql.accessing import Accessed
from services.case.graphql.context import Info, RequestContext
from services.case.graphql.enums import OrderDirection
from services.case.graphql.filters import case_filter, cases_behind, timeline_filter
from services.case.graphql.history import case_events
from services.case.graphql.ids import WrongIdError
from services.case.graphql.inputs import CaseOrder, CaseWhere
from services.case.graphql.loaders import Loaders
from services.case.graphql.pages import (
    bad_input,
    checked_size,
    cut,
    key_after,
    number_after,
    selects,
    window_of,
)
from services.case.graphql.types.cases import Case, CaseConnection, CaseEdge
from services.case.graphql.types.customers import TimelineConnection, TimelineEdge, TimelineWhere
from services.case.graphql.types.entries import (
    Assignment,
    Commitment,
    ContactConnection,
    ContactEdge,
    Gesture,
)
from services.case.graphql.types.history import CaseEventConnection, CaseEventEdge
from services.case.graphql.types.interfaces import PageInfo
from services.case.graphql.types.people import AgentConnection, AgentEdge
from services.case.queries import people, timeline
from services.case.queries.case_list import (
    CaseFilter,
    CaseOrderField,
    CasesAsked,
    FilterTooLargeError,
    list_cases,
)
from services.case.queries.database import Database
from services.case.queries.rows import CaseRow, CustomerRow, EntryRow

AGENTS, CONTACTS, TIMELINE, HISTORY = "agents", "contacts", "timeline", "history"
"""What cursors of these lists are marked with; those of case lists by their order."""


class Lists:
    """The list half of `Maker`."""

    def __init__(self, context: RequestContext) -> None:
        self._context = context

    @property
    def database(self) -> Database:
        """Where rows come from."""
        return self._context.database

    @property
    def loaders(self) -> Loaders:
        """What was looked up so far."""
        return self._context.loaders

    @property
    def principal(self) -> Principal:
        """Who asks."""
        return self._context.principal

    @property
    def opens(self) -> bool:
        """Whether sealed text is shown."""
        return self._context.principal.opens_sealed

    @property
    def accessed(self) -> Accessed:
        """What is shown, for the access log."""
        return self._context.accessed

    def seen_case(self, row: CaseRow) -> Case:
        """A case that is shown."""
        self.accessed.case(row)
        return mapping.case(row, opens=self.opens)

    async def cases(
        self,
        info: Info,
        where: CaseFilter,
        *,
        order: CaseOrderField = CaseOrderField.LAST_CONTACT_AT,
        descending: bool = True,
        first: int | None,
        after: str | None,
    ) -> CaseConnection:
        """One page of the cases that match.

        Raises:
            QueryRefusedError: BAD_USER_INPUT.
        """
        size = checked_size(first, 25)
        of, behind = cases_behind(order, descending=descending, after=after)
        asked = CasesAsked(
            where=where,
            order=order,
            descending=descending,
            limit=size + 1,
            after=behind,
            counted=selects(info, "totalCount"),
        )
        try:
            found = await list_cases(self.database, asked)
        except FilterTooLargeError as error:
            raise bad_input(str(error)) from None
        page = found.rows[:size]
        nodes = [self.seen_case(row) for row, _ in page]
        marks = [cursors.encode(of, key, row.case_id) for row, key in page]
        return CaseConnection(
            nodes=nodes,
            edges=[CaseEdge(cursor=mark, node=node) for mark, node in zip(marks, nodes, strict=True)],
            page_info=page_info(marks, more=len(found.rows) > size, before=after is not None),
            total_count=found.total,
        )

    async def filtered_cases(
        self,
        info: Info,
        *,
        where: CaseWhere | None,
        order_by: CaseOrder | None,
        first: int | None,
        after: str | None,
        customer_ids: Sequence[UUID] | None = None,
    ) -> CaseConnection:
        """One page of the cases that a client's filter matches, all of them or one customer's."""
        try:
            asked = case_filter(where)
        except FilterTooLargeError as error:
            raise bad_input(str(error)) from None
        if customer_ids is not None:
            whose = tuple(CaseFilter(customer_id=customer_id) for customer_id in customer_ids)
            asked = CaseFilter(all_of=(asked, CaseFilter(any_of=whose) if len(whose) > 1 else whose[0]))
        order = order_by.field if order_by else CaseOrderField.LAST_CONTACT_AT
        descending = order_by.direction is OrderDirection.DESC if order_by else True
        return await self.cases(info, asked, order=order, descending=descending, first=first, after=after)

    async def cases_of_customer(
        self,
        info: Info,
        row: CustomerRow,
        *,
        where: CaseWhere | None,
        order_by: CaseOrder | None,
        first: int | None,
        after: str | None,
    ) -> CaseConnection:
        """One page of a customer's cases. How many there are tells of all who are shown as it."""
        counted = selects(info, "totalCount")
        members = await (self.shown_members(row) if counted else self.members_of(row))
        return await self.filtered_cases(
            info, where=where, order_by=order_by, first=first, after=after, customer_ids=members
        )

    async def members_of(self, row: CustomerRow) -> list[UUID]:
        """The customer and all who are shown as it."""
        if row.merged_count == 0:
            return [row.customer_id]
        return await self.loaders.members.load(row.customer_id) or [row.customer_id]

    async def shown_members(self, row: CustomerRow) -> list[UUID]:
        """The same where data of each of them is shown: whoever asks who saw one of them finds it, parted or not."""
        members = await self.members_of(row)
        for member in members:
            if member != row.customer_id:
                self.accessed.customer(member)
        return members

    async def timeline_of(
        self,
        row: CustomerRow,
        *,
        where: TimelineWhere | None,
        first: int | None,
        after: str | None,
        last: int | None,
        before: str | None,
    ) -> TimelineConnection:
        """One page of a customer's timeline."""
        window = window_of(TIMELINE, first=first, after=after, last=last, before=before)
        try:
            asked = timeline_filter(where)
        except WrongIdError:
            return TimelineConnection(nodes=[], edges=[], page_info=page_info([], more=False, before=False))
        rows = await timeline.timeline_of_customers(self.database, await self.shown_members(row), asked, window)
        page, more, earlier = cut(rows, window)
        nodes = [entry_mapping.entry(each, opens=self.opens) for each in page]
        marks = _time_marks(TIMELINE, page)
        return TimelineConnection(
            nodes=nodes,
            edges=[TimelineEdge(cursor=mark, node=node) for mark, node in zip(marks, nodes, strict=True)],
            page_info=page_info(marks, more=more, before=earlier),
        )

    async def contacts_of(
        self, row: CaseRow, *, first: int | None, after: str | None, last: int | None, before: str | None
    ) -> ContactConnection:
        """One page of a case's contacts."""
        window = window_of(CONTACTS, first=first, after=after, last=last, before=before)
        rows = await timeline.contacts_of_case(self.database, row.case_id, window)
        page, more, earlier = cut(rows, window)
        nodes = [entry_mapping.contact(each, opens=self.opens) for each in page]
        marks = _time_marks(CONTACTS, page)
        return ContactConnection(
            nodes=nodes,
            edges=[ContactEdge(cursor=mark, node=node) for mark, node in zip(marks, nodes, strict=True)],
            page_info=page_info(marks, more=more, before=earlier),
        )

    async def gestures_of(self, row: CaseRow, first: int | None) -> list[Gesture]:
        """A case's gestures."""
        rows = await self.loaders.gestures.load(row.case_id) or []
        return [entry_mapping.gesture(each, opens=self.opens) for each in rows[: self.size(first)]]

    async def assignments_of(self, row: CaseRow, first: int | None) -> list[Assignment]:
        """A case's assignments."""
        rows = await self.loaders.assignments.load(row.case_id) or []
        return [entry_mapping.assignment(each, opens=self.opens) for each in rows[: self.size(first)]]

    async def commitments_of(self, row: CaseRow, first: int | None) -> list[Commitment]:
        """A case's promises."""
        rows = await self.loaders.commitments.load(row.case_id) or []
        return [entry_mapping.commitment(each, opens=self.opens) for each in rows[: self.size(first)]]

    async def history_of(self, row: CaseRow, *, first: int | None, after: str | None) -> CaseEventConnection:
        """One page of a case's facts."""
        size = checked_size(first, 100)
        found = await case_events(
            self._context.deps, row.case_id, after=number_after(HISTORY, after) or 0, limit=size + 1, opens=self.opens
        )
        nodes = found[:size]
        marks = [cursors.encode_number(HISTORY, node.version) for node in nodes]
        return CaseEventConnection(
            nodes=nodes,
            edges=[CaseEventEdge(cursor=mark, node=node) for mark, node in zip(marks, nodes, strict=True)],
            page_info=page_info(marks, more=len(found) > size, before=after is not None),
        )

    async def agents(self, info: Info, *, first: int | None, after: str | None) -> AgentConnection:
        """One page of the active agents, by name."""
        size = checked_size(first)
        rows = await people.agents_page(self.database, after=key_after(AGENTS, after), limit=size + 1)
        page = rows[:size]
        nodes = [mapping.agent(row) for row in page]
        marks = [cursors.encode(AGENTS, row.display_name, row.agent_id) for row in page]
        return AgentConnection(
            nodes=nodes,
            edges=[AgentEdge(cursor=mark, node=node) for mark, node in zip(marks, nodes, strict=True)],
            page_info=page_info(marks, more=len(rows) > size, before=after is not None),
            total_count=await people.agents_count(self.database) if selects(info, "totalCount") else None,
        )

    @staticmethod
    def size(first: int | None) -> int:
        """How many of a plain list."""
        return checked_size(first, 100)


def page_info(marks: Sequence[str], *, more: bool, before: bool) -> PageInfo:
    """Where a page with these cursors stands."""
    return PageInfo(
        has_next_page=more,
        has_previous_page=before,
        start_cursor=marks[0] if marks else None,
        end_cursor=marks[-1] if marks else None,
    )


def _time_marks(of: str, rows: Sequence[EntryRow]) -> list[str]:
    return [cursors.encode_time(of, row.occurred_at, row.entry_id) for row in rows]
