"""What beginning a matter has in common, with a first message or without: for whom it is, and who has it."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from contracts.stored import CommandContext, Record
from contracts.vocabulary import HandleAssurance, HandleKind, Refusal, RefusalCode, id_of
from services.case.commands.finding import (
    check_customer_usable,
    find_customer,
    find_shown_as_one,
    find_whole,
)
from services.case.domain import assignments
from services.case.domain.case import Case
from services.case.domain.contact_basis import ContactBasis
from services.case.domain.customer import Customer
from services.case.domain.handles import checked
from services.case.domain.identity import keys_to_look_up, link
from services.case.domain.known_agent import KnownAgent
from services.case.domain.policy import CasePolicy
from services.case.ports import Directory


class Named(NamedTuple):
    """A customer by id or by handle."""

    customer_id: UUID | None
    handle: tuple[HandleKind, str] | None


async def find_recipient(
    named: Named,
    basis: ContactBasis,
    context: CommandContext,
    *,
    record: Record,
    directory: Directory,
    policy: CasePolicy,
) -> Customer:
    """The whole customer who is named, and may be contacted on that basis: so may all who are shown as the same one.

    Raises:
        Refusal: NOT_FOUND, INVALID_INPUT, CUSTOMER_ERASED, CUSTOMER_RESTRICTED.
    """
    path = ("customer", "id") if named.customer_id is not None else ("customer", "handle")
    whole = await find_whole(record, await find_customer(record, await _named(named, directory, policy), *path))
    await check_customer_usable(record, whole, *path, at=context.at)
    if any(each.objects_to(basis, context.at) for each in await find_shown_as_one(record, whole)):
        raise Refusal(RefusalCode.CUSTOMER_RESTRICTED, "the customer objected to being contacted", "basis")
    return whole


async def _named(named: Named, directory: Directory, policy: CasePolicy) -> UUID:
    if named.customer_id is not None:
        return named.customer_id
    if named.handle is None:
        raise Refusal(RefusalCode.INVALID_INPUT, "name the customer by id or by handle", "customer")
    kind, value = named.handle
    claim = checked(kind, value, policy.region, "customer", "handle", "value")
    holdings = await directory.holders(keys_to_look_up((claim,)))
    found = link((claim,), HandleAssurance.AGENT_RECORDED, holdings)
    if found.customer_id is None:
        raise Refusal(RefusalCode.NOT_FOUND, "nobody has this address", "customer", "handle")
    return found.customer_id


async def keep_case(case: Case, transfer_id: UUID, context: CommandContext, record: Record) -> None:
    """Whoever begins a case has it, where that is one of the agents."""
    agent_id = id_of("agent", context.actor.ref)
    agent = await record.load(KnownAgent, agent_id)
    if agent is not None and agent.card.active:
        assignments.keep(case, transfer_id=transfer_id, agent_id=agent_id, at=context.at)
