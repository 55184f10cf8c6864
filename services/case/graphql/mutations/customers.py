"""Who a customer is, what is noted of them, and by what they are known no more."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from strawberry import UNSET

from contracts.stored import Committed
from contracts.vocabulary import Refusal, RefusalCode
from services.case.commands.add_customer_note import AddCustomerNote, add_customer_note
from services.case.commands.remove_handle import RemoveHandle, remove_handle
from services.case.commands.update_customer import UpdateCustomer, update_customer
from services.case.domain.customer_kind import CustomerKind
from services.case.domain.details import Wish
from services.case.domain.permissions import Permission, require
from services.case.graphql.context import RequestContext
from services.case.graphql.ids import IdType
from services.case.graphql.mutations.running import carry_out, named, position_of
from services.case.graphql.types.customers import Customer
from services.case.graphql.types.describing import (
    CustomerHandleRemoveInput,
    CustomerHandleRemovePayload,
    CustomerNoteAddInput,
    CustomerNoteAddPayload,
    CustomerUpdateInput,
    CustomerUpdatePayload,
)


async def update(context: RequestContext, asked: CustomerUpdateInput) -> CustomerUpdatePayload:
    """Write down who a customer is."""
    require(context.principal.actor, Permission.UPDATE_CUSTOMER)
    deps = context.deps
    command = UpdateCustomer(
        named(IdType.CUSTOMER, asked.customer_id, "customerId"), wish=_wish(asked), ground=asked.ground
    )
    done = await carry_out(
        context,
        "customerUpdate",
        asked,
        lambda how: update_customer(command, how, record=deps.record, directory=deps.directory),
    )
    customer, version, position = await _written(context, done)
    return CustomerUpdatePayload(customer=customer, version=version, position=position)


async def note(context: RequestContext, asked: CustomerNoteAddInput) -> CustomerNoteAddPayload:
    """Write down what colleagues need to know of a customer."""
    require(context.principal.actor, Permission.ADD_NOTE)
    deps = context.deps
    command = AddCustomerNote(
        customer_id=named(IdType.CUSTOMER, asked.customer_id, "customerId"),
        note_id=deps.ids.new(),
        text=asked.text,
        pinned=bool(asked.pinned),
    )
    done = await carry_out(
        context, "customerNoteAdd", asked, lambda how: add_customer_note(command, how, record=deps.record)
    )
    customer, version, position = await _written(context, done)
    written = await context.shown.note_by_id(UUID(done.outcome["note_id"]))
    return CustomerNoteAddPayload(customer=customer, note=written, version=version, position=position)


async def take_handle_off(context: RequestContext, asked: CustomerHandleRemoveInput) -> CustomerHandleRemovePayload:
    """Know a customer by an address no more."""
    require(context.principal.actor, Permission.REMOVE_HANDLE)
    deps = context.deps
    command = RemoveHandle(named(IdType.HANDLE, asked.handle_id, "handleId"), asked.reason)
    done = await carry_out(
        context,
        "customerHandleRemove",
        asked,
        lambda how: remove_handle(command, how, record=deps.record, directory=deps.directory),
    )
    customer, version, position = await _written(context, done)
    return CustomerHandleRemovePayload(customer=customer, version=version, position=position)


async def _written(context: RequestContext, done: Committed) -> tuple[Customer | None, int | None, str | None]:
    """The customer that a command wrote to, the version after that, and its place in the log."""
    customer_id = UUID(done.outcome["customer_id"])
    version = done.versions.get(customer_id)
    customer = await context.shown.customer_by_id(customer_id)
    return customer, version, await position_of(context, customer_id, version)


def _wish(asked: CustomerUpdateInput) -> Wish:
    organisation: Any = asked.organisation_id
    if organisation not in {UNSET, None}:
        organisation = named(IdType.CUSTOMER, organisation, "organisationId")
    kind: Any = asked.kind
    if kind is not UNSET:
        kind = CustomerKind.UNKNOWN if kind is None else CustomerKind(kind.value)
    return Wish(
        kind=_plain(kind),
        name=_plain(asked.name),
        language=_plain(asked.language),
        time_zone=_plain(asked.time_zone),
        preferred_channel=_plain(asked.preferred_channel),
        organisation_id=_plain(organisation),
        attributes=_plain(_object(asked.attributes)),
    )


def _object(attributes: Any) -> Any:
    if attributes is UNSET or attributes is None or isinstance(attributes, dict):
        return attributes
    raise Refusal(RefusalCode.INVALID_INPUT, "must be an object of names and values", "attributes")


def _plain(value: Any) -> Any:
    """What is left out, in the words of the commands."""
    return msgspec.UNSET if value is UNSET else value
