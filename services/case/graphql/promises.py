"""Lists of promises, the one that is due first coming first: what is overdue stands on top."""

from __future__ import annotations

from services.case.graphql import cursors, entry_mapping, ids
from services.case.graphql.context import Info
from services.case.graphql.ids import IdType, WrongIdError
from services.case.graphql.lists import page_info
from services.case.graphql.pages import checked_size, selects, time_after
from services.case.graphql.types.commitments import CommitmentConnection, CommitmentEdge, CommitmentWhere
from services.case.queries import promises
from services.case.queries.promises import PromiseFilter

COMMITMENTS = "commitments"
COMMITMENTS_DEFAULT = 25


async def commitments(
    info: Info, where: CommitmentWhere | None, *, first: int | None, after: str | None
) -> CommitmentConnection:
    """One page of the promises that match.

    Raises:
        QueryRefusedError: BAD_USER_INPUT.
    """
    context = info.context
    size, key = checked_size(first, COMMITMENTS_DEFAULT), time_after(COMMITMENTS, after)
    try:
        asked = _filter(where)
    except WrongIdError:
        return CommitmentConnection(
            nodes=[], edges=[], page_info=page_info([], more=False, before=False), total_count=0
        )
    rows = await promises.promises_page(context.database, asked, after=key, limit=size + 1)
    page = rows[:size]
    for row in page:
        context.accessed.entry(row)
    nodes = [entry_mapping.commitment(row, opens=context.principal.opens_sealed) for row in page]
    marks = [cursors.encode_time(COMMITMENTS, row.due_at or row.occurred_at, row.entry_id) for row in page]
    return CommitmentConnection(
        nodes=nodes,
        edges=[CommitmentEdge(cursor=mark, node=node) for mark, node in zip(marks, nodes, strict=True)],
        page_info=page_info(marks, more=len(rows) > size, before=after is not None),
        total_count=await promises.promises_count(context.database, asked) if selects(info, "totalCount") else None,
    )


def _filter(where: CommitmentWhere | None) -> PromiseFilter:
    if where is None:
        return PromiseFilter()
    return PromiseFilter(
        owner_id=None if where.owner_id is None else ids.uuid_of(IdType.AGENT, where.owner_id),
        status=where.status,
        due_before=where.due_before,
    )
