"""How unusual it is that so many wrote about something lately: the last period beside those before it. Pure.

By the conditional test for two Poisson counts (J. Przyborowski, H. Wilenski, "Homogeneity of results in testing samples
from Poisson series", Biometrika 31, 1940, 313-323): where nothing has changed, and n equal periods lie before the last
one, of all that was counted each lies in the last period with probability 1 / (n + 1). It is exact for counts however
small, and a short past makes it careful by itself. Where many comparisons are made at once chance has as many tries, so
the line is moved by their number (O. J. Dunn, "Multiple comparisons among means", J. Am. Stat. Assoc. 56, 1961, 52-64).
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from math import exp, lgamma, log

WEEKLY_FROM = timedelta(days=14)
"""From so long on a stretch of time goes by weeks, since working days differ from Sundays; a shorter one by days."""
CHANCE_MAX = 0.05
"""A report in which nothing has changed says of something that it did as often as this, at the most."""
ONCE_IN_MAX = 1_000_000


class Trend(StrEnum):
    """Whether it is more or less than usual. NONE: no more so than chance has it."""

    RISE = "RISE"
    FALL = "FALL"
    NONE = "NONE"


def period_of(stretch: timedelta) -> timedelta:
    """How long one period of a stretch of time is."""
    return timedelta(days=7) if stretch >= WEEKLY_FROM else timedelta(days=1)


def chance(counted: int, before: int, periods: int) -> float:
    """The chance of a last period as far from those before, in either direction, where nothing has changed; 0 to 1.

    `before`: counted in `periods` (at least 1) equal ones.
    """
    total, share = counted + before, 1 / (periods + 1)
    return min(1.0, 2 * _tail(counted, total, share))


def trend_of(counted: int, before: int, periods: int, *, comparisons: int) -> Trend:
    """What that is, among so many `comparisons` (at least 1)."""
    if chance(counted, before, periods) * comparisons > CHANCE_MAX:
        return Trend.NONE
    return Trend.RISE if counted * periods > before else Trend.FALL


def once_in(of_chance: float) -> int:
    """Of how many such comparisons chance alone brings one, at most `ONCE_IN_MAX`."""
    return ONCE_IN_MAX if of_chance * ONCE_IN_MAX <= 1 else round(1 / of_chance)


def _tail(counted: int, total: int, share: float) -> float:
    """Of `total` throws that hit with probability `share`, that `counted` hit or still more (fewer) of them.

    Away from the mean each term is smaller than the one before, so that few thousand are enough for millions.
    """
    step = 1 if counted > total * share else -1
    hits, term, found = counted, _exactly(counted, total, share), 0.0
    while term > found * 1e-16 and 0 <= hits <= total:
        found += term
        up, down = (total - hits) * share, hits * (1 - share)
        term *= up / ((hits + 1) * (1 - share)) if step > 0 else down / ((total - hits + 1) * share)
        hits += step
    return found


def _exactly(hits: int, total: int, share: float) -> float:
    choices = lgamma(total + 1) - lgamma(hits + 1) - lgamma(total - hits + 1)
    return exp(choices + hits * log(share) + (total - hits) * log(1 - share))
