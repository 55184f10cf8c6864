"""What is refused before a case is looked at, or beside it: codes nobody configured, money nobody has."""

from __future__ import annotations

from contracts.stored import CommandContext
from contracts.vocabulary import GestureKind, Refusal, RefusalCode
from services.case.domain.policy import CasePolicy
from services.case.domain.texts import NAME_LENGTH_MAX, checked_text
from services.case.ports import Directory

CAUSE_LENGTH_MAX = 100
REFUNDABLE = ("ORDER", "PAYMENT")
"""What money can be given back for."""


def check_cause(cause: str | None, policy: CasePolicy) -> None:
    """Let pass the code of a cause that the configuration knows; any code, where it names none.

    Raises:
        Refusal: INVALID_INPUT, TEXT_TOO_LONG at cause.
    """
    if cause is None:
        return
    if policy.causes and cause not in policy.causes:
        raise Refusal(RefusalCode.INVALID_INPUT, "no such cause", "cause")
    checked_text(cause, "cause", length_max=CAUSE_LENGTH_MAX)


def check_gesture(amount_minor: int, reason: str, policy: CasePolicy, *within: str) -> None:
    """Let pass what may be asked of the ledger.

    Raises:
        Refusal: INVALID_INPUT (amount not above zero), REASON_UNKNOWN; both `within` that part of the input.
    """
    if amount_minor <= 0:
        raise Refusal(RefusalCode.INVALID_INPUT, "the amount must be above zero", *within, "amount", "amount")
    if reason not in policy.reasons:
        raise Refusal(RefusalCode.REASON_UNKNOWN, f"no such reason: {reason}", *within, "reason")


def checked_reference(kind: GestureKind, reference: dict[str, str] | None, *within: str) -> dict[str, str] | None:
    """What a gesture refers to, its number without surrounding space. A refund has an order or a payment.

    Raises:
        Refusal: INVALID_INPUT, TEXT_TOO_LONG `within` that part of the input.
    """
    if kind is GestureKind.REFUND and (reference is None or reference["kind"] not in REFUNDABLE):
        raise Refusal(RefusalCode.INVALID_INPUT, "a refund refers to an order or a payment", *within, "reference")
    if reference is None:
        return None
    path = (*within, "reference", "value")
    return {**reference, "value": checked_text(reference["value"], *path, length_max=NAME_LENGTH_MAX)}


async def check_budget(directory: Directory, context: CommandContext, currency: str, *within: str) -> None:
    """Let pass who has money of that kind.

    Raises:
        Refusal: CURRENCY_MISMATCH `within` that part of the input.
    """
    if not await directory.has_budget(context.actor.ref, currency, context.at):
        path = (*within, "amount", "currencyCode")
        raise Refusal(RefusalCode.CURRENCY_MISMATCH, f"no budget in {currency}", *path)
