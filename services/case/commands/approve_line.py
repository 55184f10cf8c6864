"""The press desk, or a lead, says how the house puts it in a matter: who says the same needs nobody's yes."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import GuardVerdict
from services.case.commands.deciding import check_speaks_for_all
from services.case.commands.finding import check_usable, find_case
from services.case.commands.versions import check_version
from services.case.domain.guard_facts import LineApproved
from services.case.domain.guards.draft import Finding
from services.case.domain.guards.looking import PERSONAL_DATA
from services.case.domain.guards.refusal import GuardRefusal
from services.case.domain.policy import CasePolicy
from services.case.domain.publicity import Known, personal_data
from services.case.domain.texts import NOTE_LENGTH_MAX, checked_text


class ApproveLine(msgspec.Struct, frozen=True):
    """The line `line_id` for a case."""

    case_id: UUID
    line_id: UUID
    text: str


async def approve_line(
    command: ApproveLine, context: CommandContext, *, record: Record, policy: CasePolicy
) -> Committed:
    """Put the line on the case. Outcome: `case_id`, `note_id` (as which the timeline shows it).

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, VERSION_CONFLICT, CUSTOMER_ERASED, CUSTOMER_RESTRICTED, CASE_RESOLVED,
            INVALID_INPUT (text empty), TEXT_TOO_LONG.
        GuardRefusal: PUBLIC_PERSONAL_DATA, it is nothing that everybody may read.
    """
    await check_speaks_for_all(record, context.actor, policy.guards)
    text = checked_text(command.text, "text", length_max=NOTE_LENGTH_MAX)
    if found := personal_data(text, Known(order_numbers=policy.guards.order_numbers)):
        reason = f"everybody would read {', '.join(found)}"
        raise GuardRefusal([Finding(PERSONAL_DATA, GuardVerdict.BLOCK, reason)], "text")

    async def decide() -> Work:
        case = await find_case(record, command.case_id, "caseId")
        check_version(case, context)
        await check_usable(record, case, at=context.at)
        case.check_not_erased()
        case.check_not_resolved()
        case.trigger_event(
            LineApproved,
            timestamp=context.at,
            line_id=command.line_id,
            customer_id=case.customer_id,
            approver_ref=context.actor.ref,
            text=text,
        )
        return Work(streams=(case,), outcome={"case_id": str(case.id), "note_id": str(command.line_id)})

    return await record.transact(context, decide, serialise_on=(command.case_id,))
