"""Giving, approving and declining: with a bounded wait for what the ledger says."""

from __future__ import annotations

from uuid import UUID

from contracts.stored import Committed
from contracts.vocabulary import GestureStatus, Refusal, RefusalCode, id_of
from services.case.commands.approve_gesture import ApproveGesture, approve_gesture
from services.case.commands.decline_gesture import DeclineGesture, decline_gesture
from services.case.commands.give_gesture import GiveGesture, give_gesture
from services.case.domain.money import amount_in_minor, is_currency
from services.case.domain.permissions import Permission, require
from services.case.graphql import mapping
from services.case.graphql.context import RequestContext
from services.case.graphql.ids import IdType
from services.case.graphql.inputs import GestureApproveInput, GestureDeclineInput, GestureGiveInput, ReferenceInput
from services.case.graphql.mutations.running import carry_out, named, position_of
from services.case.graphql.types.errors import UserError, of_refusal
from services.case.graphql.types.money import MoneyInput
from services.case.graphql.types.payloads import GestureApprovePayload, GestureDeclinePayload, GestureGivePayload
from services.case.graphql.types.people import Budget
from services.case.queries.timeline import GestureStanding, gesture_standing

UNDECIDED = frozenset({GestureStatus.REQUESTED, GestureStatus.PAYING})
AMOUNT = ("amount", "amount")
CURRENCY = ("amount", "currencyCode")
REFUSED_AT = {
    RefusalCode.CURRENCY_MISMATCH: CURRENCY,
    RefusalCode.OVER_CASE_CAP: AMOUNT,
    RefusalCode.OVER_ORDER_VALUE: AMOUNT,
    RefusalCode.NOT_FOUND: ("reference", "value"),
    RefusalCode.INVALID_INPUT: ("reference",),
}
"""Which part of the input a refusal is about, where it is not the amount as a whole."""
REFUSED_WITH = {
    RefusalCode.CURRENCY_MISMATCH: "no budget, or no payout, in this currency",
    RefusalCode.OVER_CASE_CAP: "more than one case may cost",
    RefusalCode.OVER_ORDER_VALUE: "the payer says it is more than the order was worth",
}
"""Why the ledger, or the payer, refused the gesture."""
TURNED_DOWN_WITH = {
    RefusalCode.SELF_APPROVAL: "another person has to approve this",
    RefusalCode.OVER_OWN_LIMIT: "above what the team's budget lets one approve, or what is left of it",
    RefusalCode.OVER_CASE_CAP: "more than one case may cost",
    RefusalCode.BUDGET_CLOSED: "no team budget can pay this",
    RefusalCode.NOT_AWAITING_APPROVAL: "it was settled meanwhile",
}
"""Why the ledger sent an approval back."""


async def give(context: RequestContext, asked: GestureGiveInput) -> GestureGivePayload:
    """Give something; answers when the money is spent, when it needs an approval, or when the wait is over."""
    require(context.principal.actor, Permission.GIVE_GESTURE)
    deps = context.deps
    command = GiveGesture(
        case_id=named(IdType.CASE, asked.case_id, "caseId"),
        gesture_id=deps.ids.new(),
        kind=asked.kind,
        amount_minor=minor_of(asked.amount),
        currency=asked.amount.currency_code,
        reason=asked.reason,
        note=asked.note,
        reference=reference_of(asked.reference),
    )
    done = await carry_out(
        context,
        "gestureGive",
        asked,
        lambda how: give_gesture(command, how, record=deps.record, directory=deps.directory, policy=deps.policy),
    )
    case_id, gesture_id = _ids(done)
    settled = await until_settled(context, gesture_id)
    version = await _version(context, case_id)
    return GestureGivePayload(
        gesture=await context.shown.gesture_by_id(gesture_id),
        budget=await budget_of(context, gesture_id),
        case=await context.shown.case_by_id(case_id),
        version=version,
        position=await position_of(context, case_id, version),
        errors=refusals_of(settled),
    )


async def approve(context: RequestContext, asked: GestureApproveInput) -> GestureApprovePayload:
    """Say yes to somebody else's gesture; OVER_OWN_LIMIT and the like, where the ledger refuses, are in the payload."""
    require(context.principal.actor, Permission.DECIDE_GESTURE)
    deps = context.deps
    command = ApproveGesture(
        gesture_id=named(IdType.GESTURE, asked.gesture_id, "gestureId"),
        approval_id=deps.ids.new(),
        amount_minor=None if asked.amount is None else minor_of(asked.amount),
        currency=None if asked.amount is None else asked.amount.currency_code,
    )
    done = await carry_out(
        context,
        "gestureApprove",
        asked,
        lambda how: approve_gesture(command, how, record=deps.record, directory=deps.directory),
    )
    case_id, gesture_id = _ids(done)
    settled = await until_settled(context, gesture_id)
    version = await _version(context, case_id)
    return GestureApprovePayload(
        gesture=await context.shown.gesture_by_id(gesture_id),
        case=await context.shown.case_by_id(case_id),
        version=version,
        position=await position_of(context, case_id, version),
        errors=refusals_of(settled, UUID(done.outcome["approval_id"])),
    )


