"""What can be asked about how the desk runs. Part of `Query`."""

from __future__ import annotations

from typing import Annotated

import strawberry

from services.case.domain.incident_facts import IncidentState
from services.case.domain.permissions import Permission
from services.case.graphql import cursors
from services.case.graphql.context import Info
from services.case.graphql.leading import incident
from services.case.graphql.lists import page_info
from services.case.graphql.pages import After, First, checked_size, time_after
from services.case.graphql.types.incidents import IncidentConnection, IncidentEdge
from services.case.graphql.types.leading import CapacityAlarm
from services.case.queries.incidents import incidents_page

INCIDENTS = "incidents"


@strawberry.type
class LeadQuery:
    """What can be asked about how the desk runs."""

    @strawberry.field
    async def capacity(self, info: Info) -> CapacityAlarm | None:
        """Whether more comes in than those on duty can do; null: never so far. For leads and auditors."""
        info.context.principal.require(Permission.READ_ROSTERS)
        return await info.context.make.capacity()

    @strawberry.field
    async def incidents(
        self,
        info: Info,
        states: Annotated[
            list[IncidentState] | None, strawberry.argument(description="In one of these states; null: in any.")
        ] = None,
        first: First = 25,
        after: After = None,
    ) -> IncidentConnection:
        """Causes that bring, or brought, many cases at once, the latest first."""
        info.context.principal.require(Permission.READ)
        size, key = checked_size(first), time_after(INCIDENTS, after)
        rows = await incidents_page(info.context.database, states, after=key, limit=size + 1)
        page = rows[:size]
        marks = [cursors.encode_time(INCIDENTS, row.begun_at, row.incident_id) for row in page]
        nodes = [incident(row) for row in page]
        return IncidentConnection(
            nodes=nodes,
            edges=[IncidentEdge(cursor=mark, node=node) for mark, node in zip(marks, nodes, strict=True)],
            page_info=page_info(marks, more=len(rows) > size, before=after is not None),
        )
