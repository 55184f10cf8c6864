"""Putting a contact into its case: what receiving one and recording one by hand have in common."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.stored import Record, Stream
from contracts.targets import Matter
from contracts.vocabulary import id_of
from services.case.domain import repeats
from services.case.domain.case import Case
from services.case.domain.case_contact import ContactToAttach
from services.case.domain.customer import Customer
from services.case.domain.policy import CasePolicy
from services.case.domain.reopening import KnownCase, place
from services.case.ports import Directory


class Newcomers(msgspec.Struct, frozen=True):
    """Ids for a customer and a case, should they be new."""

    customer_id: UUID
    case_id: UUID


def sender_queue(*names: str) -> UUID:
    """On which a process queues contacts of one sender up, instead of racing itself."""
    return id_of("sender", *names)


def with_facts(*streams: Stream) -> tuple[Stream, ...]:
    """Those streams that have something to store."""
    return tuple(stream for stream in streams if stream.pending_events)


async def place_contact(
    contact: ContactToAttach,
    customer: Customer,
    *,
    newcomers: Newcomers,
    at: datetime,
    policy: CasePolicy,
    record: Record,
    directory: Directory,
) -> Case:
    """Attach the contact to the case it belongs to, which may be new or opened again."""
    answered = None if contact.in_reply_to is None else await directory.find_contact(contact.in_reply_to)
    thread_id = None if answered is None else answered.case_id
    if answered is not None:
        contact = msgspec.structs.replace(contact, in_reply_to=answered.contact_id)
    known = [] if _is_new(customer) else list(await directory.cases_of_customer(customer.id))
    if thread_id is not None and all(case.case_id != thread_id for case in known):
        known += await _own_case(thread_id, customer, record)
    case_id = place(known, thread_case_id=thread_id, occurred_at=contact.occurred_at, reopen_days=policy.reopen_days)
    case = None if case_id is None else await record.load(Case, case_id)
    if case is None:
        case = await open_case(contact, customer, case_id=newcomers.case_id, at=at, directory=directory, policy=policy)
        repeats.mark(case, repeats.begins_again(known, contact, policy.repeat_days), at=at)
        return case
    mark = repeats.returns(case, contact)
    case.attach(contact, at=at)
    repeats.mark(case, mark, at=at)
    return case


async def open_case(
    contact: ContactToAttach,
    customer: Customer,
    *,
    case_id: UUID,
    at: datetime,
    directory: Directory,
    policy: CasePolicy,
) -> Case:
    """A new case with this as its first contact.

    The customer's stream notes the case as well, so that two contacts of one customer that arrive at once cannot
    open two: the later one loses that stream's version and finds the case open.
    """
    number = await directory.next_case_number()
    matter = Matter(channel=contact.channel, brand=contact.brand)
    due_at = policy.levels.first_due(matter, contact.due_from or min(contact.occurred_at, at))
    case = Case.open(case_id=case_id, number=number, contact=contact, due_at=due_at, at=at)
    case.attach(contact, at=at)
    customer.begin_case(case_id=case_id, at=at)
    return case


def _is_new(customer: Customer) -> bool:
    """Whether nothing of the customer is stored yet, and so no case."""
    return len(customer.pending_events) == customer.version


async def _own_case(case_id: UUID, customer: Customer, record: Record) -> list[KnownCase]:
    case = await record.load(Case, case_id)
    return [case.known()] if case is not None and case.customer_id == customer.id and not case.erased else []
