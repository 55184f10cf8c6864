"""An agent writes down a call, a visit, a letter: a contact that no channel brought in."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from contracts.content import ContactContent, HandleContent
from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import (
    Channel,
    ContactKind,
    Direction,
    HandleAssurance,
    HandleKind,
    Refusal,
    RefusalCode,
    Visibility,
)
from services.case.commands.finding import are_one, find_case, find_customer
from services.case.commands.placing import Newcomers, open_case, place_contact, sender_queue, with_facts
from services.case.commands.recognising import recognise
from services.case.domain.case import Case
from services.case.domain.case_contact import ContactToAttach
from services.case.domain.customer import Customer
from services.case.domain.handles import checked
from services.case.domain.identity import Claim, is_assured, keys_to_look_up
from services.case.domain.permissions import Permission, require
from services.case.domain.policy import CasePolicy
from services.case.domain.texts import checked_text
from services.case.ports import Directory

CLOCK_SKEW_MAX = timedelta(minutes=5)
"""How far ahead of us an agent's clock may be."""

_KINDS: dict[Channel, ContactKind] = {
    Channel.VOICE: ContactKind.CALL,
    Channel.LETTER: ContactKind.LETTER,
    Channel.VISIT: ContactKind.VISIT,
    Channel.FORM: ContactKind.FORM,
    Channel.TRUSTPILOT: ContactKind.REVIEW,
    Channel.GOOGLE_REVIEWS: ContactKind.REVIEW,
    Channel.MEDIA: ContactKind.ARTICLE,
}
_IN_PUBLIC = frozenset(
    {
        Channel.FACEBOOK,
        Channel.INSTAGRAM,
        Channel.X,
        Channel.TRUSTPILOT,
        Channel.GOOGLE_REVIEWS,
        Channel.YOUTUBE,
        Channel.FEED,
        Channel.MEDIA,
    }
)
"""Where people talk before others: what an agent writes down of these channels was said in public."""


class HandleGiven(msgspec.Struct, frozen=True):
    """A handle as an agent typed it."""

    kind: HandleKind
    value: str


class RecordContact(msgspec.Struct, frozen=True):
    """The contact `contact_id` of a customer, named by id or by handle: exactly one of them.

    `customer_id` and `case_id` together: the case may be of anybody who is shown as the same one, and gets the contact.
    `case_id` None and not `new_case`: placed as an incoming contact would be. `occurred_at` None: now.
    """

    contact_id: UUID
    channel: Channel
    direction: Direction
    text: str
    new_case_id: UUID
    new_customer_id: UUID
    customer_id: UUID | None = None
    handle: HandleGiven | None = None
    occurred_at: datetime | None = None
    case_id: UUID | None = None
    new_case: bool = False


async def record_contact(
    command: RecordContact, context: CommandContext, *, record: Record, directory: Directory, policy: CasePolicy
) -> Committed:
    """Attach the contact, with the agent as the one who was in touch. Outcome: `case_id`, `contact_id`, `customer_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND (customer, case), INVALID_INPUT (text empty, handle no address, occurredAt ahead,
            caseId of another customer or together with newCase), TEXT_TOO_LONG.
    """
    require(context.actor, Permission.RECORD_CONTACT)
    claim = _checked(command, context, policy)

    async def decide() -> Work:
        customer, handle_id = await _customer(command, claim, context, record, directory)
        contact = _contact(command, customer.id, handle_id, context)
        case = await _case(command, contact, customer, at=context.at, record=record, directory=directory, policy=policy)
        outcome = {"case_id": str(case.id), "contact_id": str(contact.contact_id), "customer_id": str(customer.id)}
        return Work(streams=with_facts(customer, case), outcome=outcome)

    queue = sender_queue(claim.kind.value, claim.value) if claim else (command.customer_id or command.contact_id)
    return await record.transact(context, decide, serialise_on=(queue,))


