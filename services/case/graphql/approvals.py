"""What waits for another person's decision: gestures, answers, posts of ours and requests for erasure in one list."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.case.commands.deciding import decides
from services.case.domain.permissions import Permission
from services.case.graphql import cursors, entry_mapping
from services.case.graphql.access import QueryRefusedError
from services.case.graphql.context import Info, RequestContext
from services.case.graphql.erasure_mapping import erasure_request
from services.case.graphql.lists import page_info
from services.case.graphql.pages import checked_size, selects, time_after
from services.case.graphql.publishing import publication
from services.case.graphql.types.entries import ApprovalConnection, ApprovalEdge
from services.case.graphql.types.interfaces import Approvable
from services.case.queries import erasures, publications, timeline

APPROVALS = "approvals"

_Waiting = tuple[datetime, UUID, Approvable]


async def approvals(info: Info, *, first: int | None, after: str | None) -> ApprovalConnection:
    """One page of what the viewer may see of it.

    Raises:
        QueryRefusedError: FORBIDDEN, BAD_USER_INPUT.
    """
    context = info.context
    gestures = context.principal.may(Permission.READ_APPROVALS)
    requests = context.principal.may(Permission.READ_ERASURES)
    answers = gestures or await decides(context.deps.record, context.principal.actor, context.deps.policy.guards)
    if not (answers or requests):
        raise QueryRefusedError("FORBIDDEN", f"this role has no permission {Permission.READ_APPROVALS.value}")
    size, key = checked_size(first), time_after(APPROVALS, after)
    found: list[_Waiting] = []
    if gestures:
        found += await _gestures(context, key, size + 1)
    if answers:
        found += await _answers(context, key, size + 1)
        found += await _publications(context, key, size + 1)
    if requests:
        found += await _erasures(context, key, size + 1)
    found.sort(key=lambda waiting: waiting[:2])
    page = found[:size]
    marks = [cursors.encode_time(APPROVALS, at, name) for at, name, _ in page]
    nodes = [node for _, _, node in page]
    return ApprovalConnection(
        nodes=nodes,
        edges=[ApprovalEdge(cursor=mark, node=node) for mark, node in zip(marks, nodes, strict=True)],
        page_info=page_info(marks, more=len(found) > size, before=after is not None),
        total_count=await _count(context, gestures=gestures, answers=answers, requests=requests)
        if selects(info, "totalCount")
        else None,
    )


async def _gestures(context: RequestContext, key: timeline.Key | None, limit: int) -> list[_Waiting]:
    rows = await timeline.approvals_page(context.database, after=key, limit=limit)
    for row in rows:
        context.accessed.entry(row)
    opens = context.principal.opens_sealed
    return [
        (row.requested_at or row.recorded_at, row.entry_id, entry_mapping.gesture(row, opens=opens)) for row in rows
    ]


async def _erasures(context: RequestContext, key: timeline.Key | None, limit: int) -> list[_Waiting]:
    rows = await erasures.erasures_to_approve(context.database, after=key, limit=limit)
    return [(row.requested_at, row.request_id, erasure_request(row)) for row in rows]


async def _answers(context: RequestContext, key: timeline.Key | None, limit: int) -> list[_Waiting]:
    rows = await timeline.held_page(context.database, after=key, limit=limit)
    for row in rows:
        context.accessed.entry(row)
    opens = context.principal.opens_sealed
    return [
        (row.requested_at or row.recorded_at, row.entry_id, entry_mapping.contact(row, opens=opens)) for row in rows
    ]


async def _publications(context: RequestContext, key: timeline.Key | None, limit: int) -> list[_Waiting]:
    rows = await publications.publications_to_approve(context.database, after=key, limit=limit)
    return [(row.drafted_at, row.publication_id, publication(row)) for row in rows]


async def _count(context: RequestContext, *, gestures: bool, answers: bool, requests: bool) -> int:
    count = await timeline.approvals_count(context.database) if gestures else 0
    if answers:
        count += await timeline.held_count(context.database)
        count += await publications.publications_to_approve_count(context.database)
    return count + (await erasures.erasures_to_approve_count(context.database) if requests else 0)
