"""From the handles of a contact to its customer, with what that customer learns from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from contracts.stored import Record, VersionConflict
from contracts.vocabulary import HandleAssurance
from services.case.domain.customer import Customer
from services.case.domain.identity import Claim, is_assured, keys_to_look_up, link
from services.case.ports import Directory


async def recognise(
    claims: Sequence[Claim],
    assurance: HandleAssurance,
    *,
    name: str | None,
    new_id: UUID,
    at: datetime,
    record: Record,
    directory: Directory,
) -> tuple[Customer, UUID | None]:
    """The customer, and the id of the handle the contact came by (the first claim; None without any).

    `name`: how the sender calls itself, for a new customer, or one without a name whom this contact is of for sure.
    It is never used to tell customers apart.

    Raises:
        VersionConflict: the customer was erased in between: decide again.
    """
    decision = link(claims, assurance, await directory.holders(keys_to_look_up(claims)))
    customer = None if decision.customer_id is None else await record.load(Customer, decision.customer_id)
    if customer is not None and customer.erased:
        # The look-up was made before the erasure, the load after it: made again, it finds nobody.
        raise VersionConflict(customer.id, customer.version - 1, customer.version)
    if customer is None:
        customer = Customer.appear(customer_id=new_id, name=name, at=at)
    elif name and customer.name is None and is_assured(assurance):
        customer.call(name=name, at=at)
    for claim in decision.add:
        customer.add_handle(claim, assurance=assurance, at=at)
    for handle_id in decision.raised:
        customer.raise_handle(handle_id=handle_id, assurance=assurance, at=at)
    return customer, customer.handle_of(claims[0]) if claims else None
