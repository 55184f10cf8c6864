"""What we said in a channel's own app, before everybody: it names nobody, and goes where what it answers is."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.stored import Record, Work
from services.case.commands.judging import as_case
from services.case.commands.placing import Newcomers, with_facts
from services.case.commands.promoting import promoted, take_up
from services.case.domain.case import Case
from services.case.domain.case_contact import ContactToAttach
from services.case.domain.mention import Mention
from services.case.domain.policy import CasePolicy
from services.case.ports import Directory

ANSWERED = "we answered it in the channel's own app"


async def echoed(
    echo: ContactToAttach,
    answered_id: UUID,
    *,
    newcomers: Newcomers,
    at: datetime,
    policy: CasePolicy,
    record: Record,
    directory: Directory,
) -> Work:
    """Put it on the case of what it answers; a mention becomes one. Nothing where that is not on record (any more).

    `echo`: with a customer still to be found.

    Outcome: `case_id`, `contact_id`, `customer_id`.
    """
    answered = await directory.find_contact(answered_id)
    case = None if answered is None else await record.load(Case, answered.case_id)
    if answered is not None and case is not None and not case.erased:
        known = case.contacts.get(answered.contact_id)
        case.attach(_to(echo, case, answered.contact_id, None if known is None else known.handle_id), at=at)
        return Work(streams=with_facts(case), outcome=_outcome(case, echo))
    mention = await record.load(Mention, answered_id)
    if mention is None or not mention.is_open:
        return Work()
    customer, case = await take_up(
        mention,
        triage=as_case(mention, policy.triage, ANSWERED, at),
        newcomers=newcomers,
        at=at,
        record=record,
        directory=directory,
        policy=policy,
    )
    case.attach(_to(echo, case, mention.id, case.contacts[mention.id].handle_id), at=at)
    streams, rows = promoted(mention, case, at)
    return Work(streams=(*with_facts(customer, case), *streams), rows=rows, outcome=_outcome(case, echo))


def _to(echo: ContactToAttach, case: Case, answered_id: UUID, handle_id: UUID | None) -> ContactToAttach:
    return msgspec.structs.replace(echo, customer_id=case.customer_id, handle_id=handle_id, in_reply_to=answered_id)


def _outcome(case: Case, echo: ContactToAttach) -> dict[str, str]:
    return {"case_id": str(case.id), "contact_id": str(echo.contact_id), "customer_id": str(case.customer_id)}
