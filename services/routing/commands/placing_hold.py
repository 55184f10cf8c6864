"""Placing the hold for a gesture: on the account that pays, in the sum of its case, and as the gesture's answer."""

from __future__ import annotations

from uuid import UUID

from contracts.stored import CommandContext, Stream
from contracts.vocabulary import GestureKind
from services.routing.domain.budget import Budget
from services.routing.domain.case_money import CaseMoney, case_money_id
from services.routing.domain.gesture_money import GestureMoney
from services.routing.domain.money_rules import MoneyRules
from services.routing.ports import Record


async def money_of_case(money: GestureMoney, context: CommandContext, record: Record) -> CaseMoney:
    """What the case of a gesture costs so far, in the gesture's currency."""
    known = await record.load(CaseMoney, case_money_id(money.case_id, money.currency))
    return known or CaseMoney.begin(case_id=money.case_id, currency=money.currency, at=context.at)


def place(
    money: GestureMoney,
    account: Budget,
    of_case: CaseMoney,
    *,
    amount_minor: int,
    kind: GestureKind | None,
    approval_id: UUID | None,
    rules: MoneyRules,
    context: CommandContext,
) -> tuple[Stream, ...]:
    """Hold the money, within the case's cap too; the streams in the order in which they are to be told.

    The account first: whoever follows the log has the budget as it is when the answer arrives. What has to be paid out
    is pinned in the same breath, so that no payout is ever made out of a hold that could end under it.

    Raises:
        Refusal: OVER_CASE_CAP, and what the account refuses a hold for.
    """
    of_case.check(amount_minor, rules.case_caps.get(money.currency))
    hold_id, paying = money.hold_id_for(approval_id), kind in rules.paid_out
    account.place_hold(
        hold_id=hold_id,
        gesture_id=money.gesture_id,
        amount_minor=amount_minor,
        expires_at=None if paying else context.at + rules.hold_open_for,
        at=context.at,
    )
    if paying:
        account.start_payment(hold_id=hold_id, at=context.at)
    of_case.count(hold_id=hold_id, amount_minor=amount_minor, at=context.at)
    money.hold(
        account_id=account.id,
        hold_id=hold_id,
        amount_minor=amount_minor,
        approval_id=approval_id,
        paying=paying,
        at=context.at,
    )
    return (account, of_case, money)
