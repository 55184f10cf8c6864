"""Pages of the access log: by customer, by employee, by what was done."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from services.case.domain.access import AccessSeen
from services.case.graphql import cursors, ids
from services.case.graphql.context import RequestContext
from services.case.graphql.ids import IdType, WrongIdError
from services.case.graphql.lists import page_info
from services.case.graphql.pages import checked_size, cursor_of_list
from services.case.graphql.types.access import AccessConnection, AccessEdge, AccessEntryType, AccessLogWhere
from services.case.queries.access_log import AccessAsked, access_page

ACCESS = "access"
"""What cursors of this list are marked with."""

SUBJECTS_MAX = 2**31
_BY_REF = frozenset({IdType.STAFF, IdType.INTEGRATION, IdType.SYSTEM, IdType.VIEWER})


async def access_entries(
    context: RequestContext, where: AccessLogWhere, *, first: int | None, after: str | None
) -> AccessConnection:
    """One page, the newest first. Whose entries are looked at is on record as well.

    Raises:
        QueryRefusedError: BAD_USER_INPUT.
    """
    size, behind = checked_size(first), cursor_of_list(_place, ACCESS, after)
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
    nodes = [AccessEntryType.of(seen) for seen in found[:size]]
    marks = [_mark(seen) for seen in found[:size]]
    return AccessConnection(
        nodes=nodes,
        edges=[AccessEdge(cursor=mark, node=node) for mark, node in zip(marks, nodes, strict=True)],
        page_info=page_info(marks, more=len(found) > size, before=after is not None),
    )


def _mark(seen: AccessSeen) -> str:
    """The cursor of a subject: when, and its place among those of its entry."""
    at = seen.entry.occurred_at.astimezone(UTC).isoformat()
    return cursors.encode(ACCESS, f"{at} {seen.number}", seen.entry.entry_id)


def _place(of: str, cursor: str) -> tuple[datetime, UUID, int]:
    """Where a page ended.

    Raises:
        WrongCursorError: it is no cursor of this list.
    """
    key, entry_id = cursors.decode(of, cursor)
    at, _, number = key.partition(" ")
    if not (number.isascii() and number.isdigit() and 0 < int(number) < SUBJECTS_MAX):
        raise cursors.WrongCursorError
    return cursors.moment(at), entry_id, int(number)


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
