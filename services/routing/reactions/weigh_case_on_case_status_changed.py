"""A case waits, is settled or is ours again: what its agent carries changes, and a reopened one goes back."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from contracts.case import CaseStatusChanged
from contracts.envelope import Message
from contracts.stored import CommandContext
from services.routing.commands.move_case import MoveCase, move_case
from services.routing.ports import Floor, Record


async def weigh_case_on_case_status_changed(
    message: Message, context: CommandContext, *, record: Record, floor: Floor, wake: Callable[[], None]
) -> None:
    """Note the status; then whatever waits for room is looked at again (`wake`)."""
    told = msgspec.json.decode(message.data, type=CaseStatusChanged)
    command = MoveCase(case_id=told.case_id, status=told.status, waiting_for=told.waiting_for, reopened=told.reopened)
    await move_case(command, context, record=record, floor=floor)
    wake()