async def decline(context: RequestContext, asked: GestureDeclineInput) -> GestureDeclinePayload:
    """Say no to somebody else's gesture."""
    require(context.principal.actor, Permission.DECIDE_GESTURE)
    deps = context.deps
    command = DeclineGesture(gesture_id=named(IdType.GESTURE, asked.gesture_id, "gestureId"), reason=asked.reason)
    done = await carry_out(
        context,
        "gestureDecline",
        asked,
        lambda how: decline_gesture(command, how, record=deps.record, directory=deps.directory),
    )
    case_id, gesture_id = _ids(done)
    version = done.versions.get(case_id)
    return GestureDeclinePayload(
        gesture=await context.shown.gesture_by_id(gesture_id),
        case=await context.shown.case_by_id(case_id),
        version=version,
        position=await position_of(context, case_id, version),
    )


def minor_of(amount: MoneyInput) -> int:
    """An amount in minor units.

    Raises:
        Refusal: CURRENCY_MISMATCH for a currency nobody has money in, INVALID_INPUT for an amount that is none.
    """
    code = amount.currency_code
    if not is_currency(code):
        raise Refusal(RefusalCode.CURRENCY_MISMATCH, f"no budget in {code}", *CURRENCY)
    return amount_in_minor(format(amount.amount, "f"), code, amount_path=AMOUNT, currency_path=CURRENCY)


def reference_of(asked: ReferenceInput | None) -> dict[str, str] | None:
    """What a gesture refers to, as its command takes it."""
    return None if asked is None else {"kind": asked.kind.value, "value": asked.value}


def _ids(done: Committed) -> tuple[UUID, UUID]:
    return UUID(done.outcome["case_id"]), UUID(done.outcome["gesture_id"])


def _settled(standing: GestureStanding | None) -> bool:
    """Whether the ledger has said all it has to say for now."""
    if standing is None or (standing.gesture_status in UNDECIDED and standing.payout_outcome is None):
        return False
    return standing.gesture_status is not GestureStatus.GIVEN or standing.captured is True


async def until_settled(context: RequestContext, gesture_id: UUID) -> GestureStanding | None:
    """How the gesture stands once the ledger has spoken; None where it has not within the wait."""

    async def look() -> GestureStanding | None:
        standing = await gesture_standing(context.database, gesture_id)
        return standing if _settled(standing) else None

    settled = await context.deps.hub.until_answered(gesture_id, look, timeout_ms=context.deps.mutation_wait_ms_max)
    context.renew()
    return settled


def refusals_of(
    settled: GestureStanding | None, approval_id: UUID | None = None, *, within: tuple[str, ...] = ()
) -> list[UserError]:
    """Why the ledger refused the gesture, or sent this approval of it back. `within`: that part of the input."""
    if settled is None or settled.refused_code is None:
        return []
    if settled.gesture_status is GestureStatus.REFUSED:
        path = REFUSED_AT.get(settled.refused_code, ("amount",))
        said = REFUSED_WITH.get(settled.refused_code, "the ledger or the payer refused it")
        return [of_refusal(Refusal(settled.refused_code, said, *within, *path))]
    if (
        settled.gesture_status is GestureStatus.AWAITING_APPROVAL
        and approval_id is not None
        and settled.approval_id == approval_id
    ):
        said = TURNED_DOWN_WITH.get(settled.refused_code, "the ledger turned the approval down")
        return [of_refusal(Refusal(settled.refused_code, said, "gestureId"))]
    return []


async def _version(context: RequestContext, case_id: UUID) -> int | None:
    row = await context.loaders.cases.load(case_id)
    return None if row is None else row.version


async def budget_of(context: RequestContext, gesture_id: UUID) -> Budget | None:
    """The account that pays; as long as none does, the viewer's own in that currency."""
    entry = await context.loaders.entries.load(gesture_id)
    if entry is None:
        return None
    if entry.budget_id is not None:
        paying = await context.loaders.budgets_by_id.load(entry.budget_id)
        return None if paying is None else mapping.budget(paying)
    own = await context.loaders.budgets.load(id_of("agent", context.principal.subject)) or []
    return next((mapping.budget(row) for row in own if row.currency == entry.currency), None)
