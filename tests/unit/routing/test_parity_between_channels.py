"""Who reads along decides nothing; and many more questions in private cost neither speed nor the same agent."""

from __future__ import annotations

import msgspec
import pytest

from services.routing.simulation.comparison import OURS, Comparison, compare_week
from services.routing.simulation.setting import Setting

USUAL = Setting(contacts=1_200, contacts_per_hour=7)
PRIVATE = msgspec.structs.replace(USUAL, public=0.1, contacts=1_440, contacts_per_hour=8.4)
"""A fifth more contacts, nine of ten of which nobody else can read."""


@pytest.fixture(scope="module")
def usual() -> Comparison:
    return compare_week(USUAL, 5, (OURS,))


def test_s008_s043_who_complains_where_everybody_reads_along_waits_as_long_as_who_writes_a_mail(
    usual: Comparison,
) -> None:
    assert 0.8 < usual.policies[OURS].public_per_private < 1.25


def test_s038_many_more_questions_in_private_are_in_time_and_with_the_same_agent(usual: Comparison) -> None:
    before, after = (each.policies[OURS] for each in (usual, compare_week(PRIVATE, 5, (OURS,))))
    assert after.late <= 0.001
    assert after.ratio_to_optimum >= 0.92
    assert after.continuity > before.continuity - 0.05
