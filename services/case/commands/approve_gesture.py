"""Another person says yes to a gesture above what the agent may give alone."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import id_of
from services.case.commands.finding import find_case_of_gesture
from services.case.commands.versions import check_version
from services.case.domain import gestures
from services.case.domain.permissions import Permission, require
from services.case.ports import Directory


class ApproveGesture(msgspec.Struct, frozen=True):
    """`amount_minor` None: as much as was asked, or as the first of two approvers said. `currency`: of that amount.

    Less is allowed, more is not.
    """

    gesture_id: UUID
    approval_id: UUID
    amount_minor: int | None = None
    currency: str | None = None


async def approve_gesture(
    command: ApproveGesture, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Record the approval and ask routing to hold the money on the team account of the asking agent.

    The approver's own limits are routing's to check: its refusal sets the gesture back to AWAITING_APPROVAL, with this
    `approval_id` and the code in its row. Nobody approves for the other one of the customer's duo, who stands in for
    them. Outcome: `case_id`, `gesture_id`, `approval_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, VERSION_CONFLICT, NOT_AWAITING_APPROVAL, SELF_APPROVAL, INVALID_INPUT (amount),
            CURRENCY_MISMATCH.
    """
    require(context.actor, Permission.DECIDE_GESTURE)

    async def decide() -> Work:
        case = await find_case_of_gesture(record, directory, command.gesture_id)
        check_version(case, context)
        duo = await directory.duo_of(case.customer_id)
        asked_by = case.gestures[command.gesture_id].agent_ref
        pair = {id_of("agent", asked_by), id_of("agent", context.actor.ref)}
        gestures.approve(
            case,
            gesture_id=command.gesture_id,
            approval_id=command.approval_id,
            approver=context.actor,
            amount_minor=command.amount_minor,
            currency=command.currency,
            stand_in=pair <= duo,
            at=context.at,
        )
        return Work(
            streams=(case,),
            outcome={
                "case_id": str(case.id),
                "gesture_id": str(command.gesture_id),
                "approval_id": str(command.approval_id),
            },
        )

    return await record.transact(context, decide, serialise_on=(command.gesture_id,))
