"""The controls run over a gesture that was given."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.controls import Controls
from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_case
from services.case.domain.control_signs import ControlFigures, is_sampled, signs_of
from services.case.domain.gesture_control import GestureControl, gesture_control_id


class LookAtGesture(msgspec.Struct, frozen=True):
    """A gesture, who gave it, who approved it last, and what the record says around it."""

    gesture_id: UUID
    case_id: UUID
    agent_ref: str
    approver_ref: str | None
    figures: ControlFigures


async def look_at_gesture(
    command: LookAtGesture, context: CommandContext, *, record: Record, controls: Controls
) -> Committed:
    """Record what is to be seen, once per gesture, whatever is configured later. Outcome: empty.

    Raises:
        Refusal: NOT_FOUND, no such case.
    """
    control_id = gesture_control_id(command.gesture_id)

    async def decide() -> Work:
        if await record.load(GestureControl, control_id) is not None:
            return Work()
        case = await find_case(record, command.case_id)
        approvers = (case.gestures[command.gesture_id].first_approver_ref, command.approver_ref)
        control = GestureControl.looked_at(
            gesture_id=command.gesture_id,
            case_id=command.case_id,
            agent_ref=command.agent_ref,
            approver_refs=tuple(dict.fromkeys(ref for ref in approvers if ref is not None)),
            sampled=is_sampled(command.gesture_id, controls.second_read_percent),
            signs=signs_of(command.figures, controls),
            at=context.at,
        )
        return Work(streams=(control,))

    return await record.transact(context, decide, serialise_on=(control_id,))
