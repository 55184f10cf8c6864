"""Things by id, whatever they are."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from services.case.domain.permissions import Permission
from services.case.graphql import ids, mapping
from services.case.graphql.context import RequestContext
from services.case.graphql.ids import IdType, WrongIdError
from services.case.graphql.making import Maker
from services.case.graphql.types.interfaces import Node

Finder = Callable[[Maker, str], Awaitable[Node | None]]


async def node(context: RequestContext, node_id: str) -> Node | None:
    """The thing of that id, or None where there is none or the viewer may not see it."""
    try:
        kind, name = ids.decode(node_id)
    except (WrongIdError, ValueError):
        kind, name = None, ""
    if not context.principal.may(_NEEDED.get(kind, Permission.READ)):
        context.accessed.deny()
        return None
    try:
        finder = _FINDERS.get(kind)
        return None if finder is None else await finder(context.make, name)
    except (WrongIdError, ValueError):
        return None


async def nodes(context: RequestContext, node_ids: Sequence[str]) -> list[Node | None]:
    """The things of those ids, in their order."""
    return list(await asyncio.gather(*(node(context, each) for each in node_ids)))


async def _agent(make: Maker, name: str) -> Node | None:
    return await make.agent_by_id(UUID(name))


async def _team(make: Maker, name: str) -> Node | None:
    row = await make.loaders.teams_by_id.load(UUID(name))
    return None if row is None else mapping.team(row)


async def _staff(make: Maker, name: str) -> Node | None:
    row = await make.loaders.staff.load(name)
    return None if row is None else mapping.staff_member(row)


async def _brand(make: Maker, name: str) -> Node | None:
    return await make.brand_by_ref(name)


async def _account(make: Maker, name: str) -> Node | None:
    row = await make.loaders.accounts_by_id.load(UUID(name))
    return None if row is None else mapping.account(row)


async def _budget(make: Maker, name: str) -> Node | None:
    row = await make.loaders.budgets_by_id.load(UUID(name))
    return None if row is None else await make.visible_budget(row)


async def _customer(make: Maker, name: str) -> Node | None:
    return await make.customer_by_id(UUID(name))


async def _handle(make: Maker, name: str) -> Node | None:
    return await make.handle_by_id(UUID(name))


async def _case(make: Maker, name: str) -> Node | None:
    return await make.case_by_id(UUID(name))


async def _entry(make: Maker, name: str) -> Node | None:
    return await make.entry_by_id(UUID(name))


async def _offer(make: Maker, name: str) -> Node | None:
    return await make.offer_by_id(UUID(name))


async def _attachment(make: Maker, name: str) -> Node | None:
    return await make.attachment_by_id(UUID(name))


async def _erasure(make: Maker, name: str) -> Node | None:
    return await make.erasure_by_id(UUID(name))


async def _restriction(make: Maker, name: str) -> Node | None:
    return await make.restriction_by_id(UUID(name))


async def _merge(make: Maker, name: str) -> Node | None:
    return await make.merge_by_id(UUID(name))


async def _mention(make: Maker, name: str) -> Node | None:
    return await make.mention_by_id(UUID(name))


async def _publication(make: Maker, name: str) -> Node | None:
    return await make.publication_by_id(UUID(name))


async def _incident(make: Maker, name: str) -> Node | None:
    return await make.incident_by_id(UUID(name))


_NEEDED: dict[IdType | None, Permission] = {IdType.ERASURE: Permission.READ_ERASURES}
"""What one needs to see a thing of that kind; READ where it is not named. Privacy officers follow requests for erasure
without a right to read customers."""

_FINDERS: dict[IdType | None, Finder] = {
    IdType.AGENT: _agent,
    IdType.TEAM: _team,
    IdType.STAFF: _staff,
    IdType.BRAND: _brand,
    IdType.ACCOUNT: _account,
    IdType.BUDGET: _budget,
    IdType.CUSTOMER: _customer,
    IdType.HANDLE: _handle,
    IdType.CASE: _case,
    IdType.CONTACT: _entry,
    IdType.ATTACHMENT: _attachment,
    IdType.NOTE: _entry,
    IdType.GESTURE: _entry,
    IdType.ASSIGNMENT: _entry,
    IdType.COMMITMENT: _entry,
    IdType.OFFER: _offer,
    IdType.STATUS_CHANGE: _entry,
    IdType.ERASURE: _erasure,
    IdType.RESTRICTION: _restriction,
    IdType.MERGE: _merge,
    IdType.MENTION: _mention,
    IdType.INCIDENT: _incident,
    IdType.PUBLICATION: _publication,
}
