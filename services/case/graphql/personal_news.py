"""What the facts of the log mean to one person at the desk, as far as that person may see it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from contracts.vocabulary import id_of
from services.case.domain.permissions import Permission
from services.case.domain.viewing import APPROVERS, ERASERS, LEADS, ViewerNews
from services.case.graphql.access import Principal
from services.case.graphql.context import RequestContext
from services.case.graphql.making import Maker
from services.case.graphql.types.interfaces import Approvable
from services.case.graphql.types.leading import CapacityAlarm
from services.case.graphql.types.people import Budget
from services.case.graphql.types.viewer_events import ViewerChanged
from services.case.queries.offers import NewsRow, news_of
from services.case.queries.rows import ChangeRow


def audiences_of(principal: Principal) -> tuple[UUID, ...]:
    """As whom somebody is told things: as the agent they are, and as one of those who may decide."""
    audiences = [id_of("agent", principal.subject)]
    audiences += [APPROVERS] if principal.may(Permission.DECIDE_GESTURE) else []
    audiences += [LEADS] if principal.may(Permission.MANAGE_INCIDENTS) else []
    audiences += [ERASERS] if principal.may(Permission.ERASE_CUSTOMER) else []
    return tuple(audiences)


async def viewer_changed(context: RequestContext, change: ChangeRow, cursor: str) -> ViewerChanged | None:
    """What one fact means to the viewer; None: nothing that the viewer may see."""
    audiences = audiences_of(context.principal)
    rows = await news_of(context.database, change.stream_id, change.version)
    told: ViewerChanged | None = None
    for row in sorted(rows, key=lambda row: _place(audiences, row)):
        if told is None and row.audience in audiences:
            found = await _about(context, row)
            told = None if found is None else ViewerChanged(cursor=cursor, type=row.news.value, **found)
    return told


def _place(audiences: tuple[UUID, ...], row: NewsRow) -> int:
    """What concerns the viewer alone comes before what concerns everybody who may decide."""
    return audiences.index(row.audience) if row.audience in audiences else len(audiences)


async def _about(context: RequestContext, row: NewsRow) -> dict[str, Any] | None:
    field, find = _THINGS[row.news]
    if row.audience == ERASERS:
        find = _erasure
    thing = await find(context.make, row.thing_id)
    if thing is None or (field == "approval" and _own(context.principal, thing)):
        return None
    return {field: thing}


def _own(principal: Principal, approval: Approvable) -> bool:
    """Whether the viewer asked for it: nobody decides about that themselves."""
    return (approval.row.requested_by_ref or approval.row.actor_ref) == principal.subject


async def _offer(make: Maker, thing_id: UUID) -> Any:
    return await make.offer_by_id(thing_id)


async def _gesture(make: Maker, thing_id: UUID) -> Any:
    return await make.gesture_by_id(thing_id)


async def _approval(make: Maker, thing_id: UUID) -> Any:
    found = await make.gesture_by_id(thing_id) or await make.contact_by_id(thing_id)
    return found or await make.publication_by_id(thing_id)


async def _erasure(make: Maker, thing_id: UUID) -> Any:
    return await make.erasure_by_id(thing_id)


async def _commitment(make: Maker, thing_id: UUID) -> Any:
    return await make.commitment_by_id(thing_id)


async def _case(make: Maker, thing_id: UUID) -> Any:
    return await make.case_by_id(thing_id)


async def _incident(make: Maker, thing_id: UUID) -> Any:
    return await make.incident_by_id(thing_id)


async def _capacity(make: Maker, thing_id: UUID) -> CapacityAlarm | None:
    del thing_id  # there is one
    return await make.capacity()


async def _budget(make: Maker, thing_id: UUID) -> Budget | None:
    row = await make.loaders.budgets_by_id.load(thing_id)
    return None if row is None else await make.visible_budget(row)


_THINGS: dict[ViewerNews, tuple[str, Callable[[Maker, UUID], Awaitable[Any]]]] = {
    ViewerNews.OFFER_MADE: ("offer", _offer),
    ViewerNews.OFFER_ENDED: ("offer", _offer),
    ViewerNews.APPROVAL_ASKED: ("approval", _approval),
    ViewerNews.APPROVAL_DECIDED: ("approval", _approval),
    ViewerNews.GESTURE_CHANGED: ("gesture", _gesture),
    ViewerNews.BUDGET_LOW: ("budget", _budget),
    ViewerNews.COMMITMENT_DUE: ("commitment", _commitment),
    ViewerNews.COMMITMENT_BROKEN: ("commitment", _commitment),
    ViewerNews.CLOCK_WARNED: ("case", _case),
    ViewerNews.CLOCK_MISSED: ("case", _case),
    ViewerNews.INCIDENT_SUSPECTED: ("incident", _incident),
    ViewerNews.INCIDENT_CHANGED: ("incident", _incident),
    ViewerNews.CAPACITY_SHORT: ("capacity", _capacity),
    ViewerNews.CAPACITY_RESTORED: ("capacity", _capacity),
}
"""Which field says what each piece of news is about, and how it is found."""
