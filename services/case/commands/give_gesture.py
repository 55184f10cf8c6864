"""An agent gives the customer something, at own discretion."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import GestureKind
from services.case.commands.checking import check_budget, check_gesture, checked_reference
from services.case.commands.finding import check_usable, find_case
from services.case.commands.versions import check_version
from services.case.domain import gestures
from services.case.domain.permissions import Permission, require
from services.case.domain.policy import CasePolicy
from services.case.domain.texts import checked_note
from services.case.ports import Directory


class GiveGesture(msgspec.Struct, frozen=True):
    """The gesture `gesture_id`, its amount in minor units (see `domain/money.py`), its reason a configured code.

    `reference`: what it is about, `{"kind": …, "value": …, "url"?: …}`, kind as GraphQL's ReferenceKind.
    """

    case_id: UUID
    gesture_id: UUID
    kind: GestureKind
    amount_minor: int
    currency: str
    reason: str
    note: str | None = None
    reference: dict[str, str] | None = None


async def give_gesture(
    command: GiveGesture, context: CommandContext, *, record: Record, directory: Directory, policy: CasePolicy
) -> Committed:
    """Record the wish and ask routing to hold the money on the agent's account. Outcome: `case_id`, `gesture_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, VERSION_CONFLICT, CUSTOMER_ERASED, CUSTOMER_RESTRICTED, CASE_RESOLVED,
            REASON_UNKNOWN, INVALID_INPUT (amount not above zero, a refund of nothing named), CURRENCY_MISMATCH (no
            budget in that currency).
    """
    require(context.actor, Permission.GIVE_GESTURE)
    check_gesture(command.amount_minor, command.reason, policy)
    note = checked_note(command.note, "note")
    reference = checked_reference(command.kind, command.reference)

    async def decide() -> Work:
        case = await find_case(record, command.case_id, "caseId")
        check_version(case, context)
        await check_usable(record, case, at=context.at)
        await check_budget(directory, context, command.currency)
        gestures.request(
            case,
            gesture_id=command.gesture_id,
            agent=context.actor,
            kind=command.kind,
            amount_minor=command.amount_minor,
            currency=command.currency,
            reason=command.reason,
            note=note,
            reference=reference,
            at=context.at,
        )
        return Work(streams=(case,), outcome={"case_id": str(case.id), "gesture_id": str(command.gesture_id)})

    return await record.transact(context, decide, serialise_on=(command.case_id,))
