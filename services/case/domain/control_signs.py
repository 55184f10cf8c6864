"""What there is to see about a gesture afterwards: whether a second person reads it, and signs for an auditor.

A sign is no verdict. Nothing is held up for it, and most of them have a good reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

import msgspec

from contracts.controls import Controls


class GestureSign(StrEnum):
    """What was seen."""

    MANY_PER_HOUR = "MANY_PER_HOUR"
    SAME_CUSTOMER = "SAME_CUSTOMER"
    NEAR_ITEM_LIMIT = "NEAR_ITEM_LIMIT"
    OWN_HANDLE = "OWN_HANDLE"
    MUTUAL_APPROVAL = "MUTUAL_APPROVAL"
    CUSTOMER_OVER_CAP = "CUSTOMER_OVER_CAP"


class ReviewOutcome(StrEnum):
    """What the second person found."""

    FINE = "FINE"
    QUESTION = "QUESTION"
    WRONG = "WRONG"


class ControlFigures(msgspec.Struct, frozen=True):
    """What the record says around one gesture, up to when it was given; the gesture itself counts everywhere.

    `in_hour`: of its agent. `same_customer`: of its agent to its customer, whoever was merged with that one.
    `near_limit`: of its agent, close below the item limit; 0 where this one is not. `customer_minor`: what its customer
    got in its currency from everybody, less what came back. `own_handle`: the customer is known by an address of the
    giver or the approver. `approved`, `approved_back`: how many the approver approved of its agent, and the other way
    round; `approved_elsewhere`: with a third person on either side.
    """

    currency: str
    in_hour: int = 1
    same_customer: int = 1
    near_limit: int = 0
    customer_minor: int = 0
    own_handle: bool = False
    approved: int = 0
    approved_back: int = 0
    approved_elsewhere: int = 0


def is_sampled(gesture_id: UUID, percent: int) -> bool:
    """Whether a second person is to read it: decided by its id alone, so that nobody can steer it or ask twice."""
    drawn = int.from_bytes(sha256(b"second read " + gesture_id.bytes).digest()[:8])
    return drawn * 100 < percent << 64


def signs_of(figures: ControlFigures, controls: Controls) -> tuple[GestureSign, ...]:
    """The signs of a gesture, in the order of `GestureSign`."""
    return tuple(_signs(figures, controls))


def _signs(figures: ControlFigures, controls: Controls) -> Iterator[GestureSign]:
    if figures.in_hour > controls.gestures_per_hour_max:
        yield GestureSign.MANY_PER_HOUR
    if figures.same_customer > controls.same_customer_max:
        yield GestureSign.SAME_CUSTOMER
    if figures.near_limit >= controls.near_limit_count:
        yield GestureSign.NEAR_ITEM_LIMIT
    if figures.own_handle:
        yield GestureSign.OWN_HANDLE
    each_other = min(figures.approved, figures.approved_back)
    if each_other >= controls.pair_count and figures.approved_elsewhere == 0:
        yield GestureSign.MUTUAL_APPROVAL
    cap_minor = controls.customer_cap_minor(figures.currency)
    if cap_minor is not None and figures.customer_minor > cap_minor:
        yield GestureSign.CUSTOMER_OVER_CAP
