"""What a report of trends says of each matter: how much of it came in lately, how much is usual, how it is meant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from services.case.domain.trends import chance, once_in, trend_of

Row = dict[str, Any]
_FELT_NOTHING: Row = dict.fromkeys(("negative", "positive", "feeling_permille", "feeling_usual_permille"))
"""Of a cause: it is what we say of a case, and nobody's words."""


def trend_rows(found: Sequence[Row], period: timedelta) -> list[Row]:
    """The rows, each compared with its own past.

    `counted`, `mentions` (of these): cases and mentions of the last period; `usual`: the mean of `periods` before it.
    `once_in`: of how many such comparisons chance alone brings one. Feelings: from -1000, all are bad, to 1000.
    """
    return [_told(row, period, comparisons=len(found)) for row in found]


def in_order(rows: Sequence[Row]) -> list[Row]:
    """The least likely by chance first, then the most frequent; those without figures last, in no telling order."""
    return sorted(
        rows,
        key=lambda row: (
            row["suppressed"],
            -(row["once_in"] or 0),
            -(row["counted"] or 0),
            [row[name] or "" for name in ("brand", "channel", "class", "cause")],
        ),
    )


def _told(row: Row, period: timedelta, *, comparisons: int) -> Row:
    counted, before, periods = row["counted"], row["before"], row["periods"]
    return {
        "brand": row["brand"],
        "channel": row["channel"],
        "class": row["class"],
        "cause": row["cause"],
        "agents": row["agents"],
        "period_days": period.days,
        "periods": periods,
        "counted": counted,
        "mentions": row["mentions"],
        "usual": round(before / periods, 1) if periods else None,
        "trend": trend_of(counted, before, periods, comparisons=comparisons).value if periods else None,
        "once_in": once_in(chance(counted, before, periods)) if periods else None,
        **_FELT_NOTHING,
        **(_felt(row) if row["cause"] is None else {}),
    }


def _felt(row: Row) -> Row:
    return {
        "negative": row["negative"],
        "positive": row["positive"],
        "feeling_permille": _feeling(row["positive"], row["negative"], row["counted"]),
        "feeling_usual_permille": _feeling(row["positive_before"], row["negative_before"], row["before"]),
    }


def _feeling(positive: int, negative: int, of: int) -> int | None:
    return round(1000 * (positive - negative) / of) if of else None
