"""An agent puts a contact where it belongs: into another case of its customer, or into a new one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Row, Work
from contracts.vocabulary import Refusal, RefusalCode
from services.case.commands.finding import find_case, find_customer
from services.case.commands.placing import open_case, with_facts
from services.case.domain.case import Case
from services.case.domain.case_contact import ContactToAttach
from services.case.domain.customer import Customer
from services.case.domain.moving import as_moved, bring_along, check_movable, take_out
from services.case.domain.permissions import Permission, require
from services.case.domain.policy import CasePolicy
from services.case.domain.texts import NOTE_LENGTH_MAX, checked_text
from services.case.ports import Directory


class MoveContact(msgspec.Struct, frozen=True, kw_only=True):
    """The contact goes to exactly one of the case `to_case_id` and a new case (`to_new_case`), named `new_case_id`."""

    contact_id: UUID
    new_case_id: UUID
    reason: str
    to_case_id: UUID | None = None
    to_new_case: bool = False


async def move_contact(
    command: MoveContact, context: CommandContext, *, record: Record, directory: Directory, policy: CasePolicy
) -> Committed:
    """Take it off one case and put it on the other, at one stroke. Outcome: `from_case_id`, `to_case_id`, `contact_id`.

    What is moved stays its customer's: a case of another record is refused, also of one that is merged with this one,
    since parting them would part the contact from its address.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND (contact, toCaseId), CASE_RESOLVED (toCaseId), CUSTOMER_ERASED, INVALID_INPUT (not
            exactly one target; the case it is in; another customer's; an answer; words that are gone; no reason),
            TEXT_TOO_LONG.
    """
    require(context.actor, Permission.RECORD_CONTACT)
    if (command.to_case_id is not None) == command.to_new_case:
        raise Refusal(RefusalCode.INVALID_INPUT, "either to a case or to a new one", "toCaseId")
    reason = checked_text(command.reason, "reason", length_max=NOTE_LENGTH_MAX)

    async def decide() -> Work:
        known = await directory.find_contact(command.contact_id)
        if known is None:
            raise Refusal(RefusalCode.NOT_FOUND, "no such contact", "contactId")
        source = await find_case(record, known.case_id, "contactId")
        attached, contact = check_movable(source, known.contact_id)
        customer = await find_customer(record, source.customer_id, "contactId")
        customer.check_not_erased("contactId")
        moved = as_moved(source, attached, contact, context.at)
        target = await _into(
            command, source, moved, customer, at=context.at, record=record, directory=directory, policy=policy
        )
        bring_along(target, contact, at=context.at)
        withheld = take_out(source, moved.contact_id, to_case_id=target.id, reason=reason, at=context.at)
        return Work(
            streams=with_facts(customer, source, target),
            rows=(Row("withhold_envelopes", (source.id, list(withheld))),),
            outcome={
                "from_case_id": str(source.id),
                "to_case_id": str(target.id),
                "contact_id": str(moved.contact_id),
            },
        )

    return await record.transact(context, decide, serialise_on=(command.contact_id,))


async def _into(
    command: MoveContact,
    source: Case,
    moved: ContactToAttach,
    customer: Customer,
    *,
    at: datetime,
    record: Record,
    directory: Directory,
    policy: CasePolicy,
) -> Case:
    """The case it comes into, with the contact on it. A new one is announced to routing like any other."""
    if command.to_case_id is None:
        return await open_case(moved, customer, case_id=command.new_case_id, at=at, directory=directory, policy=policy)
    if command.to_case_id == source.id:
        raise Refusal(RefusalCode.INVALID_INPUT, "it is in that case", "toCaseId")
    target = await find_case(record, command.to_case_id, "toCaseId")
    if target.customer_id != source.customer_id:
        raise Refusal(RefusalCode.INVALID_INPUT, "the case is another customer's", "toCaseId")
    if target.erased:
        raise Refusal(RefusalCode.CUSTOMER_ERASED, "what was said in that case is gone", "toCaseId")
    if target.is_resolved:
        raise Refusal(RefusalCode.CASE_RESOLVED, "the case is resolved: reopen it first", "toCaseId")
    target.attach(moved, at=at)
    return target
