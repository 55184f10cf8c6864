"""An agent is not to handle a customer: open cases go to others at once, and no rule gives the agent another one."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Stream, Work
from contracts.vocabulary import ExclusionReason
from services.routing.commands.decision import ROUTER
from services.routing.commands.taking_away import taken_away
from services.routing.domain.duo import Duo, duo_id
from services.routing.ports import Floor, Record


class ExcludeAgent(msgspec.Struct, frozen=True):
    """The agent is not to handle the customer, or (`excluded` False) may again."""

    customer_id: UUID
    agent_id: UUID
    excluded: bool
    reason: ExclusionReason


async def exclude_agent(command: ExcludeAgent, context: CommandContext, *, record: Record, floor: Floor) -> Committed:
    """Note it, and decide the customer's unsettled cases anew that the agent has, or is asked to take.

    Readmitted, the agent gets nothing back at once: cases stay with whoever has them by then.
    """

    async def decide() -> Work:
        duo = await record.load(Duo, duo_id(command.customer_id))
        duo = duo or Duo.meet(customer_id=command.customer_id, at=context.at)
        moved: list[Stream] = []
        if not command.excluded:
            duo.readmit(agent_id=command.agent_id, at=context.at)
        elif command.agent_id not in duo.excluded:
            duo.exclude(agent_id=command.agent_id, reason=command.reason, at=context.at)
            barred = frozenset({command.agent_id})
            moved += await taken_away(
                command.customer_id, command.agent_id, context, barred=barred, record=record, floor=floor
            )
        return Work(streams=tuple(each for each in (duo, *moved) if each.pending_events))

    return await record.transact(context, decide, serialise_on=(ROUTER,))
