"""Saying what a second read of a gesture found."""

from __future__ import annotations

from services.case.commands.review_gesture import ReviewGesture, review_gesture
from services.case.domain.gesture_control import gesture_control_id
from services.case.domain.permissions import Permission, require
from services.case.graphql.context import RequestContext
from services.case.graphql.ids import IdType
from services.case.graphql.mutations.running import carry_out, named, position_of
from services.case.graphql.types.reviews import GestureReviewRecordInput, GestureReviewRecordPayload


async def record(context: RequestContext, asked: GestureReviewRecordInput) -> GestureReviewRecordPayload:
    """Record what was found.

    Raises:
        Refusal: what the command refuses.
    """
    require(context.principal.actor, Permission.REVIEW_GESTURE)
    deps = context.deps
    gesture_id = named(IdType.GESTURE, asked.gesture_id, "gestureId")
    command = ReviewGesture(gesture_id, asked.outcome, asked.reason)
    done = await carry_out(
        context,
        "gestureReviewRecord",
        asked,
        lambda how: review_gesture(command, how, record=deps.record, controls=deps.policy.controls),
    )
    control_id = gesture_control_id(gesture_id)
    return GestureReviewRecordPayload(
        review=await context.make.review_by_id(gesture_id),
        position=await position_of(context, control_id, done.versions.get(control_id)),
    )
