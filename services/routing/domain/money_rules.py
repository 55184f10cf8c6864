"""What the ledger goes by beside grants: the most one case may cost, and what is paid out by somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from contracts.vocabulary import GestureKind


class MoneyRules(msgspec.Struct, frozen=True):
    """`case_caps`: in minor units, by currency; a currency without one has no cap.

    `paid_out`: kinds of gestures whose hold is pinned at once, because a payout has to be made before they are given.
    `hold_open_for`: money that is set aside for so long, and neither given nor being paid out, is free again.
    """

    case_caps: Mapping[str, int] = {}
    paid_out: frozenset[GestureKind] = frozenset()
    hold_open_for: timedelta = timedelta(days=14)


NO_RULES = MoneyRules()
"""No caps, and a gesture is given as soon as its money is held."""
