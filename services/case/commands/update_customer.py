"""Somebody writes down who a customer is: the name, how to reach them best, to which organisation they belong."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Refusal, RefusalCode, id_of
from services.case.commands.finding import find_customer
from services.case.commands.placing import with_facts
from services.case.commands.versions import check_version
from services.case.domain.customer import Customer
from services.case.domain.customer_kind import CustomerKind
from services.case.domain.details import ORGANISATIONS_DEPTH_MAX, Wish, describe
from services.case.domain.permissions import Permission, require
from services.case.domain.texts import checked_note
from services.case.ports import Directory

_ORGANISATIONS = id_of("queue", "organisations")
"""On which a process queues placings of organisations up, instead of racing itself."""


class UpdateCustomer(msgspec.Struct, frozen=True):
    """What is to be known, and on what grounds, in words."""

    customer_id: UUID
    wish: Wish
    ground: str | None = None


async def update_customer(
    command: UpdateCustomer, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Put it on the customer's record; what is known already is no news. Outcome: `customer_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND (customer, organisationId), VERSION_CONFLICT, CUSTOMER_ERASED,
            CUSTOMER_RESTRICTED, INVALID_INPUT (name empty; attributes too many, too deep; organisationId no
            organisation, or the customer itself, also through others; kind while others belong to it), TEXT_TOO_LONG.
    """
    require(context.actor, Permission.UPDATE_CUSTOMER)
    ground, wish = checked_note(command.ground, "ground"), command.wish

    async def decide() -> Work:
        customer = await find_customer(record, command.customer_id, "customerId")
        check_version(customer, context)
        customer.check_usable(context.at, "customerId")
        if customer.kind is CustomerKind.ORGANISATION and wish.kind not in {msgspec.UNSET, customer.kind}:
            await _check_nobody_belongs(customer, directory)
        above = await _above(customer, wish, context, record)
        describe(customer, wish, above=above, ground=ground, at=context.at)
        return Work(streams=with_facts(customer, *above), outcome={"customer_id": str(customer.id)})

    queues = (command.customer_id, *((_ORGANISATIONS,) if isinstance(wish.organisation_id, UUID) else ()))
    return await record.transact(context, decide, serialise_on=queues)


async def _above(customer: Customer, wish: Wish, context: CommandContext, record: Record) -> list[Customer]:
    """The wished organisation with all that it belongs to, nearest first, up to the customer itself."""
    found: list[Customer] = []
    upwards = wish.organisation_id
    while isinstance(upwards, UUID) and len(found) < ORGANISATIONS_DEPTH_MAX:
        if upwards == customer.id:
            found.append(customer)
            break
        organisation = await find_customer(record, upwards, "organisationId")
        if not found:
            organisation.check_usable(context.at, "organisationId")
        found.append(organisation)
        upwards = organisation.organisation_id
    return found


async def _check_nobody_belongs(customer: Customer, directory: Directory) -> None:
    if await directory.has_members(customer.id):
        raise Refusal(RefusalCode.INVALID_INPUT, "others belong to it: it stays an organisation", "kind")
