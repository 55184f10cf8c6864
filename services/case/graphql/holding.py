"""Who holds an address that somebody typed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from contracts.vocabulary import HandleAssurance, Refusal
from services.case.domain.handles import checked
from services.case.domain.identity import keys_to_look_up, link

if TYPE_CHECKING:
    from services.case.graphql.context import RequestContext
    from services.case.graphql.inputs import HandleInput


async def holder_of(context: RequestContext, handle: HandleInput) -> UUID | None:
    """The customer to whom a contact that an agent writes down for this address would go, or None."""
    context.accessed.searched()
    try:
        claim = checked(handle.kind, handle.value, context.deps.policy.region, "by", "handle", "value")
    except Refusal:
        return None  # no address of that kind: nobody has it
    holdings = await context.deps.directory.holders(keys_to_look_up((claim,)))
    return link((claim,), HandleAssurance.AGENT_RECORDED, holdings).customer_id
