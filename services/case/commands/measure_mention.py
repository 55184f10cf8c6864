"""What asked nothing of us travels farther than it did: where it is somebody's now, it is taken up."""

from __future__ import annotations

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import TriageOutcome
from services.case.commands.hasten_case import HastenCase
from services.case.commands.judging import call_press, utterance_of
from services.case.commands.placing import Newcomers, with_facts
from services.case.commands.promoting import promoted, take_up
from services.case.domain.mention import Mention
from services.case.domain.policy import CasePolicy
from services.case.domain.triage import Opinion, Triage, TriagePolicy, triage
from services.case.domain.utterance import Utterance
from services.case.ports import Directory


async def measure_mention(
    command: HastenCase,
    newcomers: Newcomers,
    context: CommandContext,
    *,
    record: Record,
    directory: Directory,
    policy: CasePolicy,
) -> Committed:
    """Judge an open mention by the new measure, as if it had come with it. `newcomers`: used where it is a case now.

    Outcome: `case_id` where it is, else empty.
    """

    async def decide() -> Work:
        mention = await record.load(Mention, command.contact_id)
        if mention is None or not mention.is_open:
            return Work()
        said = _said(mention, command, policy.triage)
        judged = _judged(mention, said, policy.triage)
        if judged.outcome is not TriageOutcome.CASE:
            return Work()
        customer, case = await take_up(
            mention,
            triage=judged,
            newcomers=newcomers,
            at=context.at,
            record=record,
            directory=directory,
            policy=policy,
        )
        call_press(case, said, policy.triage, context.at)
        streams, rows = promoted(mention, case, context.at)
        return Work(streams=(*with_facts(customer, case), *streams), rows=rows, outcome={"case_id": str(case.id)})

    return await record.transact(context, decide, serialise_on=(command.contact_id,))


def _said(mention: Mention, command: HastenCase, policy: TriagePolicy) -> Utterance:
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
