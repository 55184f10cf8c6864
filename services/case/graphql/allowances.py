"""How much each principal may still ask for: a bucket of points that fills as time passes."""

from __future__ import annotations

import math
from collections import OrderedDict
from datetime import datetime

PRINCIPALS_KEPT_MAX = 10_000
MINUTE_S = 60.0


class Allowances:
    """One bucket per principal, as large as a minute's points. Of this process: several have one each.

    Only the principals seen last are kept; one that was forgotten begins with a full bucket.
    """

    def __init__(self, points_per_minute_max: int) -> None:
        self._most = points_per_minute_max
        self._left: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def take(self, subject: str, points: int, now: datetime) -> int:
        """Take so many points, or none at all; gives the seconds to wait before they are there, 0 when taken.

        What costs more than a whole bucket is let through by a full one: it is refused by its cost, not by its rate.
        """
        left, since = self._left.pop(subject, (float(self._most), now))
        elapsed_s = max(0.0, (now - since).total_seconds())
        left = min(float(self._most), left + self._most * elapsed_s / MINUTE_S)
        wanted = min(points, self._most)
        wait_s = 0 if wanted <= left else max(1, math.ceil((wanted - left) * MINUTE_S / self._most))
        self._left[subject] = (left - wanted if wait_s == 0 else left, now)
        if len(self._left) > PRINCIPALS_KEPT_MAX:
            self._left.popitem(last=False)
        return wait_s
