"""What an installation says in its configuration of how long what is known is kept."""

from __future__ import annotations

from typing import Annotated

import msgspec


class Retention(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How long what is known is kept; every day a job takes away what is older.

    `raw_days`: payloads as they came in, counted from their arrival. `case_months`: what was said in a case, counted
    from its resolution. `mentions_days`: what was said and asked nothing of us, counted from when it was said.
    `access_years`: who looked at whom, in whole days; NEN 7513 asks for five years at least.
    """

    raw_days: Annotated[int, msgspec.Meta(ge=1, le=36500)] = 90
    case_months: Annotated[int, msgspec.Meta(ge=1, le=1200)] = 84
    mentions_days: Annotated[int, msgspec.Meta(ge=1, le=36500)] = 90
    access_years: Annotated[int, msgspec.Meta(ge=5, le=100)] = 7
