"""The account of one owner, currency and period: a ledger of holds that never lets more be given than was granted.

Granted = available + reserved + spent. Nothing here asks the time or makes an id; each command has a key (the hold's,
the reversal's, the change's id): the same key with the same payload records nothing more, with another it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from contracts.stored import Stream
from contracts.vocabulary import Refusal, RefusalCode
from services.routing.domain.budget_facts import (
    BudgetClosed,
    BudgetOpened,
    BudgetReopened,
    CaptureForced,
    CaptureReversed,
    GrantChanged,
    HoldCaptured,
    HoldExpired,
    HoldPlaced,
    HoldReleased,
    HoldState,
    PaymentStarted,
    Standing,
)
from services.routing.domain.grant import Grant, Owner
from services.routing.domain.hold import UNSETTLED, Hold, check_unsettled
from services.routing.domain.period import Period


class Budget(Stream):
    """One budget account. `holds`, `reversals` and `grant_changes` are also what repeated commands are known by."""

    TOPIC: ClassVar[str] = "routing.budget"

    class Created(Stream.Created):
        """Never raised: accounts begin with BudgetOpened."""

        TOPIC: ClassVar[str] = "routing.budget.created.never"

    def __init__(self, standing: Standing) -> None:
        self.standing = standing
        self.holds: dict[UUID, Hold] = {}
        self.reversals: dict[UUID, tuple[UUID, int]] = {}
        self.grant_changes: dict[UUID, tuple[int, int]] = {}
        self.carried_from: dict[UUID, int] = {}
        self.carried_to: UUID | None = None

    @classmethod
    def open(cls, *, account_id: UUID, owner: Owner, grant: Grant, period: Period, at: datetime) -> Budget:
        """Open the account of one period from its owner's standing grant."""
        standing = Standing(
            owner_kind=owner.kind,
            owner_ref=owner.ref,
            currency=grant.currency,
            period=grant.period,
            period_start=period.start,
            period_end=period.end,
            granted_minor=grant.amount_minor,
            item_limit_minor=grant.item_limit_minor,
        )
        return cls._create(BudgetOpened, id=account_id, timestamp=at, standing=standing)

    def change_grant(self, *, change_id: UUID, granted_minor: int, item_limit_minor: int, at: datetime) -> None:
        """Set grant and item limit of the running period, beside what was carried over. A cut voids no hold.

        Raises:
            Refusal: INVALID_INPUT below zero; IDEMPOTENCY_MISMATCH for a known change with other figures;
                BUDGET_CLOSED once what was left was carried over.
        """
        wanted = (granted_minor, item_limit_minor)
        if min(wanted) < 0:
            raise Refusal(RefusalCode.INVALID_INPUT, "a budget is not negative", "amount")
        if change_id in self.grant_changes:
            _same(self.grant_changes[change_id], wanted)
            return
        if self.carried_to is not None:
            raise Refusal(RefusalCode.BUDGET_CLOSED, "its period is over, and what was left of it has gone on")
        # Recorded even where the figures stay: else a repetition after another change would take effect.
        granted = granted_minor + self.standing.carried_minor
        after = self._after(granted_minor=granted, item_limit_minor=item_limit_minor)
        self.trigger_event(GrantChanged, timestamp=at, change_id=change_id, standing=after)

    def place_hold(
        self, *, hold_id: UUID, gesture_id: UUID, amount_minor: int, at: datetime, expires_at: datetime | None = None
    ) -> None:
        """Set money aside for a gesture; holds that are overdue by now expire first.

        Raises:
            Refusal: INVALID_INPUT for no amount; BUDGET_CLOSED outside the period or on a closed account;
                OVER_OWN_LIMIT above the item limit or what is left; IDEMPOTENCY_MISMATCH for a known hold with others.
        """
        if hold_id in self.holds:
            known = self.holds[hold_id]
            _same((known.gesture_id, known.amount_minor, known.expires_at), (gesture_id, amount_minor, expires_at))
            return
        if amount_minor <= 0:
            raise Refusal(RefusalCode.INVALID_INPUT, "an amount is more than nothing", "amount", "amount")
        if not self.accepts_holds(at):
            raise Refusal(RefusalCode.BUDGET_CLOSED, "this budget holds no more money")
        overdue = sum(hold.amount_minor for _, hold in self._overdue(at))
        if amount_minor > min(self.standing.item_limit_minor, self.standing.available_minor + overdue):
            raise Refusal(RefusalCode.OVER_OWN_LIMIT, "above the limit per gesture or what is left", "amount", "amount")
        self.expire_holds(at=at)
        self.trigger_event(
            HoldPlaced,
            timestamp=at,
            hold_id=hold_id,
            gesture_id=gesture_id,
            amount_minor=amount_minor,
            expires_at=expires_at,
            standing=self._after(reserved_minor=self.standing.reserved_minor + amount_minor),
        )

    def start_payment(self, *, hold_id: UUID, at: datetime) -> None:
        """Note that the payout is on its way, so that the hold cannot expire under it.

        Raises:
            Refusal: NOT_FOUND without such a hold; BUDGET_CLOSED where it ended without payment.
        """
        hold = self._hold(hold_id)
        if hold.state in (HoldState.PAYING, HoldState.CAPTURED):
            return
        check_unsettled(hold)
        self.trigger_event(PaymentStarted, timestamp=at, hold_id=hold_id)

    def capture(self, *, hold_id: UUID, amount_minor: int | None = None, at: datetime) -> None:
        """Take the money as given, all of the hold where `amount_minor` is None; the rest is free again.

        Raises:
            Refusal: NOT_FOUND without such a hold; INVALID_INPUT outside 1..held; BUDGET_CLOSED where it ended
                otherwise; IDEMPOTENCY_MISMATCH where another amount was captured.
        """
        hold = self._hold(hold_id)
        amount = hold.amount_minor if amount_minor is None else amount_minor
        if hold.state is HoldState.CAPTURED:
            _same(hold.captured_minor, amount)
            return
        check_unsettled(hold)
        _within(amount, hold.amount_minor, "no more can be given than is held")
        self.trigger_event(
            HoldCaptured,
            timestamp=at,
            hold_id=hold_id,
            gesture_id=hold.gesture_id,
            held_minor=hold.amount_minor,
            captured_minor=amount,
            standing=self._after(
                reserved_minor=self.standing.reserved_minor - hold.amount_minor,
                spent_minor=self.standing.spent_minor + amount,
            ),
        )

    def force_capture(self, *, hold_id: UUID, at: datetime) -> None:
        """Take a hold as given that had ended without a payment, because it was paid all the same.

        Raises:
            Refusal: NOT_FOUND without such a hold.
        """
        hold = self._hold(hold_id)
        if hold.state is HoldState.CAPTURED or hold.state in UNSETTLED:
            self.capture(hold_id=hold_id, at=at)
            return
        self.trigger_event(
            CaptureForced,
            timestamp=at,
            hold_id=hold_id,
            gesture_id=hold.gesture_id,
            captured_minor=hold.amount_minor,
            standing=self._after(spent_minor=self.standing.spent_minor + hold.amount_minor),
        )

    def release(self, *, hold_id: UUID, reason: str, at: datetime) -> None:
        """Free the money of a gesture that will not be given. A hold that ended unspent is left as it is.

        Raises:
            Refusal: NOT_FOUND without such a hold; IDEMPOTENCY_MISMATCH where it was captured: reverse that.
        """
        hold = self._hold(hold_id)
        if hold.state is HoldState.CAPTURED:
            raise Refusal(RefusalCode.IDEMPOTENCY_MISMATCH, "what was given is reversed, not released")
        if hold.state not in UNSETTLED:
            return
        self.trigger_event(
            HoldReleased,
            timestamp=at,
            hold_id=hold_id,
            gesture_id=hold.gesture_id,
            held_minor=hold.amount_minor,
            reason=reason,
            standing=self._after(reserved_minor=self.standing.reserved_minor - hold.amount_minor),
        )

    def expire_holds(self, *, at: datetime) -> None:
        """Free the money of open holds whose time is over. One that is being paid never expires."""
        for hold_id, hold in list(self._overdue(at)):
            self.trigger_event(
                HoldExpired,
                timestamp=at,
                hold_id=hold_id,
                gesture_id=hold.gesture_id,
                held_minor=hold.amount_minor,
                standing=self._after(reserved_minor=self.standing.reserved_minor - hold.amount_minor),
            )

    def reverse(self, *, reversal_id: UUID, hold_id: UUID, amount_minor: int, at: datetime) -> None:
        """Take back what was given, in parts if need be. On a closed account it serves nobody again.

        Raises:
            Refusal: NOT_FOUND without such a hold; INVALID_INPUT beyond what was captured and not yet reversed;
                IDEMPOTENCY_MISMATCH for a known reversal with another payload.
        """
        if reversal_id in self.reversals:
            _same(self.reversals[reversal_id], (hold_id, amount_minor))
            return
        hold = self._hold(hold_id)
        _within(amount_minor, hold.captured_minor - hold.reversed_minor, "no more comes back than was given")
        self.trigger_event(
            CaptureReversed,
            timestamp=at,
            reversal_id=reversal_id,
            hold_id=hold_id,
            gesture_id=hold.gesture_id,
            amount_minor=amount_minor,
            standing=self._after(spent_minor=self.standing.spent_minor - amount_minor),
        )

    def close(self, *, at: datetime) -> None:
        """Let no new holds in."""
        if self.standing.open:
            self.trigger_event(BudgetClosed, timestamp=at, standing=self._after(open=False))

    def reopen(self, *, at: datetime) -> None:
        """Let holds in again, as long as the period runs.

        Raises:
            Refusal: BUDGET_CLOSED once the period is over.
        """
        if self.standing.open:
            return
        if at >= self.standing.period_end:
            raise Refusal(RefusalCode.BUDGET_CLOSED, "its period is over")
        self.trigger_event(BudgetReopened, timestamp=at, standing=self._after(open=True))

    def accepts_holds(self, at: datetime) -> bool:
        """Whether the account is open and its period is running."""
        return self.standing.open and self.standing.period_start <= at < self.standing.period_end

    def remember_hold(self, hold_id: UUID, gesture_id: UUID, amount_minor: int, expires_at: datetime | None) -> None:
        """Take a placed hold into the state; called by the fact alone."""
        self.holds[hold_id] = Hold(gesture_id, amount_minor, expires_at)

    def _overdue(self, at: datetime) -> Iterator[tuple[UUID, Hold]]:
        for hold_id, hold in self.holds.items():
            if hold.state is HoldState.OPEN and hold.expires_at is not None and hold.expires_at <= at:
                yield hold_id, hold

    def _hold(self, hold_id: UUID) -> Hold:
        if hold_id not in self.holds:
            raise Refusal(RefusalCode.NOT_FOUND, "no such hold on this account")
        return self.holds[hold_id]

    def _after(self, **changes: int | bool) -> Standing:
        return msgspec.structs.replace(self.standing, **changes)


def _same(known: object, given: object) -> None:
    if known != given:
        raise Refusal(RefusalCode.IDEMPOTENCY_MISMATCH, "this was done before, otherwise")


def _within(amount_minor: int, most_minor: int, complaint: str) -> None:
    if not 0 < amount_minor <= most_minor:
        raise Refusal(RefusalCode.INVALID_INPUT, complaint, "amount", "amount")
