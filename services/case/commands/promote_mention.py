"""An agent takes up a mention that nobody was to answer."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Refusal, RefusalCode
from services.case.commands.judging import PROMOTED, as_case
from services.case.commands.placing import Newcomers, with_facts
from services.case.commands.promoting import promoted, take_up
from services.case.domain.mention import Mention
from services.case.domain.permissions import Permission, require
from services.case.domain.policy import CasePolicy
from services.case.domain.texts import NOTE_LENGTH_MAX, checked_text
from services.case.ports import Directory


class PromoteMention(msgspec.Struct, frozen=True):
    """Why, in words, which stand on the case as the note `note_id`. `new_…`: used where there is none yet."""

    mention_id: UUID
    reason: str
    note_id: UUID
    new_case_id: UUID
    new_customer_id: UUID


async def promote_mention(
    command: PromoteMention, context: CommandContext, *, record: Record, directory: Directory, policy: CasePolicy
) -> Committed:
    """Make it a contact of a case, once: whoever comes second gets the same case. Outcome: `case_id`, `contact_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND (no such mention, taken back, or kept long enough), INVALID_INPUT (reason empty),
            TEXT_TOO_LONG.
    """
    require(context.actor, Permission.RECORD_CONTACT)
    reason = checked_text(command.reason, "reason", length_max=NOTE_LENGTH_MAX)

    async def decide() -> Work:
        mention = await record.load(Mention, command.mention_id)
        if mention is None:
            raise Refusal(RefusalCode.NOT_FOUND, "no such mention", "mentionId")
        if mention.case_id is not None:
            return Work(outcome={"case_id": str(mention.case_id), "contact_id": str(mention.id)})
        mention.check_open("mentionId")
        customer, case = await take_up(
            mention,
            triage=as_case(mention, policy.triage, PROMOTED, context.at),
            newcomers=Newcomers(customer_id=command.new_customer_id, case_id=command.new_case_id),
            at=context.at,
            record=record,
            directory=directory,
            policy=policy,
        )
        case.note(note_id=command.note_id, text=reason, at=context.at)
        streams, rows = promoted(mention, case, context.at)
        return Work(
            streams=(*with_facts(customer, case), *streams),
            rows=rows,
            outcome={"case_id": str(case.id), "contact_id": str(mention.id)},
        )

    return await record.transact(context, decide, serialise_on=(command.mention_id,))