def _checked(command: RecordContact, context: CommandContext, policy: CasePolicy) -> Claim | None:
    checked_text(command.text, "text")
    if (command.customer_id is None) == (command.handle is None):
        raise Refusal(RefusalCode.INVALID_INPUT, "name the customer by id or by handle", "customer")
    if command.case_id is not None and command.new_case:
        raise Refusal(RefusalCode.INVALID_INPUT, "either a case or a new one", "newCase")
    if command.occurred_at is not None and command.occurred_at > context.at + CLOCK_SKEW_MAX:
        raise Refusal(RefusalCode.INVALID_INPUT, "must not be ahead", "occurredAt")
    if command.handle is None:
        return None
    return checked(command.handle.kind, command.handle.value, policy.region, "customer", "handle", "value")


async def _customer(
    command: RecordContact, claim: Claim | None, context: CommandContext, record: Record, directory: Directory
) -> tuple[Customer, UUID | None]:
    if command.customer_id is not None:
        return await _by_id(command.customer_id, command.case_id, record), None
    if command.case_id is not None and claim is not None:
        holdings = await directory.holders(keys_to_look_up((claim,)))
        if not any(is_assured(held.assurance) for held in holdings):
            # The agent names the case, and nobody else is known by this handle for sure: it is that case's customer's.
            case = await find_case(record, command.case_id, "caseId")
            customer = await find_customer(record, case.customer_id, "caseId")
            return customer, customer.record_handle(claim, assurance=HandleAssurance.AGENT_RECORDED, at=context.at)
    return await recognise(
        (claim,) if claim else (),
        HandleAssurance.AGENT_RECORDED,
        name=None,
        new_id=command.new_customer_id,
        at=context.at,
        record=record,
        directory=directory,
    )


async def _by_id(customer_id: UUID, case_id: UUID | None, record: Record) -> Customer:
    """Who is named. A case shows whom its customer turned out to be: by that id its own customer is meant."""
    customer = await find_customer(record, customer_id, "customer", "id")
    customer.check_not_erased("customer", "id")
    if case_id is None:
        return customer
    own = await find_customer(record, (await find_case(record, case_id, "caseId")).customer_id, "caseId")
    return own if await are_one(record, own, customer) else customer


async def _case(
    command: RecordContact,
    contact: ContactToAttach,
    customer: Customer,
    *,
    at: datetime,
    record: Record,
    directory: Directory,
    policy: CasePolicy,
) -> Case:
    if command.new_case:
        return await open_case(
            contact, customer, case_id=command.new_case_id, at=at, directory=directory, policy=policy
        )
    if command.case_id is None:
        return await place_contact(
            contact,
            customer,
            newcomers=Newcomers(customer_id=command.new_customer_id, case_id=command.new_case_id),
            at=at,
            policy=policy,
            record=record,
            directory=directory,
        )
    case = await find_case(record, command.case_id, "caseId")
    if case.customer_id != customer.id:
        raise Refusal(RefusalCode.INVALID_INPUT, "the case is another customer's", "caseId")
    case.attach(contact, at=at)
    return case


def _contact(
    command: RecordContact, customer_id: UUID, handle_id: UUID | None, context: CommandContext
) -> ContactToAttach:
    given = command.handle
    handles = () if given is None else (HandleContent(kind=given.kind, value=given.value.strip()),)
    return ContactToAttach(
        contact_id=command.contact_id,
        customer_id=customer_id,
        channel=command.channel,
        kind=_KINDS.get(command.channel, ContactKind.MESSAGE),
        direction=command.direction,
        visibility=Visibility.PUBLIC if command.channel in _IN_PUBLIC else Visibility.PRIVATE,
        assurance=HandleAssurance.AGENT_RECORDED,
        occurred_at=min(command.occurred_at or context.at, context.at),
        agent_ref=context.actor.ref,
        handle_id=handle_id,
        content=ContactContent(handles=handles, text=command.text.strip()),
    )
