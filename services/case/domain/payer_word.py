"""What a payer says of a payout, in the answer to a post, when asked, or by itself later; and what it is told."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from contracts.money import from_minor
from contracts.vocabulary import GestureKind, RefusalCode
from services.case.domain.payout import Fulfilment

Line = Annotated[str, msgspec.Meta(max_length=500)]
ID_LENGTH_MAX = 200

_REFUSALS = {
    "order-value-exceeded": RefusalCode.OVER_ORDER_VALUE,
    "reference-unknown": RefusalCode.NOT_FOUND,
    "currency-not-possible": RefusalCode.CURRENCY_MISMATCH,
}
"""The payer's codes that screens have words for; every other refusal is INVALID_INPUT."""


class PayerWord(msgspec.Struct, frozen=True):
    """What a payer says, as it is written. `hold_id`: of which payout, where it is not an answer.

    `status`: `pending` (later), `paid` (with `reference`, and of a voucher `code`, `url`), `refused` (`code`, `reason`)
    or `returned` (`amount_minor` came back; `return_id` makes it count once).
    """

    status: Literal["pending", "paid", "refused", "returned"]
    hold_id: UUID | None = None
    reference: Line | None = None
    code: Line | None = None
    url: Line | None = None
    reason: Line | None = None
    return_id: Annotated[str, msgspec.Meta(min_length=1, max_length=ID_LENGTH_MAX)] | None = None
    amount_minor: int | None = None

    @property
    def fulfilment(self) -> Fulfilment:
        """What a payout brought. A link that leads nowhere safe is left out."""
        safe = self.url is not None and self.url.startswith("https://")
        return Fulfilment(provider_ref=self.reference, code=self.code, url=self.url if safe else None)

    @property
    def refusal(self) -> RefusalCode:
        """Why it is refused, in a code that screens have words for."""
        return _REFUSALS.get(self.code or "", RefusalCode.INVALID_INPUT)


def word_in(body: bytes) -> PayerWord | None:
    """The payer's word in a body, or None: nothing that could be understood, which settles nothing."""
    try:
        word = msgspec.json.decode(body, type=PayerWord)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError):
        return None
    texts = (word.reference, word.code, word.url, word.reason)
    return None if any(text is not None and "\x00" in text for text in texts) else word


class Order(msgspec.Struct, frozen=True):
    """A payout as it is due: what of, for which case, and how it was tried so far. Amount in minor units."""

    gesture_id: UUID
    case_id: UUID
    case_number: str
    hold_id: UUID
    kind: GestureKind
    amount_minor: int
    currency: str
    reason: str
    reference: str | None
    attempts: int
    age_s: float


def body_of(order: Order) -> bytes:
    """What the payer is told: the same whenever it is told again."""
    said: dict[str, Any] = {
        "type": "payout.requested",
        "hold_id": str(order.hold_id),
        "gesture_id": str(order.gesture_id),
        "case": order.case_number,
        "kind": order.kind.value,
        "amount": from_minor(order.amount_minor, order.currency),
        "amount_minor": order.amount_minor,
        "currency": order.currency,
        "reason": order.reason,
        "reference": None if order.reference is None else msgspec.json.decode(order.reference),
    }
    return msgspec.json.encode(said)
