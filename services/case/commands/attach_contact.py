"""A contact came in: it gets its customer and its place in a case, once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.content import ContactContent
from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Channel, ContactKind, Direction, HandleAssurance, Visibility
from services.case.commands.placing import Newcomers, place_contact, sender_queue, with_facts
from services.case.commands.recognising import recognise
from services.case.domain.case_contact import ContactToAttach, moment_of
from services.case.domain.handles import claims_of
from services.case.domain.policy import CasePolicy
from services.case.domain.texts import NAME_LENGTH_MAX, excerpt
from services.case.ports import Directory


class AttachContact(msgspec.Struct, frozen=True):
    """A contact as channels received it, its content opened (None: its key is gone already).

    `new_case_id`, `new_customer_id`: used where there is none yet. `content_key_id`: of the key channels sealed it
    with, kept so that an erasure finds it.
    """

    contact_id: UUID
    channel: Channel
    account: str
    kind: ContactKind
    direction: Direction
    visibility: Visibility
    assurance: HandleAssurance
    occurred_at: datetime
    received_at: datetime
    new_case_id: UUID
    new_customer_id: UUID
    content: ContactContent | None = None
    content_key_id: UUID | None = None
    brand: str | None = None
    in_reply_to: UUID | None = None
    language: str | None = None


async def attach_contact(
    command: AttachContact, context: CommandContext, *, record: Record, directory: Directory, policy: CasePolicy
) -> Committed:
    """Attach the contact to the customer who holds its sender's handle, and to that customer's case.

    Outcome: `case_id`, `contact_id`, `customer_id` (None for a contact that was attached before).
    """
    content = command.content or ContactContent()
    claims = claims_of(content.handles, policy.region)
    name = excerpt(content.sender_name, NAME_LENGTH_MAX) if command.direction is Direction.INBOUND else None

    async def decide() -> Work:
        attached = await directory.find_contact(command.contact_id)
        if attached is not None:
            return Work(outcome=_outcome(attached.case_id, attached.contact_id, None))
        newcomers = Newcomers(customer_id=command.new_customer_id, case_id=command.new_case_id)
        customer, handle_id = await recognise(
            claims,
            command.assurance,
            name=name,
            new_id=newcomers.customer_id,
            at=context.at,
            record=record,
            directory=directory,
        )
        contact = _contact(command, customer.id, handle_id)
        case = await place_contact(
            contact,
            customer,
            newcomers=newcomers,
            at=context.at,
            policy=policy,
            record=record,
            directory=directory,
        )
        return Work(streams=with_facts(customer, case), outcome=_outcome(case.id, contact.contact_id, customer.id))

    sender = (claims[0].kind.value, claims[0].value) if claims else (str(command.contact_id),)
    return await record.transact(context, decide, serialise_on=(sender_queue(*sender),))


def _contact(command: AttachContact, customer_id: UUID, handle_id: UUID | None) -> ContactToAttach:
    return ContactToAttach(
        contact_id=command.contact_id,
        customer_id=customer_id,
        channel=command.channel,
        kind=command.kind,
        direction=command.direction,
        visibility=command.visibility,
        assurance=command.assurance,
        occurred_at=moment_of(command.occurred_at, command.received_at),
        account=command.account,
        handle_id=handle_id,
        in_reply_to=command.in_reply_to,
        brand=command.brand,
        language=command.language,
        content_key_id=command.content_key_id,
        content=command.content,
    )


def _outcome(case_id: UUID, contact_id: UUID, customer_id: UUID | None) -> dict[str, str | None]:
    return {
        "case_id": str(case_id),
        "contact_id": str(contact_id),
        "customer_id": None if customer_id is None else str(customer_id),
    }
