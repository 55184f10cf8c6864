"""Promises: making, keeping and taking them back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

from contracts.stored import CommandContext, Committed
from services.case.commands.keep_commitment import KeepCommitment, keep_commitment
from services.case.commands.make_commitment import MakeCommitment, make_commitment
from services.case.commands.withdraw_commitment import WithdrawCommitment, withdraw_commitment
from services.case.domain.permissions import Permission, require
from services.case.graphql.context import RequestContext
from services.case.graphql.ids import IdType
from services.case.graphql.mutations.cases import of_case
from services.case.graphql.mutations.running import carry_out, named, named_or_none, position_of
from services.case.graphql.types.commitments import (
    CommitmentKeepInput,
    CommitmentKeepPayload,
    CommitmentMakeInput,
    CommitmentMakePayload,
    CommitmentWithdrawInput,
    CommitmentWithdrawPayload,
)

P = TypeVar("P")


async def make(context: RequestContext, asked: CommitmentMakeInput) -> CommitmentMakePayload:
    """Promise something."""
    require(context.principal.actor, Permission.MAKE_COMMITMENT)
    deps = context.deps
    command = MakeCommitment(
        case_id=named(IdType.CASE, asked.case_id, "caseId"),
        commitment_id=deps.ids.new(),
        text=asked.text,
        due_at=asked.due_at,
        owner_id=named_or_none(IdType.AGENT, asked.owner_id, "ownerId"),
    )
    return await _promised(
        context,
        "commitmentMake",
        asked,
        CommitmentMakePayload,
        lambda how: make_commitment(command, how, record=deps.record),
    )


async def keep(context: RequestContext, asked: CommitmentKeepInput) -> CommitmentKeepPayload:
    """Say that it is done."""
    require(context.principal.actor, Permission.MAKE_COMMITMENT)
    deps = context.deps
    command = KeepCommitment(named(IdType.COMMITMENT, asked.commitment_id, "commitmentId"))
    return await _promised(
        context,
        "commitmentKeep",
        asked,
        CommitmentKeepPayload,
        lambda how: keep_commitment(command, how, record=deps.record, directory=deps.directory),
    )


async def withdraw(context: RequestContext, asked: CommitmentWithdrawInput) -> CommitmentWithdrawPayload:
    """Take it back."""
    require(context.principal.actor, Permission.MAKE_COMMITMENT)
    deps = context.deps
    command = WithdrawCommitment(named(IdType.COMMITMENT, asked.commitment_id, "commitmentId"), asked.reason)
    return await _promised(
        context,
        "commitmentWithdraw",
        asked,
        CommitmentWithdrawPayload,
        lambda how: withdraw_commitment(command, how, record=deps.record, directory=deps.directory),
    )


async def _promised(
    context: RequestContext,
    operation: str,
    asked: Any,
    kind: Callable[..., P],
    command: Callable[[CommandContext], Awaitable[Committed]],
) -> P:
    """The promise and its case after a command."""
    done = await carry_out(context, operation, asked, command)
    case_id, version = of_case(done)
    return kind(
        commitment=await context.shown.commitment_by_id(UUID(done.outcome["commitment_id"])),
        case=await context.shown.case_by_id(case_id),
        version=version,
        position=await position_of(context, case_id, version),
    )
