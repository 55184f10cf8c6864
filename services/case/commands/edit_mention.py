"""An author changed the words of something that may be no case's: where it asks something now, it is."""

from __future__ import annotations

import msgspec

from contracts.content import EditContent
from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import TriageOutcome
from services.case.commands.edit_contact import EditContact
from services.case.commands.editing import edited_on_its_case
from services.case.commands.judging import utterance_of
from services.case.commands.placing import Newcomers, with_facts
from services.case.commands.promoting import promoted, take_up
from services.case.domain.mention import Mention
from services.case.domain.policy import CasePolicy
from services.case.domain.triage import Triage, triage
from services.case.ports import Directory


async def edit_mention(
    command: EditContact,
    newcomers: Newcomers,
    context: CommandContext,
    *,
    record: Record,
    directory: Directory,
    policy: CasePolicy,
) -> Committed:
    """Record the edit where it belongs: on the contact's case, else on the mention. Of neither it is nothing.

    `newcomers`: used where the mention asks something now. Outcome: empty.
    """

    async def decide() -> Work:
        edit = (command.contact_id, command.edited_at, command.content)
        on_case = await edited_on_its_case(*edit, at=context.at, record=record, directory=directory)
        if on_case is not None:
            return on_case
        mention = await record.load(Mention, command.contact_id)
        if mention is None or not mention.is_open:
            return Work()
        judged = _judged(mention, command.content, policy)
        mention.edit(edited_at=command.edited_at, triage=judged, content=command.content, at=context.at)
        if judged.outcome is not TriageOutcome.CASE:
            return Work(streams=with_facts(mention))
        customer, case = await take_up(
            mention,
            triage=judged,
            newcomers=newcomers,
            at=context.at,
            record=record,
            directory=directory,
            policy=policy,
        )
        streams, rows = promoted(mention, case, context.at)
        return Work(streams=(*with_facts(customer, case), *streams), rows=rows)

    return await record.transact(context, decide, serialise_on=(command.contact_id,))


def _judged(mention: Mention, content: EditContent | None, policy: CasePolicy) -> Triage:
    said = utterance_of(mention, policy.triage, mention.occurred_at)
    said = msgspec.structs.replace(said, text=(content.text if content else None) or "")
    return triage(said, policy.triage)
