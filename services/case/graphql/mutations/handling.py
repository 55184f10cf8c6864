"""Handing cases over and moving them along."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

from contracts.stored import CommandContext, Committed
from contracts.vocabulary import Refusal, RefusalCode, id_of
from services.case.commands.claim_case import ClaimCase, claim_case
from services.case.commands.reopen_case import ReopenCase, reopen_case
from services.case.commands.set_priority import SetPriority, set_priority
from services.case.commands.set_tags import SetTags, set_tags
from services.case.commands.transfer_case import TransferCase, transfer_case
from services.case.commands.view_case import ViewCase, view_case
from services.case.commands.wait_case import WaitCase, wait_case
from services.case.domain.permissions import Permission, require
from services.case.graphql.context import RequestContext
from services.case.graphql.ids import IdType
from services.case.graphql.mutations.cases import of_case
from services.case.graphql.mutations.running import carry_out, named, named_or_none, position_of
from services.case.graphql.types.errors import of_refusal
from services.case.graphql.types.handling import (
    CaseClaimInput,
    CaseClaimPayload,
    CasePrioritySetInput,
    CasePrioritySetPayload,
    CaseReopenInput,
    CaseReopenPayload,
    CaseTagsSetInput,
    CaseTagsSetPayload,
    CaseTransferInput,
    CaseTransferPayload,
    CaseViewingSetInput,
    CaseViewingSetPayload,
    CaseWaitInput,
    CaseWaitPayload,
)
from services.case.queries.rows import EntryRow
from services.case.queries.timeline import entries_by_id
from services.case.queries.viewings import TableViewings

P = TypeVar("P")


async def transfer(context: RequestContext, asked: CaseTransferInput) -> CaseTransferPayload:
    """Say who is to have the case; answers when routing has decided, or when the wait is over."""
    require(context.principal.actor, Permission.TRANSFER_CASE)
    deps = context.deps
    command = TransferCase(
        case_id=named(IdType.CASE, asked.case_id, "caseId"),
        transfer_id=deps.ids.new(),
        reason=asked.reason,
        agent_id=named_or_none(IdType.AGENT, asked.agent_id, "agentId"),
        team_id=named_or_none(IdType.TEAM, asked.team_id, "teamId"),
        reroute=bool(asked.reroute),
    )
    done = await carry_out(
        context,
        "caseTransfer",
        asked,
        lambda how: transfer_case(command, how, record=deps.record, directory=deps.directory),
    )
    transfer_id = UUID(done.outcome["transfer_id"])
    decided = await _until_decided(context, transfer_id)
    case_id, _ = of_case(done)
    case = await context.make.case_by_id(case_id)
    return CaseTransferPayload(
        case=case,
        assignment=await context.shown.assignment_by_id(transfer_id),
        version=None if case is None else case.version,
        position=None if decided is None else await position_of(context, case_id, decided.version),
    )


async def claim(context: RequestContext, asked: CaseClaimInput) -> CaseClaimPayload:
    """Take the case; answers when routing has decided, or when the wait is over."""
    require(context.principal.actor, Permission.TRANSFER_CASE)
    deps = context.deps
    command = ClaimCase(named(IdType.CASE, asked.case_id, "caseId"), deps.ids.new())
    done = await carry_out(
        context,
        "caseClaim",
        asked,
        lambda how: claim_case(command, how, record=deps.record, directory=deps.directory),
    )
    claimed = done.outcome["transfer_id"]
    decided = None if claimed is None else await _until_decided(context, UUID(claimed))
    case_id, _ = of_case(done)
    case = await context.make.case_by_id(case_id)
    return CaseClaimPayload(
        case=case,
        version=None if case is None else case.version,
        position=None if decided is None else await position_of(context, case_id, decided.version),
        errors=[_TOO_LATE] if decided and decided.agent_id != id_of("agent", context.principal.subject) else [],
    )


_TOO_LATE = of_refusal(Refusal(RefusalCode.ALREADY_ASSIGNED, "somebody else has the case", "caseId"))


async def wait(context: RequestContext, asked: CaseWaitInput) -> CaseWaitPayload:
    """Let somebody else move, or the matter rest."""
    require(context.principal.actor, Permission.HANDLE_CASE)
    command = WaitCase(
        case_id=named(IdType.CASE, asked.case_id, "caseId"),
        waiting_for=asked.for_,
        note_id=context.deps.ids.new(),
        until=asked.until,
        note=asked.note,
    )
    return await _handled(
        context, "caseWait", asked, CaseWaitPayload, lambda how: wait_case(command, how, record=context.deps.record)
    )


async def reopen(context: RequestContext, asked: CaseReopenInput) -> CaseReopenPayload:
    """Go on with a resolved matter."""
    require(context.principal.actor, Permission.HANDLE_CASE)
    command = ReopenCase(named(IdType.CASE, asked.case_id, "caseId"), asked.reason)
    return await _handled(
        context,
        "caseReopen",
        asked,
        CaseReopenPayload,
        lambda how: reopen_case(command, how, record=context.deps.record),
    )


async def prioritise(context: RequestContext, asked: CasePrioritySetInput) -> CasePrioritySetPayload:
    """Say how soon the matter is."""
    require(context.principal.actor, Permission.HANDLE_CASE)
    command = SetPriority(named(IdType.CASE, asked.case_id, "caseId"), asked.priority, asked.reason)
    return await _handled(
        context,
        "casePrioritySet",
        asked,
        CasePrioritySetPayload,
        lambda how: set_priority(command, how, record=context.deps.record),
    )


async def tag(context: RequestContext, asked: CaseTagsSetInput) -> CaseTagsSetPayload:
    """File the case under other words."""
    require(context.principal.actor, Permission.HANDLE_CASE)
    command = SetTags(named(IdType.CASE, asked.case_id, "caseId"), tuple(asked.add or ()), tuple(asked.remove or ()))
    return await _handled(
        context,
        "caseTagsSet",
        asked,
        CaseTagsSetPayload,
        lambda how: set_tags(command, how, record=context.deps.record),
    )


async def view(context: RequestContext, asked: CaseViewingSetInput) -> CaseViewingSetPayload:
    """Say to be looking at the case."""
    require(context.principal.actor, Permission.HANDLE_CASE)
    deps, case_id = context.deps, named(IdType.CASE, asked.case_id, "caseId")
    command_id = deps.ids.new()
    how = CommandContext(command_id, context.principal.actor, deps.clock.now(), command_id)
    viewings = TableViewings(deps.pool)
    await view_case(ViewCase(case_id, asked.typing), how, record=deps.record, viewings=viewings)
    context.renew()
    context.accessed.case_of(None, case_id)
    return CaseViewingSetPayload(viewing=await context.make.viewers_of(case_id))


async def _handled(
    context: RequestContext,
    operation: str,
    asked: Any,
    kind: Callable[..., P],
    command: Callable[[CommandContext], Awaitable[Committed]],
) -> P:
    """The case after a command that is over at once."""
    case_id, version = of_case(await carry_out(context, operation, asked, command))
    return kind(
        case=await context.shown.case_by_id(case_id),
        version=version,
        position=await position_of(context, case_id, version),
    )


async def _until_decided(context: RequestContext, transfer_id: UUID) -> EntryRow | None:
    """Routing's decision on a transfer; None where it has not come within the wait."""

    async def look() -> EntryRow | None:
        return (await entries_by_id(context.database, [transfer_id])).get(transfer_id)

    decided = await context.deps.hub.until_answered(transfer_id, look, timeout_ms=context.deps.mutation_wait_ms_max)
    context.renew()
    return decided
