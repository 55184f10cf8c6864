"""An agent begins a matter in which nothing was said yet: something is to be done for a customer, unasked."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import HandleKind, Refusal, RefusalCode
from services.case.commands.begin_case import Named, find_recipient, keep_case
from services.case.domain.case import Case
from services.case.domain.case_facts import SubjectGiven
from services.case.domain.contact_basis import ContactBasis
from services.case.domain.permissions import Permission, require
from services.case.domain.policy import CasePolicy
from services.case.domain.texts import PREVIEW_LENGTH_MAX, checked_text
from services.case.ports import Directory


class OpenCase(msgspec.Struct, frozen=True, kw_only=True):
    """The case `case_id`, for a customer named by id or by handle.

    `transfer_id`: of the wish that the agent who begins it has it.
    """

    case_id: UUID
    transfer_id: UUID
    customer_id: UUID | None = None
    handle: tuple[HandleKind, str] | None = None
    basis: ContactBasis
    subject: str | None = None
    brand: str | None = None


async def open_case(
    command: OpenCase, context: CommandContext, *, record: Record, directory: Directory, policy: CasePolicy
) -> Committed:
    """Open the case: we are to move, and an agent who opens it has it; else routing finds somebody. Outcome: `case_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND (customer), INVALID_INPUT (it says neither subject nor message),
            CUSTOMER_ERASED, CUSTOMER_RESTRICTED (also at basis: the customer objected).
    """
    require(context.actor, Permission.OPEN_CASE)
    if command.subject is None:
        raise Refusal(RefusalCode.INVALID_INPUT, "without a first message: say what it is about", "subject")
    subject = checked_text(command.subject, "subject", length_max=PREVIEW_LENGTH_MAX)

    async def decide() -> Work:
        named = Named(command.customer_id, command.handle)
        customer = await find_recipient(
            named, command.basis, context, record=record, directory=directory, policy=policy
        )
        case = Case.begin(
            case_id=command.case_id,
            number=await directory.next_case_number(),
            customer_id=customer.id,
            brand=command.brand,
            basis=command.basis,
            at=context.at,
        )
        case.trigger_event(SubjectGiven, timestamp=context.at, customer_id=customer.id, subject=subject)
        await keep_case(case, command.transfer_id, context, record)
        customer.begin_case(case_id=case.id, at=context.at)
        return Work(streams=(customer, case), outcome={"case_id": str(case.id)})

    return await record.transact(context, decide, serialise_on=(command.case_id,))
