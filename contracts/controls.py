"""What the configuration file says about looking at gestures afterwards, and about figures of staff and of channels."""

from __future__ import annotations

from typing import Annotated

import msgspec

from contracts.gesture_rules import Cap
from contracts.money import to_minor

REVIEW_REASONS_DEFAULT = ("amount", "reason-code", "procedure", "product-knowledge", "wording", "empathy")
Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Count = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
Days = Annotated[int, msgspec.Meta(ge=1, le=3650)]
Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]


class Controls(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is looked at after a gesture was given. Nothing of it ever holds one up.

    `second_read_percent`: of all gestures, read by a second person. `review_reasons`: codes of what that person finds.

    A gesture gets a sign where its agent gave more than `gestures_per_hour_max` within an hour; more than
    `same_customer_max` to one customer within `same_customer_days`; at least `near_limit_count` within
    `near_limit_days` that came within `near_limit_percent` of the item limit; where two people within `pair_days`
    approved at least `pair_count` of each other's and nobody else's said a word; and where one customer got more than a
    `customer_caps` within `customer_days`, from all agents together.
    """

    second_read_percent: Percent = 5
    review_reasons: tuple[Code, ...] = REVIEW_REASONS_DEFAULT
    gestures_per_hour_max: Count = 10
    same_customer_max: Count = 3
    same_customer_days: Days = 30
    near_limit_percent: Percent = 5
    near_limit_count: Count = 3
    near_limit_days: Days = 30
    pair_count: Count = 3
    pair_days: Days = 90
    customer_days: Days = 365
    customer_caps: tuple[Cap, ...] = ()

    def customer_cap_minor(self, currency: str) -> int | None:
        """The most one customer may get unremarked; None: any amount."""
        return next((cap.amount_minor for cap in self.customer_caps if cap.currency == currency), None)


class StaffPrivacy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which figures about single people anybody sees.

    `group_size_min`: a figure that comes from fewer agents than that is left out of every report. `own_figures`: agents
    see what a second person found of their own gestures. `leads_see_signs`: leads see which signs a gesture has, not
    only auditors.
    """

    group_size_min: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 5
    own_figures: bool = True
    leads_see_signs: bool = False


class Reports(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What reports count with. `contact_cost`: of one contact on a channel, in `currency`; without: nothing."""

    currency: str = "EUR"
    contact_cost: dict[str, str] = {}

    def contact_cost_minor(self) -> dict[str, int]:
        """By the channel's word as it is stored."""
        return {
            path.upper().replace("-", "_"): to_minor(amount, self.currency)
            for path, amount in self.contact_cost.items()
        }
