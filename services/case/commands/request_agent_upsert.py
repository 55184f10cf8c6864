"""A lead sets up or changes an agent."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Refusal, RefusalCode
from services.case.domain.desk_request import DeskRequest, check_agent
from services.case.domain.desk_request_facts import AgentWish
from services.case.domain.permissions import Permission, require


class RequestAgentUpsert(msgspec.Struct, frozen=True):
    """The request `request_id`; a field of the wish that is None stays as it is."""

    request_id: UUID
    agent: AgentWish


async def request_agent_upsert(command: RequestAgentUpsert, context: CommandContext, *, record: Record) -> Committed:
    """Ask routing. Its answer arrives as the row `request_id` of desk_requests. Outcome: `request_id`.

    Raises:
        Refusal: FORBIDDEN, SELF_GRANT (the own budget), INVALID_INPUT naming the field.
    """
    require(context.actor, Permission.UPSERT_AGENT)
    check_agent(command.agent)
    if command.agent.budgets is not None and command.agent.ref == context.actor.ref:
        raise Refusal(RefusalCode.SELF_GRANT, "nobody changes an own grant or limit", "budgets")

    async def decide() -> Work:
        request = DeskRequest.for_agent(
            request_id=command.request_id, agent=command.agent, requested_by=context.actor.ref, at=context.at
        )
        return Work(streams=(request,), outcome={"request_id": str(command.request_id)})

    return await record.transact(context, decide)
