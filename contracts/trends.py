"""What the case service tells of what is written about."""

from __future__ import annotations

from datetime import datetime

import msgspec

from contracts.rise import Rise


class TrendsChanged(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something is written about more than usual (`rose`), or is not any more (`ended`). Each is told once."""

    changed_at: datetime
    rose: tuple[Rise, ...] = ()
    ended: tuple[Rise, ...] = ()
