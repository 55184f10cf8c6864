"""A person says who is to have a case: it is decided so, and whatever waits for room is looked at again."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from contracts.case import CaseTransferRequested
from contracts.envelope import Message
from contracts.stored import CommandContext
from services.routing.commands.transfer_case import TransferCase, transfer_case
from services.routing.ports import Floor, Record


async def transfer_case_on_case_transfer_requested(
    message: Message, context: CommandContext, *, record: Record, floor: Floor, wake: Callable[[], None]
) -> None:
    """Decide it under the transfer's id."""
    told = msgspec.json.decode(message.data, type=CaseTransferRequested)
    command = TransferCase(
        case_id=told.case_id,
        transfer_id=told.transfer_id,
        agent_id=told.agent_id,
        team_ref=told.team_ref,
        claimed=told.claimed,
    )
    await transfer_case(command, context, record=record, floor=floor)
    wake()
