"""What guard rails stopped is on record, without the words: on its case, or where none began on its customer."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime
from uuid import UUID

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import id_of
from services.case.commands.guarding import Stopped
from services.case.domain.case import Case
from services.case.domain.customer import Customer
from services.case.domain.guard_facts import FirstMessageGuarded, ReplyGuarded
from services.case.domain.guards.draft import Finding
from services.case.domain.recipients import ReplyRoute


async def on_record(work: Awaitable[Committed], case_id: UUID, context: CommandContext, record: Record) -> Committed:
    """What `work` does; a refusal of the rails is put on the case's record first.

    Raises:
        GuardRefusal: that refusal.
    """
    try:
        return await work
    except Stopped as stopped:
        await _note_on_case(stopped, case_id, context, record)
        raise


async def on_record_of_customer(work: Awaitable[Committed], context: CommandContext, record: Record) -> Committed:
    """The same of a first message: no case begins, so the customer it was for has it on record.

    Raises:
        GuardRefusal: that refusal.
    """
    try:
        return await work
    except Stopped as stopped:
        await _note_on_customer(stopped, context, record)
        raise


async def _note_on_case(stopped: Stopped, case_id: UUID, context: CommandContext, record: Record) -> None:
    async def decide() -> Work:
        case = await record.load(Case, case_id)
        if case is None:
            return Work()
        guard(case, stopped.findings, stopped.route, agent_ref=context.actor.ref, at=context.at)
        return Work(streams=(case,))

    await record.transact(_noted(stopped, context), decide, serialise_on=(case_id,))


async def _note_on_customer(stopped: Stopped, context: CommandContext, record: Record) -> None:
    async def decide() -> Work:
        customer = await record.load(Customer, stopped.customer_id)
        if customer is None:
            return Work()
        customer.trigger_event(
            FirstMessageGuarded,
            timestamp=context.at,
            agent_ref=context.actor.ref,
            channel=stopped.route.channel,
            account=stopped.route.account,
            handle_id=stopped.route.handle_id,
            visibility=stopped.route.visibility,
            findings=stopped.findings,
        )
        return Work(streams=(customer,))

    await record.transact(_noted(stopped, context), decide, serialise_on=(stopped.customer_id,))


def guard(case: Case, findings: tuple[Finding, ...], route: ReplyRoute, *, agent_ref: str, at: datetime) -> None:
    """Put on the case's record that an answer did not leave."""
    case.trigger_event(
        ReplyGuarded,
        timestamp=at,
        customer_id=case.customer_id,
        agent_ref=agent_ref,
        channel=route.channel,
        account=route.account,
        visibility=route.visibility,
        in_reply_to=route.in_reply_to,
        findings=findings,
    )


def _noted(stopped: Stopped, context: CommandContext) -> CommandContext:
    """Its key is its own: the one of the answer is not used up, and the same answer is noted once under it."""
    said = (
        (context.request_digest or b"").hex(),
        *(f"{each.rule} {each.verdict}" for each in stopped.findings),
    )
    return CommandContext(
        command_id=id_of("guarded", str(context.command_id), *said),
        actor=context.actor,
        at=context.at,
        correlation_id=context.correlation_id,
        causation_id=context.causation_id,
        on_behalf_of=context.on_behalf_of,
    )
