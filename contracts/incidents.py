"""When an incident is suspected, as the configuration file says it."""

from __future__ import annotations

from typing import Annotated

import msgspec


class Incidents(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """When an incident is suspected: at least `jump_count_min` cases of a brand, or of a cause, within an hour.

    And `jump_times_usual` times as many as in that hour of the past four weeks; 0: never.
    """

    jump_count_min: Annotated[int, msgspec.Meta(ge=2, le=1_000_000)] = 10
    jump_times_usual: Annotated[float, msgspec.Meta(ge=0, le=1000)] = 3.0
