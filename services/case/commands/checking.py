"""What is refused before a case is looked at, or beside it: codes nobody configured, money nobody has."""

from __future__ import annotations

from contracts.stored import CommandContext
from contracts.vocabulary import Refusal, RefusalCode
from services.case.domain.policy import CasePolicy
from services.case.ports import Directory


def check_cause(cause: str | None, policy: CasePolicy) -> None:
    """Let pass the code of a cause that the configuration knows; any, where it names none.

    Raises:
        Refusal: INVALID_INPUT at cause.
    """
    if cause is not None and policy.causes and cause not in policy.causes:
        raise Refusal(RefusalCode.INVALID_INPUT, f"no such cause: {cause}", "cause")


def check_gesture(amount_minor: int, reason: str, policy: CasePolicy, *within: str) -> None:
    """Let pass what may be asked of the ledger.

    Raises:
        Refusal: INVALID_INPUT (amount not above zero), REASON_UNKNOWN; both `within` that part of the input.
    """
    if amount_minor <= 0:
        raise Refusal(RefusalCode.INVALID_INPUT, "the amount must be above zero", *within, "amount", "amount")
    if reason not in policy.reasons:
        raise Refusal(RefusalCode.REASON_UNKNOWN, f"no such reason: {reason}", *within, "reason")


async def check_budget(directory: Directory, context: CommandContext, currency: str, *within: str) -> None:
    """Let pass who has money of that kind.

    Raises:
        Refusal: CURRENCY_MISMATCH `within` that part of the input.
    """
    if not await directory.has_budget(context.actor.ref, currency, context.at):
        path = (*within, "amount", "currencyCode")
        raise Refusal(RefusalCode.CURRENCY_MISMATCH, f"no budget in {currency}", *path)
