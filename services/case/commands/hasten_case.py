"""What was said in public travels farther than before: its case is sooner, or begins, and the press desk is called."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Direction, TriageOutcome
from services.case.commands.judging import call_press, sooner, utterance_of
from services.case.commands.placing import Newcomers, with_facts
from services.case.commands.promoting import promoted, take_up
from services.case.domain.case import Case
from services.case.domain.case_contact import CaseContact
from services.case.domain.mention import Mention
from services.case.domain.policy import CasePolicy
from services.case.domain.triage import Opinion, Triage, TriagePolicy, triage, urgency
from services.case.domain.utterance import Reach, Utterance
from services.case.ports import Directory


class HastenCase(msgspec.Struct, frozen=True):
    """How often the contact has been met by then."""

    contact_id: UUID
    measured_at: datetime
    reach: Reach


async def hasten_case(
    command: HastenCase,
    newcomers: Newcomers,
    context: CommandContext,
    *,
    record: Record,
    directory: Directory,
    policy: CasePolicy,
) -> Committed:
    """Judge by the new measure, as if it had come with it: on its case, else as an open mention.

    What is neither, or over, is left as it is. `newcomers`: used where the mention is a case now. Outcome: `case_id`
    where it is, else empty.
    """

    async def decide() -> Work:
        known = await directory.find_contact(command.contact_id)
        if known is None:
            return await _mention_judged(
                command, newcomers, context.at, record=record, directory=directory, policy=policy
            )
        case = await record.load(Case, known.case_id)
        contact = None if case is None else case.contacts.get(known.contact_id)
        if case is None or contact is None or contact.direction is not Direction.INBOUND:
            return Work()
        said = _said_on_case(contact, command)
        priority, reason = urgency(said, policy.triage.reach)
        sooner(case, priority, reason, context.at)
        call_press(case, said, policy.triage, context.at)
        return Work(streams=with_facts(case))

    return await record.transact(context, decide, serialise_on=(command.contact_id,))


async def _mention_judged(
    command: HastenCase,
    newcomers: Newcomers,
    at: datetime,
    *,
    record: Record,
    directory: Directory,
    policy: CasePolicy,
) -> Work:
    mention = await record.load(Mention, command.contact_id)
    if mention is None or not mention.is_open:
        return Work()
    said = _said_in_mention(mention, command, policy.triage)
    judged = _judged(mention, said, policy.triage)
    if judged.outcome is not TriageOutcome.CASE:
        return Work()
    customer, case = await take_up(
        mention, triage=judged, newcomers=newcomers, at=at, record=record, directory=directory, policy=policy
    )
    call_press(case, said, policy.triage, at)
    streams, rows = promoted(mention, case, at)
    return Work(streams=(*with_facts(customer, case), *streams), rows=rows, outcome={"case_id": str(case.id)})


def _said_on_case(contact: CaseContact, command: HastenCase) -> Utterance:
    return Utterance(
        channel=contact.channel,
        account=contact.account or "",
        kind=contact.kind,
        visibility=contact.visibility,
        text="",
        reach=command.reach,
        age_seconds=max(0.0, (command.measured_at - contact.occurred_at).total_seconds()),
    )


def _said_in_mention(mention: Mention, command: HastenCase, policy: TriagePolicy) -> Utterance:
    """It, as it is met now; how many follow its author was told when it came."""
    said = utterance_of(mention, policy, command.measured_at)
    reach = msgspec.structs.replace(command.reach, followers=said.reach.followers)
    return msgspec.structs.replace(said, reach=reach)


def _judged(mention: Mention, said: Utterance, policy: TriagePolicy) -> Triage:
    """By its words; where a classifier knew better what it is, that stands."""
    judged, known = triage(said, policy), mention.triage
    if judged.class_ is known.class_:
        return judged
    return triage(said, policy, Opinion(known.class_, known.sentiment, known.language))
