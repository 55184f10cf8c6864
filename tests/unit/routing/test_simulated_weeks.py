"""Synthetic weeks: drawn as their setting says, and run without breaking the policy's rules."""

from __future__ import annotations

from collections import Counter

import msgspec
import numpy as np
import pytest

from services.routing.simulation.by_policy import ByPolicy
from services.routing.simulation.comparison import OURS, Comparison, compare_week, medians
from services.routing.simulation.engine import run
from services.routing.simulation.setting import SLOT_S, Setting
from services.routing.simulation.week import Contact, Week, draw_week

SETTING = Setting(contacts=1_500, contacts_per_hour=7)


@pytest.fixture(scope="module")
def week() -> Week:
    return draw_week(SETTING, 1)


@pytest.fixture(scope="module")
def compared() -> Comparison:
    return compare_week(SETTING, 1)


def test_the_same_seed_is_the_same_week_and_another_one_is_another() -> None:
    assert draw_week(SETTING, 7) == draw_week(SETTING, 7)
    assert draw_week(SETTING, 7).contacts != draw_week(SETTING, 8).contacts


def test_as_many_are_on_duty_as_the_setting_says_and_everybody_as_often_as_agreed(week: Week) -> None:
    duties = [week.duty(agent) for agent in range(len(week.agents))]
    starts = Counter(start for duty in duties for start in duty.starts)
    assert set(starts.values()) == {3, 4}
    first = min(starts)
    shifts = sorted(sum(first <= start < first + 7 * 24 * 3600 for start in duty.starts) for duty in duties)
    assert shifts == sorted(SETTING.shifts_of)


def test_contacts_come_as_often_as_asked_half_of_them_from_customers_somebody_knows() -> None:
    contacts = draw_week(Setting(), 3).contacts
    assert 4_500 < len(contacts) < 6_400
    assert 0.45 < sum(contact.owner is not None for contact in contacts) / len(contacts) < 0.55
    follow_ups = Counter(contact.customer_id for contact in contacts)
    assert max(follow_ups.values()) > 1, "some come back within the week"


def test_contacts_of_the_same_half_hour_scatter_twice_as_much_as_chance_alone() -> None:
    steady = msgspec.structs.replace(SETTING, day_sd=0.0, returning=0.0)
    weeks = [draw_week(steady, seed).contacts for seed in range(20)]
    begin = min(contact.received for contacts in weeks for contact in contacts) // SLOT_S
    slots = [[int(contact.received // SLOT_S - begin) for contact in contacts] for contacts in weeks]
    counts = np.array([np.bincount(each, minlength=7 * 48) for each in slots])
    mean, variance = counts.mean(axis=0), counts.var(axis=0, ddof=1)
    assert 1.7 < (variance[mean > 2] / mean[mean > 2]).mean() < 2.3
    assert counts[:, :28].sum() > 1.5 * counts[:, 5 * 48 : 5 * 48 + 28].sum(), "Mondays bring more than Saturdays"


def test_a_shock_brings_more_in_a_few_hours() -> None:
    calm, shocked = (draw_week(msgspec.structs.replace(SETTING, shock=shock), 2).contacts for shock in (1.0, 8.0))
    assert len(shocked) > len(calm) * 1.3


def test_nobody_is_given_more_than_their_capacity_and_everybody_is_answered() -> None:
    week = draw_week(msgspec.structs.replace(SETTING, capacity=2), 4)

    class Watched(ByPolicy):
        def _carry(self, agent: int, contact: Contact | None = None, more: int = 0) -> None:
            super()._carry(agent, contact, more)
            assert 0 <= self._carried[agent] <= 2

    outcome = run(week, Watched(week))
    assert len(outcome.handled) == len(week.contacts)
    for number, handling in outcome.handled.items():
        assert handling.at >= week.contacts[number].received
        assert week.duty(handling.agent).span_at(handling.at) is not None, "begun on duty"


def test_s001_the_agent_stays_the_same_for_nearly_all_whom_the_roster_lets(compared: Comparison) -> None:
    ours = compared.policies[OURS]
    assert ours.ratio_to_optimum >= 0.92
    assert ours.continuity <= ours.reachable_continuity + 0.01
    assert ours.continuity > 2 * compared.policies["pool"].continuity


def test_a_fixed_time_of_waiting_keeps_more_than_none_and_less_than_knowing_who_comes(compared: Comparison) -> None:
    kept = [compared.policies[name].continuity for name in ("pool", "owner_if_free", "timer_30", OURS)]
    assert kept == sorted(set(kept))


def test_s060_nobody_known_is_waited_for_at_the_price_of_a_late_answer(compared: Comparison) -> None:
    assert compared.policies[OURS].late <= 0.001
    assert compared.policies["timer_180"].late > 0.01


def test_s005_contacts_others_can_read_are_answered_no_sooner_than_those_they_cannot(compared: Comparison) -> None:
    assert 0.8 < compared.policies[OURS].public_per_private < 1.25


def test_work_is_shared_among_agents_nearly_as_evenly_as_without_any_owners(compared: Comparison) -> None:
    share = {name: each.busiest_per_idlest for name, each in compared.policies.items()}
    assert 1 < share["pool"] < share[OURS] < share["owner_only"]
    assert share[OURS] < 2, "per hour on duty"


def test_no_policy_is_cheaper_than_the_optimum(compared: Comparison) -> None:
    assert all(each.cost_ratio >= 1 and each.cost_ratio_duo >= 1 for each in compared.policies.values())


def test_medians_of_weeks_keep_the_worst_ratio(compared: Comparison) -> None:
    other = compare_week(SETTING, 2, (OURS,))
    ours = msgspec.structs.replace(compared, policies={OURS: compared.policies[OURS]})
    both = medians([ours, other])
    ratios = [each.policies[OURS].ratio_to_optimum for each in (ours, other)]
    assert both.policies[OURS].ratio_worst == min(ratios)
    assert both.policies[OURS].ratio_to_optimum == pytest.approx(sum(ratios) / 2)
    assert both.seeds == (1, 2)
