"""Pages of the access log: by customer, by employee, by what was done."""

from __future__ import annotations

from uuid import UUID

from services.case.graphql import cursors, ids
from services.case.graphql.context import RequestContext
from services.case.graphql.ids import IdType, WrongIdError
from services.case.graphql.lists import page_info
from services.case.graphql.pages import checked_size, time_after
from services.case.graphql.types.access import AccessConnection, AccessEdge, AccessEntryType, AccessLogWhere
from services.case.queries.access_log import AccessAsked, access_page

ACCESS = "access"
"""What cursors of this list are marked with."""

_BY_REF = frozenset({IdType.STAFF, IdType.INTEGRATION, IdType.SYSTEM, IdType.VIEWER})


async def access_entries(
    context: RequestContext, where: AccessLogWhere, *, first: int | None, after: str | None
) -> AccessConnection:
    """One page, the newest first. Whose entries are looked at is on record as well.

    Raises:
        QueryRefusedError: BAD_USER_INPUT.
    """
    size, behind = checked_size(first), time_after(ACCESS, after)
    try:
        customer_id = None if where.customer_id is None else ids.uuid_of(IdType.CUSTOMER, where.customer_id)
        actor_ref = None if where.actor_id is None else await _ref_of(context, where.actor_id)
    except WrongIdError:
        return AccessConnection(nodes=[], edges=[], page_info=page_info([], more=False, before=False))
    if customer_id is not None:
        context.accessed.customer(customer_id)
    asked = AccessAsked(
        limit=size + 1,
        customer_id=customer_id,
        actor_ref=actor_ref,
        action=where.action,
        relation=where.relation,
        since=where.from_,
        until=where.to,
        after=behind,
    )
    found = await access_page(context.database, asked)
    nodes = [AccessEntryType.of(entry) for entry in found[:size]]
    marks = [cursors.encode_time(ACCESS, entry.occurred_at, entry.entry_id) for entry in found[:size]]
    return AccessConnection(
        nodes=nodes,
        edges=[AccessEdge(cursor=mark, node=node) for mark, node in zip(marks, nodes, strict=True)],
        page_info=page_info(marks, more=len(found) > size, before=after is not None),
    )


async def _ref_of(context: RequestContext, actor_id: str) -> str:
    """The reference that tokens call an actor by.

    Raises:
        WrongIdError: nobody has this id.
    """
    kind, name = ids.decode(actor_id)
    if kind in _BY_REF:
        return name
    agent = await context.loaders.agents.load(_agent_uuid(kind, name))
    if agent is None:
        raise WrongIdError
    return agent.ref


def _agent_uuid(kind: IdType, name: str) -> UUID:
    if kind is not IdType.AGENT:
        raise WrongIdError
    try:
        return UUID(name)
    except ValueError:
        raise WrongIdError from None
