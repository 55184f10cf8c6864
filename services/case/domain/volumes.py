"""Whether more comes in than usual: of a brand, or of a cause. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

import msgspec

from contracts.installation import Incidents
from services.case.domain.incident_facts import Jump

PAST_DAYS = 28
"""The same hour of so many days says what is usual."""
KNOWN_DAYS_MIN = 7
"""Before so many days nobody knows what is usual."""


class VolumeOf(StrEnum):
    """What is counted: cases that are opened, by brand; cases that are resolved, by cause."""

    BRAND = "BRAND"
    CAUSE = "CAUSE"


class Volume(msgspec.Struct, frozen=True):
    """Of one brand or cause: counted in the last hour, and in the same hour of the past days together.

    `name`: None, of no brand. `days`: of how many days.
    """

    of: VolumeOf
    name: str | None
    counted: int
    before: int
    days: int


def jumps(volumes: Iterable[Volume], rules: Incidents) -> Iterator[tuple[Volume, Jump]]:
    """Those that are so much more than usual that somebody should look."""
    for volume in volumes:
        if volume.days < KNOWN_DAYS_MIN or rules.jump_times_usual == 0:
            continue
        usual = volume.before / volume.days
        if volume.counted >= rules.jump_count_min and volume.counted >= rules.jump_times_usual * usual:
            yield volume, Jump(counted=volume.counted, usual=usual)
