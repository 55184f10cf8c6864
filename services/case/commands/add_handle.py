"""An agent learns by what other address a customer is known."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import HandleAssurance, HandleKind, Refusal, RefusalCode, id_of
from services.case.commands.finding import are_one, check_customer_usable, find_customer
from services.case.commands.placing import sender_queue, with_facts
from services.case.commands.versions import check_version
from services.case.domain.customer import Customer
from services.case.domain.handles import checked
from services.case.domain.identity import Claim, is_assured, keys_to_look_up
from services.case.domain.permissions import Permission, require
from services.case.domain.policy import CasePolicy
from services.case.ports import Directory


class AddHandle(msgspec.Struct, frozen=True):
    """The handle as the agent typed it."""

    customer_id: UUID
    kind: HandleKind
    value: str


async def add_handle(
    command: AddHandle, context: CommandContext, *, record: Record, directory: Directory, policy: CasePolicy
) -> Committed:
    """Add the handle as AGENT_RECORDED, or raise the customer's own typed one. Outcome: `customer_id`, `handle_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, VERSION_CONFLICT, CUSTOMER_ERASED, CUSTOMER_RESTRICTED, INVALID_INPUT (value is
            no such address), HANDLE_TAKEN (another customer holds it for sure: a number by telephone or by WhatsApp).
    """
    require(context.actor, Permission.ADD_HANDLE)
    claim = checked(command.kind, command.value, policy.region, "value")

    async def decide() -> Work:
        customer = await find_customer(record, command.customer_id, "customerId")
        check_version(customer, context)
        await check_customer_usable(record, customer, "customerId", at=context.at)
        known = None
        for held in await directory.holders(keys_to_look_up((claim,))):
            if held.customer_id != customer.id and is_assured(held.assurance):
                await _check_one(record, customer, held.customer_id)
                known = known or (held if (held.kind, held.value) == claim.key else None)
        if known is not None:
            return Work(outcome={"customer_id": str(customer.id), "handle_id": str(known.handle_id)})
        handle_id = customer.record_handle(claim, assurance=HandleAssurance.AGENT_RECORDED, at=context.at)
        return Work(
            streams=with_facts(customer), outcome={"customer_id": str(customer.id), "handle_id": str(handle_id)}
        )

    queue = sender_queue(claim.kind.value, claim.value)
    try:
        return await record.transact(context, decide, serialise_on=(queue,))
    except Refusal as refusal:
        if refusal.code is RefusalCode.HANDLE_TAKEN:
            await _note_claim(command.customer_id, claim, context, record, queue)
        raise


async def _note_claim(customer_id: UUID, claim: Claim, context: CommandContext, record: Record, queue: UUID) -> None:
    """That somebody thought so is a reason to look at both: it is on record, though the wish is refused."""

    async def decide() -> Work:
        customer = await find_customer(record, customer_id, "customerId")
        customer.claim_handle(claim, at=context.at)
        return Work(streams=with_facts(customer))

    own = CommandContext(
        command_id=id_of("handle-claimed", str(context.command_id)),
        actor=context.actor,
        at=context.at,
        correlation_id=context.correlation_id,
    )
    await record.transact(own, decide, serialise_on=(queue,))


async def _check_one(record: Record, customer: Customer, holder_id: UUID) -> None:
    """Let pass where the holder and the customer turned out to be one: then the handle is known already."""
    if not await are_one(record, await find_customer(record, holder_id), customer):
        message = "another customer holds this handle: see the customer's mergeProposals"
        raise Refusal(RefusalCode.HANDLE_TAKEN, message, "value")
