"""Somebody writes down who a customer is: the name, how to reach them best, to which organisation they belong."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Refusal, RefusalCode
from services.case.commands.belonging import ORGANISATIONS, find_above, is_organisation, leads_to
from services.case.commands.finding import check_customer_usable, find_customer, find_shown_as_one
from services.case.commands.placing import with_facts
from services.case.commands.versions import check_version
from services.case.domain.customer import Customer
from services.case.domain.customer_kind import CustomerKind
from services.case.domain.details import Wish, describe
from services.case.domain.permissions import Permission, require
from services.case.domain.texts import checked_note
from services.case.ports import Directory


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
        await check_customer_usable(record, customer, "customerId", at=context.at)
        if customer.kind is CustomerKind.ORGANISATION and wish.kind not in {msgspec.UNSET, customer.kind}:
            await _check_nobody_belongs(customer, directory)
        above = await _above(customer, wish, context, record)
        below = await _below(customer, wish, directory)
        describe(customer, wish, above=above, below=below, ground=ground, at=context.at)
        return Work(streams=with_facts(customer, *above), outcome={"customer_id": str(customer.id)})

    queues = (command.customer_id, *((ORGANISATIONS,) if isinstance(wish.organisation_id, UUID) else ()))
    return await record.transact(context, decide, serialise_on=queues)


async def _above(customer: Customer, wish: Wish, context: CommandContext, record: Record) -> list[Customer]:
    """The wished organisation with all that it belongs to, nearest first; with the customer itself, where that is one.

    One that is no organisation stands alone: nobody belongs to it, as whomever it is shown.
    """
    wished = wish.organisation_id
    if not isinstance(wished, UUID):
        return []
    named = await find_customer(record, wished, "organisationId")
    await check_customer_usable(record, named, "organisationId", at=context.at)
    if await leads_to(record, wished, await find_shown_as_one(record, customer)):
        return [customer]
    return await find_above(record, wished, "organisationId") if is_organisation(named) else [named]


async def _below(customer: Customer, wish: Wish, directory: Directory) -> int:
    """How many levels stand below it; only what goes up takes them along."""
    return await directory.levels_below(customer.id) if isinstance(wish.organisation_id, UUID) else 0


async def _check_nobody_belongs(customer: Customer, directory: Directory) -> None:
    if await directory.levels_below(customer.id):
        raise Refusal(RefusalCode.INVALID_INPUT, "others belong to it: it stays an organisation", "kind")
