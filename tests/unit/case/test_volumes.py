"""What is so much more than usual that an incident is suspected."""

from __future__ import annotations

import pytest

from contracts.installation import Incidents
from services.case.domain.volumes import Volume, VolumeOf, jumps

RULES = Incidents(jump_count_min=10, jump_times_usual=3.0)


@pytest.mark.parametrize(
    ("counted", "before", "days", "jumped"),
    [
        (30, 280, 28, True),
        (29, 280, 28, False),
        (9, 0, 28, False),
        (10, 0, 28, True),
        (500, 0, 6, False),
    ],
    ids=["three times", "less", "too few to matter", "where there were none", "nobody knows what is usual yet"],
)
def test_s057_a_jump_is_many_and_many_times_the_usual(counted: int, before: int, days: int, jumped: bool) -> None:
    volume = Volume(VolumeOf.BRAND, "shop", counted, before, days)
    found = list(jumps([volume], RULES))
    assert bool(found) is jumped
    if found:
        assert (found[0][1].counted, found[0][1].usual) == (counted, before / days)


def test_it_can_be_switched_off() -> None:
    assert list(jumps([Volume(VolumeOf.CAUSE, "strike", 500, 0, 28)], Incidents(jump_times_usual=0))) == []
