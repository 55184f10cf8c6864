"""Loading what a command is about, or refusing in the command's own words."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.stored import Record
from contracts.vocabulary import Refusal, RefusalCode
from services.case.domain.case import Case
from services.case.domain.customer import Customer
from services.case.domain.erasure import Erasure
from services.case.domain.incident import Incident
from services.case.domain.known_agent import KnownAgent
from services.case.domain.publication import PATH, Publication
from services.case.domain.redaction import Redaction
from services.case.ports import Directory


async def find_case(record: Record, case_id: UUID, *path: str) -> Case:
    """The case of that id.

    Raises:
        Refusal: NOT_FOUND at `path`.
    """
    case = await record.load(Case, case_id)
    if case is None:
        raise Refusal(RefusalCode.NOT_FOUND, "no such case", *path)
    return case


async def find_active_agent(record: Record, agent_id: UUID, *path: str) -> KnownAgent:
    """The agent of that id, who is with us.

    Raises:
        Refusal: NOT_FOUND at `path`.
    """
    agent = await record.load(KnownAgent, agent_id)
    if agent is None or not agent.card.active:
        raise Refusal(RefusalCode.NOT_FOUND, "no such agent is with us", *path)
    return agent


async def find_handler(record: Record, directory: Directory, case: Case, agent_id: UUID) -> KnownAgent:
    """The agent who asks for the case, is with us, and is not kept from its customer.

    Raises:
        Refusal: NOT_FOUND, FORBIDDEN at `caseId`.
    """
    agent = await find_active_agent(record, agent_id)
    if await directory.keeps_out(case.customer_id, agent_id):
        raise Refusal(RefusalCode.FORBIDDEN, "you are not to handle this customer", "caseId")
    return agent


async def find_customer(record: Record, customer_id: UUID, *path: str) -> Customer:
    """The customer of that id.

    Raises:
        Refusal: NOT_FOUND at `path`.
    """
    customer = await record.load(Customer, customer_id)
    if customer is None:
        raise Refusal(RefusalCode.NOT_FOUND, "no such customer", *path)
    return customer


async def find_incident(record: Record, incident_id: UUID, *path: str) -> Incident:
    """The incident of that id.

    Raises:
        Refusal: NOT_FOUND at `path`.
    """
    incident = await record.load(Incident, incident_id)
    if incident is None:
        raise Refusal(RefusalCode.NOT_FOUND, "no such incident", *path)
    return incident


async def find_publication(record: Record, publication_id: UUID) -> Publication:
    """The publication of that id.

    Raises:
        Refusal: NOT_FOUND at publicationId.
    """
    publication = await record.load(Publication, publication_id)
    if publication is None:
        raise Refusal(RefusalCode.NOT_FOUND, "no such publication", PATH)
    return publication


async def find_whole(record: Record, customer: Customer) -> Customer:
    """The customer as whom this one is shown: itself, unless it is merged into another."""
    while customer.merged is not None:
        customer = await find_customer(record, customer.merged.target_id)
    return customer


async def are_one(record: Record, one: Customer, other: Customer) -> bool:
    """Whether both are shown as the same one."""
    return one.id == other.id or (await find_whole(record, one)).id == (await find_whole(record, other)).id


async def find_shown_as_one(record: Record, customer: Customer) -> list[Customer]:
    """Everybody who is shown as the same one as this customer: as whom they are shown first, itself included.

    Who was merged may have been merged into before, so those are found by whom they themselves received.
    """
    found = [await find_whole(record, customer)]
    for each in found:
        found += [await find_customer(record, source_id) for source_id in each.received.values()]
    return found


async def check_customer_usable(record: Record, customer: Customer, *path: str, at: datetime) -> None:
    """Let pass while the data of the customer, and of all who are shown as the same one, may be used: it is one person.

    Raises:
        Refusal: CUSTOMER_ERASED, CUSTOMER_RESTRICTED at `path`.
    """
    for each in await find_shown_as_one(record, customer):
        each.check_usable(at, *path)


async def check_usable(record: Record, case: Case, *, at: datetime) -> None:
    """Let pass while the case's customer may be answered and given something.

    Raises:
        Refusal: CUSTOMER_ERASED, CUSTOMER_RESTRICTED at caseId.
    """
    customer = await record.load(Customer, case.customer_id)
    if customer is not None:
        await check_customer_usable(record, customer, "caseId", at=at)


async def why_not_usable(record: Record, case: Case, *, at: datetime) -> RefusalCode | None:
    """Why the case's customer may not be answered now, with what is held for them too; None: they may."""
    try:
        await check_usable(record, case, at=at)
    except Refusal as refusal:
        return refusal.code
    known = await known_handles(record, case)
    held = {settlement.handle_id for settlement in case.settlements.values()}
    return RefusalCode.NO_HANDLE_FOR_CHANNEL if held - known - {None} else None


async def known_handles(record: Record, case: Case) -> frozenset[UUID]:
    """The addresses of the case's customer, without those that were taken off."""
    customer = await record.load(Customer, case.customer_id)
    return frozenset() if customer is None else frozenset(customer.handles)


async def find_erasure(record: Record, request_id: UUID, *path: str) -> Erasure:
    """The request for erasure of that id.

    Raises:
        Refusal: NOT_FOUND at `path`.
    """
    erasure = await record.load(Erasure, request_id)
    if erasure is None:
        raise Refusal(RefusalCode.NOT_FOUND, "no such request", *path)
    return erasure


async def find_redaction(record: Record, redaction_id: UUID) -> Redaction:
    """The redaction of that id.

    Raises:
        Refusal: NOT_FOUND.
    """
    redaction = await record.load(Redaction, redaction_id)
    if redaction is None:
        raise Refusal(RefusalCode.NOT_FOUND, "no such redaction")
    return redaction


async def find_case_of_gesture(record: Record, directory: Directory, gesture_id: UUID) -> Case:
    """The case a gesture was given in.

    Raises:
        Refusal: NOT_FOUND at gestureId.
    """
    case_id = await directory.case_of_entry(gesture_id)
    case = None if case_id is None else await record.load(Case, case_id)
    if case is None or gesture_id not in case.gestures:
        raise Refusal(RefusalCode.NOT_FOUND, "no such gesture", "gestureId")
    return case


async def find_case_of_commitment(record: Record, directory: Directory, commitment_id: UUID) -> Case:
    """The case something was promised in.

    Raises:
        Refusal: NOT_FOUND at commitmentId.
    """
    case_id = await directory.case_of_entry(commitment_id)
    case = None if case_id is None else await record.load(Case, case_id)
    if case is None or commitment_id not in case.commitments:
        raise Refusal(RefusalCode.NOT_FOUND, "no such commitment", "commitmentId")
    return case


async def find_case_of_reply(record: Record, directory: Directory, contact_id: UUID) -> Case:
    """The case an answer stands in, one that is held too.

    Raises:
        Refusal: NOT_FOUND at contactId.
    """
    case_id = await directory.case_of_entry(contact_id)
    case = None if case_id is None else await record.load(Case, case_id)
    if case is None:
        raise Refusal(RefusalCode.NOT_FOUND, "no such contact", "contactId")
    return case
