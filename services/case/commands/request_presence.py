"""Somebody at the desk says to be here, away or gone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Presence, Refusal, RefusalCode
from services.case.domain.desk_request import DeskRequest
from services.case.domain.permissions import Permission, require


class RequestPresence(msgspec.Struct, frozen=True):
    """The request `request_id` for the agent of that ref. `until`: when to take it back, None: until changed.

    `hand_over`: the agent does not come back to the open cases, which go to others.
    """

    request_id: UUID
    agent_ref: str
    presence: Presence
    until: datetime | None = None
    hand_over: bool = False


async def request_presence(command: RequestPresence, context: CommandContext, *, record: Record) -> Committed:
    """Ask routing. Its answer arrives as the row `request_id` of desk_requests. Outcome: `request_id`.

    Raises:
        Refusal: FORBIDDEN (somebody else's presence), INVALID_INPUT (until not ahead, here and handing over).
    """
    own = command.agent_ref == context.actor.ref
    require(context.actor, Permission.SET_OWN_PRESENCE if own else Permission.SET_ANY_PRESENCE)

    async def decide() -> Work:
        if command.until is not None and command.until <= context.at:
            raise Refusal(RefusalCode.INVALID_INPUT, "must be ahead", "until")
        if command.hand_over and command.presence is Presence.ONLINE:
            raise Refusal(RefusalCode.INVALID_INPUT, "who is here keeps the open cases", "handOver")
        request = DeskRequest.for_presence(
            request_id=command.request_id,
            agent_ref=command.agent_ref,
            presence=command.presence,
            until=command.until,
            hand_over=command.hand_over,
            at=context.at,
        )
        return Work(streams=(request,), outcome={"request_id": str(command.request_id)})

    return await record.transact(context, decide)
