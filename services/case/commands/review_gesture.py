"""A second person says what they found of a gesture that was given."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.controls import Controls
from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Refusal, RefusalCode
from services.case.domain.control_signs import ReviewOutcome
from services.case.domain.gesture_control import GestureControl, gesture_control_id
from services.case.domain.permissions import Permission, require


class ReviewGesture(msgspec.Struct, frozen=True):
    """`reason`: one of the configured codes; what is not FINE needs one."""

    gesture_id: UUID
    outcome: ReviewOutcome
    reason: str | None


async def review_gesture(
    command: ReviewGesture, context: CommandContext, *, record: Record, controls: Controls
) -> Committed:
    """Record it, once. Nothing becomes of the gesture by it. Outcome: `gesture_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, SELF_APPROVAL, NOT_AWAITING_APPROVAL, REASON_UNKNOWN, INVALID_INPUT (a reason is
            missing).
    """
    require(context.actor, Permission.REVIEW_GESTURE)
    if command.reason is not None and command.reason not in controls.review_reasons:
        known = ", ".join(controls.review_reasons)
        raise Refusal(RefusalCode.REASON_UNKNOWN, f"expected one of {known}", "reason")
    if command.reason is None and command.outcome is not ReviewOutcome.FINE:
        raise Refusal(RefusalCode.INVALID_INPUT, "expected what is to be said about it, as a code", "reason")
    control_id = gesture_control_id(command.gesture_id)

    async def decide() -> Work:
        control = await record.load(GestureControl, control_id)
        if control is None:
            raise Refusal(RefusalCode.NOT_FOUND, "this gesture is not up for a second read", "gestureId")
        control.review(by=context.actor, outcome=command.outcome, reason=command.reason, at=context.at)
        return Work(streams=(control,), outcome={"gesture_id": str(command.gesture_id)})

    return await record.transact(context, decide, serialise_on=(control_id,))
