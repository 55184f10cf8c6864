"""What stands in one entry of a timeline must not be kept."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Row, Work
from contracts.vocabulary import Refusal, RefusalCode
from services.case.commands.finding import find_case, find_customer
from services.case.commands.sending_along import withhold_files, withholding_rows
from services.case.domain.customer import Customer
from services.case.domain.permissions import Permission, require
from services.case.domain.redacting import redact
from services.case.domain.redaction import Redaction
from services.case.domain.texts import NOTE_LENGTH_MAX, checked_text
from services.case.ports import Directory


class RedactEntry(msgspec.Struct, frozen=True):
    """The redaction `redaction_id` of a contact, a note (in a case or about a customer) or a gesture, and why."""

    redaction_id: UUID
    entry_id: UUID
    reason: str


async def redact_entry(
    command: RedactEntry, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Withhold the entry's words, in every wording it had; an entry is redacted once as long as nothing is added to it.

    Outcome: `redaction_id`, of this redaction or of the one that was first.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND (no such entry, or nothing was said in it), INVALID_INPUT (reason empty),
            TEXT_TOO_LONG, CUSTOMER_ERASED, and LEGAL_HOLD or CUSTOMER_RESTRICTED for what stands in the way.
    """
    require(context.actor, Permission.REDACT_ENTRY)
    reason = checked_text(command.reason, "reason", length_max=NOTE_LENGTH_MAX)

    async def decide() -> Work:
        case_id = await directory.case_of_entry(command.entry_id)
        if case_id is None:
            return await _note_redacted(command, reason, context, record, directory)
        case = await find_case(record, case_id, "entryId")
        customer = await find_customer(record, case.customer_id, "entryId")
        _check_destroyable(customer, context)
        withheld = redact(
            case, redaction_id=command.redaction_id, entry_id=command.entry_id, reason=reason, at=context.at
        )
        if not withheld:
            first = case.said.redacted.get(command.entry_id)
            if first is None:
                raise Refusal(RefusalCode.NOT_FOUND, "nothing was said in it", "entryId")
            return Work(outcome={"redaction_id": str(first)})
        files = await withhold_files(record, case, command.entry_id, at=context.at)
        redaction = Redaction.begin(
            redaction_id=command.redaction_id,
            case_id=case.id,
            customer_id=case.customer_id,
            entry_id=command.entry_id,
            at=context.at,
        )
        return Work(
            streams=(case, redaction, *files.uploads),
            rows=(Row("withhold_envelopes", (case.id, list(withheld))), *withholding_rows(files)),
            outcome={"redaction_id": str(command.redaction_id)},
        )

    return await record.transact(context, decide, serialise_on=(command.entry_id,))


def _check_destroyable(customer: Customer, context: CommandContext) -> None:
    customer.check_not_erased("entryId")
    for block in customer.blocked_by(context.at):
        raise Refusal(block.why, "the customer's data may not be destroyed now", "entryId")


async def _note_redacted(
    command: RedactEntry, reason: str, context: CommandContext, record: Record, directory: Directory
) -> Work:
    """The same for what somebody noted of a customer, whatever the matter: it stands on the customer's own stream."""
    customer_id = await directory.customer_of_note(command.entry_id)
    if customer_id is None:
        raise Refusal(RefusalCode.NOT_FOUND, "no such entry", "entryId")
    customer = await find_customer(record, customer_id, "entryId")
    _check_destroyable(customer, context)
    withheld = customer.redact_note(
        note_id=command.entry_id, redaction_id=command.redaction_id, reason=reason, at=context.at
    )
    if not withheld:
        return Work(outcome={"redaction_id": str(customer.redacted[command.entry_id])})
    redaction = Redaction.begin(
        redaction_id=command.redaction_id,
        case_id=None,
        customer_id=customer.id,
        entry_id=command.entry_id,
        at=context.at,
    )
    return Work(
        streams=(customer, redaction),
        rows=(Row("withhold_envelopes", (customer.id, list(withheld))),),
        outcome={"redaction_id": str(command.redaction_id)},
    )
