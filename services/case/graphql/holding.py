"""Who holds an address that somebody typed, or is called by an id of another system."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from contracts.vocabulary import HandleAssurance, Refusal
from services.case.domain.handles import checked
from services.case.domain.identity import keys_to_look_up, link
from services.case.queries.customers import customer_of_external_id

if TYPE_CHECKING:
    from services.case.graphql.context import RequestContext
    from services.case.graphql.inputs import ExternalIdInput, HandleInput


async def holder_of(context: RequestContext, handle: HandleInput) -> UUID | None:
    """The customer to whom a contact that an agent writes down for this address would go, or None."""
    context.accessed.searched()
    try:
        claim = checked(handle.kind, handle.value, context.deps.policy.region, "by", "handle", "value")
    except Refusal:
        return None  # no address of that kind: nobody has it
    holdings = await context.deps.directory.holders(keys_to_look_up((claim,)))
    return link((claim,), HandleAssurance.AGENT_RECORDED, holdings).customer_id


async def called_so(context: RequestContext, asked: ExternalIdInput) -> UUID | None:
    """The customer that another system calls so, or None; of several the one it has called so for longest."""
    context.accessed.searched()
    return await customer_of_external_id(context.database, asked.system.strip().lower(), asked.value.strip())
