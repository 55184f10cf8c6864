"""Making a mention a contact of a case: what taking it up and its author's going on have in common."""

from __future__ import annotations

from datetime import datetime

from contracts.stored import Record, Row, Stream
from services.case.commands.judging import as_case, heed
from services.case.commands.placing import Newcomers, place_contact, with_facts
from services.case.commands.recognising import recognise
from services.case.domain.case import Case
from services.case.domain.customer import Customer
from services.case.domain.handles import claims_of
from services.case.domain.mention import Mention
from services.case.domain.policy import CasePolicy
from services.case.domain.texts import NAME_LENGTH_MAX, excerpt
from services.case.domain.triage import Triage
from services.case.ports import Directory


async def take_up(
    mention: Mention,
    *,
    triage: Triage,
    newcomers: Newcomers,
    at: datetime,
    record: Record,
    directory: Directory,
    policy: CasePolicy,
) -> tuple[Customer, Case]:
    """Give an open mention its customer and its case, as if it had just come in, but when it was said."""
    content = mention.content
    claims = claims_of(content.handles, policy.region) if content else ()
    customer, handle_id = await recognise(
        claims,
        mention.assurance,
        name=excerpt(content.sender_name, NAME_LENGTH_MAX) if content else None,
        new_id=newcomers.customer_id,
        at=at,
        record=record,
        directory=directory,
    )
    contact = mention.as_contact(customer_id=customer.id, handle_id=handle_id, triage=triage, due_from=at)
    case = await place_contact(
        contact,
        customer,
        newcomers=newcomers,
        at=at,
        policy=policy,
        record=record,
        directory=directory,
    )
    heed(case, triage, mention, policy.triage, at)
    return customer, case


def join(mention: Mention, customer: Customer, case: Case, *, policy: CasePolicy, why: str, at: datetime) -> None:
    """Put an open mention of the same author on the same case."""
    content = mention.content
    claims = claims_of(content.handles, policy.region) if content else ()
    handle_id = customer.handle_of(claims[0]) if claims else None
    triage = as_case(mention, policy.triage, why, at)
    case.attach(mention.as_contact(customer_id=customer.id, handle_id=handle_id, triage=triage, due_from=at), at=at)
    heed(case, triage, mention, policy.triage, at)


def promoted(mention: Mention, case: Case, at: datetime) -> tuple[tuple[Stream, ...], tuple[Row, ...]]:
    """The mention's own part of it: its words go, for they stand on the case now."""
    withheld = mention.promote(case_id=case.id, customer_id=case.customer_id, at=at)
    return with_facts(mention), (withholding(mention, withheld),)


def withholding(mention: Mention, withheld: tuple[int, ...]) -> Row:
    """What takes the envelopes away that a fact of the mention says are gone."""
    return Row("withhold_envelopes", (mention.id, list(withheld)))
