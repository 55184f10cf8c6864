"""Settling a matter at one stroke, with a bounded wait for what the ledger says."""

from __future__ import annotations

from uuid import UUID

from contracts.vocabulary import Refusal, ResolutionOutcome
from services.case.commands.settle_case import SettleCase, SettlingGesture, settle_case
from services.case.domain.permissions import Permission, require
from services.case.graphql.context import RequestContext
from services.case.graphql.ids import IdType
from services.case.graphql.mutations.cases import of_case
from services.case.graphql.mutations.gestures import budget_of, minor_of, reference_of, refusals_of, until_settled
from services.case.graphql.mutations.guards import held_because, writers_besides
from services.case.graphql.mutations.running import carry_out, named, named_or_none, position_of
from services.case.graphql.types.settling import CaseSettleInput, CaseSettlePayload, SettleGestureInput


async def settle(context: RequestContext, asked: CaseSettleInput) -> CaseSettlePayload:
    """Answer, give and resolve; answers when the money is spent, awaits an approval, or the wait is over."""
    for permission in (Permission.REPLY, Permission.RESOLVE_CASE):
        require(context.principal.actor, permission)
    deps, reply, policy = context.deps, asked.reply, await context.policy()
    command = SettleCase(
        case_id=named(IdType.CASE, asked.case_id, "caseId"),
        settlement_id=deps.ids.new(),
        contact_id=deps.ids.new(),
        text=reply.text,
        visibility=reply.visibility,
        account_id=named_or_none(IdType.ACCOUNT, reply.account_id, "reply", "accountId"),
        handle_id=named_or_none(IdType.HANDLE, reply.handle_id, "reply", "handleId"),
        gesture=None if asked.gesture is None else _gesture(context, asked.gesture),
        outcome=asked.outcome or ResolutionOutcome.SOLVED,
        cause=asked.cause,
        confirm_token=asked.confirm_token,
        writing=await writers_besides(context, asked.case_id),
    )
    done = await carry_out(
        context,
        "caseSettle",
        asked,
        lambda how: settle_case(command, how, record=deps.record, directory=deps.directory, policy=policy),
    )
    case_id, _ = of_case(done)
    given = done.outcome["gesture_id"]
    gesture_id = None if given is None else UUID(given)
    settled = None if gesture_id is None else await until_settled(context, gesture_id)
    case = await context.make.case_by_id(case_id)
    version = None if case is None else case.version
    return CaseSettlePayload(
        case=case,
        contact=await context.shown.contact_by_id(UUID(done.outcome["contact_id"])),
        gesture=None if gesture_id is None else await context.shown.gesture_by_id(gesture_id),
        budget=None if gesture_id is None else await budget_of(context, gesture_id),
        version=version,
        position=await position_of(context, case_id, version),
        errors=[*refusals_of(settled, within=("gesture",)), *held_because(done, "reply", "text")],
    )


def _gesture(context: RequestContext, asked: SettleGestureInput) -> SettlingGesture:
    try:
        amount_minor = minor_of(asked.amount)
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.message, "gesture", *refusal.path) from None
    return SettlingGesture(
        gesture_id=context.deps.ids.new(),
        kind=asked.kind,
        amount_minor=amount_minor,
        currency=asked.amount.currency_code,
        reason=asked.reason,
        reference=reference_of(asked.reference),
    )
