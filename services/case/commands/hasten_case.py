"""What a customer said in public travels farther than it did: the case is sooner, and the press desk called to it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Direction
from services.case.commands.judging import call_press, sooner
from services.case.commands.placing import with_facts
from services.case.domain.case import Case
from services.case.domain.policy import CasePolicy
from services.case.domain.triage import urgency
from services.case.domain.utterance import Reach, Utterance
from services.case.ports import Directory


class HastenCase(msgspec.Struct, frozen=True):
    """How often the contact has been met by then."""

    contact_id: UUID
    measured_at: datetime
    reach: Reach


async def hasten_case(
    command: HastenCase, context: CommandContext, *, record: Record, directory: Directory, policy: CasePolicy
) -> Committed:
    """Judge by the new measure, as if it had come with it; what is on no case, or over, is left as it is."""

    async def decide() -> Work:
        known = await directory.find_contact(command.contact_id)
        case = None if known is None else await record.load(Case, known.case_id)
        contact = None if known is None or case is None else case.contacts.get(known.contact_id)
        if case is None or contact is None or contact.direction is not Direction.INBOUND:
            return Work()
        said = Utterance(
            channel=contact.channel,
            account=contact.account or "",
            kind=contact.kind,
            visibility=contact.visibility,
            text="",
            reach=command.reach,
            age_seconds=max(0.0, (command.measured_at - contact.occurred_at).total_seconds()),
        )
        priority, reason = urgency(said, policy.triage.reach)
        sooner(case, priority, reason, context.at)
        call_press(case, said, policy.triage, context.at)
        return Work(streams=with_facts(case))

    return await record.transact(context, decide)
