"""How far the payout of a gesture is: begun once its money is pinned, and then paid or refused by somebody else."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import msgspec


class PayoutState(StrEnum):
    """What is known of it. OPEN: not yet whether it was paid."""

    OPEN = "OPEN"
    PAID = "PAID"
    REFUSED = "REFUSED"


class Unsettled(StrEnum):
    """Why an attempt settled nothing. GIVEN_UP: nobody posts again; it waits for word from the other side."""

    PENDING = "PENDING"
    UNANSWERED = "UNANSWERED"
    UNCLEAR = "UNCLEAR"
    GIVEN_UP = "GIVEN_UP"


class Payout(msgspec.Struct):
    """A payout as folded from the facts; `attempts` that settled nothing."""

    hold_id: UUID
    account_id: UUID
    state: PayoutState = PayoutState.OPEN
    attempts: int = 0


class Fulfilment(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a payout brought: the payer's own reference, a voucher's code, where to look at it."""

    provider_ref: str | None = None
    code: str | None = None
    url: str | None = None
