"""A lead says when an agent works."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_active_agent
from services.case.domain.desk_request import DeskRequest
from services.case.domain.permissions import Permission, require
from services.case.domain.rosters import RosterWish, checked_roster


class RequestRoster(msgspec.Struct, frozen=True):
    """The request `request_id`."""

    request_id: UUID
    agent_id: UUID
    roster: RosterWish


async def request_roster(command: RequestRoster, context: CommandContext, *, record: Record) -> Committed:
    """Ask routing. Its answer arrives as the row `request_id` of desk_requests. Outcome: `request_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND (no such agent is with us), INVALID_INPUT naming the field.
    """
    require(context.actor, Permission.SET_ROSTER)
    roster = checked_roster(command.roster)

    async def decide() -> Work:
        agent = await find_active_agent(record, command.agent_id, "agentId")
        request = DeskRequest.for_roster(
            request_id=command.request_id,
            agent_ref=agent.card.ref,
            roster=roster,
            requested_by=context.actor.ref,
            at=context.at,
        )
        return Work(streams=(request,), outcome={"request_id": str(command.request_id)})

    return await record.transact(context, decide)
