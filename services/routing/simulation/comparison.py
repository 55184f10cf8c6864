"""Runs a week through every policy and the optimum, and says what came of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from math import inf
from statistics import median

import msgspec
import numpy as np
from numpy.typing import NDArray

from services.routing.simulation.by_policy import ByPolicy
from services.routing.simulation.by_timer import ByTimer
from services.routing.simulation.engine import Handling, Run, Strategy, run
from services.routing.simulation.optimum import CONTINUITY_FIRST, IN_MONEY, Optimum, optimum
from services.routing.simulation.setting import HOUR_S, MINUTE_S, Setting
from services.routing.simulation.week import Contact, Week, draw_week

OURS = "eta"
RECORDED = "recorded"
AS_CONFIGURED = "eta_as_configured"
AT_ONCE_S = 0.001
"""Long enough for whoever is free to begin, and no longer."""
POLICIES: Mapping[str, Callable[[Week], Strategy]] = {
    OURS: ByPolicy,
    "pool": lambda week: ByTimer(week, None),
    "owner_if_free": lambda week: ByTimer(week, AT_ONCE_S),
    "timer_30": lambda week: ByTimer(week, 30 * MINUTE_S),
    "timer_60": lambda week: ByTimer(week, 60 * MINUTE_S),
    "timer_180": lambda week: ByTimer(week, 180 * MINUTE_S),
    "owner_only": lambda week: ByTimer(week, inf),
}


class Figures(msgspec.Struct, frozen=True):
    """What a policy makes of a week, or the medians of several.

    `continuity`: share of returning contacts that owner or partner began; `reachable_continuity`: share of them for
    whom the roster had one of the two within the target; `ratio_to_optimum`: continuity per the optimum's, and
    `ratio_worst` of all weeks. `late`: share of contacts begun after the target, those never begun included.
    `cost_ratio`: waiting, strangers at two hours and late ones at a day each, per the cheapest possible, where
    customers have an owner alone; `cost_ratio_duo`: where they have a partner too. Waits in minutes.
    `busiest_per_idlest`: contacts per hour on duty of the agent with most by that of the agent with fewest.
    `public_per_private`: mean waits of contacts others can read by those of the others.
    """

    continuity: float
    reachable_continuity: float
    ratio_to_optimum: float
    ratio_worst: float
    late: float
    late_count: int
    cost_ratio: float
    cost_ratio_duo: float
    wait_p50_min: float
    wait_p95_min: float
    wait_max_min: float
    busiest_per_idlest: float
    public_per_private: float


class Comparison(msgspec.Struct, frozen=True):
    """One week by all policies, or the medians of several. `optimum`: continuity and late ones of the best flow."""

    setting: Setting
    seeds: tuple[int, ...]
    contacts: float
    load: float
    optimum_continuity: float
    optimum_late: float
    policies: dict[str, Figures]


class _Yardstick(msgspec.Struct, frozen=True):
    """A week twice, with partners and with owners alone, and what could have been made of either."""

    duo: Week
    alone: Week
    best: Optimum
    cheapest: Optimum
    cheapest_alone: Optimum
    reachable: float


def compare_week(setting: Setting, seed: int, names: Sequence[str] = tuple(POLICIES)) -> Comparison:
    """Draw that week and run it by these policies."""
    return compare(draw_week(setting, seed), names, seeds=(seed,))


def compare(
    week: Week,
    names: Sequence[str] = tuple(POLICIES),
    *,
    seeds: tuple[int, ...] = (),
    happened: Mapping[int, Handling] | None = None,
) -> Comparison:
    """Run a week by these policies. `happened`: what became of it in fact, which stands before them as `RECORDED`."""
    alone = dataclasses.replace(
        week, contacts=tuple(dataclasses.replace(contact, partner=None) for contact in week.contacts)
    )
    by = _Yardstick(
        duo=week,
        alone=alone,
        best=optimum(week, CONTINUITY_FIRST),
        cheapest=optimum(week, IN_MONEY),
        cheapest_alone=optimum(alone, IN_MONEY),
        reachable=_share([_is_reachable(week, contact) for contact in _returning(week)]),
    )
    hours = sum(week.duty(agent).between_s(*_span(week)) for agent in range(len(week.agents))) / HOUR_S
    policies = {} if happened is None else {RECORDED: _figures_of(_as_it_was(by, happened), by)}
    policies |= {name: _figures_of(_by_strategy(POLICIES[name], by), by) for name in names}
    return Comparison(
        setting=week.setting,
        seeds=seeds,
        contacts=len(week.contacts),
        load=len(week.contacts) / max(hours * week.setting.contacts_per_hour, 1e-9),
        optimum_continuity=by.best.continuity,
        optimum_late=by.best.late,
        policies=policies,
    )


def medians(weeks: Sequence[Comparison]) -> Comparison:
    """The medians of weeks of one setting; the worst ratio and the longest wait stay the worst of all."""
    first = weeks[0]
    policies = {}
    for name in first.policies:
        each = [week.policies[name] for week in weeks]
        merged = {key: median(getattr(one, key) for one in each) for key in Figures.__struct_fields__}
        merged["ratio_worst"] = min(one.ratio_worst for one in each)
        merged["wait_max_min"] = max(one.wait_max_min for one in each)
        merged["late_count"] = sum(one.late_count for one in each)
        merged["late"] = merged["late_count"] / sum(week.contacts for week in weeks)
        policies[name] = Figures(**merged)
    return Comparison(
        setting=first.setting,
        seeds=tuple(seed for week in weeks for seed in week.seeds),
        contacts=median(week.contacts for week in weeks),
        load=median(week.load for week in weeks),
        optimum_continuity=median(week.optimum_continuity for week in weeks),
        optimum_late=median(week.optimum_late for week in weeks),
        policies=policies,
    )


def _by_strategy(strategy: Callable[[Week], Strategy], by: _Yardstick) -> tuple[Run, Run]:
    return run(by.duo, strategy(by.duo)), run(by.alone, strategy(by.alone))


def _as_it_was(by: _Yardstick, happened: Mapping[int, Handling]) -> tuple[Run, Run]:
    return Run(by.duo, dict(happened)), Run(by.alone, dict(happened))


def _figures_of(runs: tuple[Run, Run], by: _Yardstick) -> Figures:
    outcome, alone = runs
    waits = np.array([_wait(outcome, contact) for contact in by.duo.contacts])
    answered = waits[np.isfinite(waits)] / MINUTE_S if np.isfinite(waits).any() else np.zeros(1)
    late = int((waits > np.array([by.duo.target_s(contact) for contact in by.duo.contacts])).sum())
    continuity = _share([_is_kept(outcome, contact) for contact in _returning(by.duo)])
    ratio = continuity / by.best.continuity if by.best.continuity else 1.0
    public = np.array([contact.public for contact in by.duo.contacts]) & np.isfinite(waits)
    private = ~public & np.isfinite(waits)
    return Figures(
        continuity=continuity,
        reachable_continuity=by.reachable,
        ratio_to_optimum=ratio,
        ratio_worst=ratio,
        late=late / len(waits),
        late_count=late,
        cost_ratio=cost(alone) / max(1.0, by.cheapest_alone.cost),
        cost_ratio_duo=cost(outcome) / max(1.0, by.cheapest.cost),
        wait_p50_min=float(np.percentile(answered, 50)),
        wait_p95_min=float(np.percentile(answered, 95)),
        wait_max_min=float(answered.max()),
        busiest_per_idlest=_busiest_per_idlest(outcome),
        public_per_private=_mean(waits[public]) / max(1.0, _mean(waits[private])),
    )


def cost(outcome: Run) -> float:
    """What a run cost, in seconds of waiting, by the prices of `IN_MONEY`. Who was never answered counts as late."""
    total = 0.0
    for contact in outcome.week.contacts:
        wait = _wait(outcome, contact)
        late = wait > outcome.week.target_s(contact)
        stranger = contact.owner is not None and not _is_kept(outcome, contact)
        total += (0.0 if wait == inf else wait) + IN_MONEY.late * late + IN_MONEY.switch * stranger
    return total


def _returning(week: Week) -> list[Contact]:
    return [contact for contact in week.contacts if contact.owner is not None]


def _wait(outcome: Run, contact: Contact) -> float:
    handling = outcome.handled.get(contact.number)
    return inf if handling is None else handling.at - contact.received


def _is_kept(outcome: Run, contact: Contact) -> bool:
    handling = outcome.handled.get(contact.number)
    return handling is not None and handling.agent in contact.known()


def _is_reachable(week: Week, contact: Contact) -> bool:
    begins = (week.duty(agent).begins(contact.received) for agent in contact.known())
    return any(begin is not None and begin - contact.received <= week.target_s(contact) for begin in begins)


def _busiest_per_idlest(outcome: Run) -> float:
    begun = np.bincount([one.agent for one in outcome.handled.values()], minlength=len(outcome.week.agents))
    span = _span(outcome.week)
    hours = np.array([outcome.week.duty(agent).between_s(*span) for agent in range(len(begun))]) / HOUR_S
    rates = begun[hours > 0] / hours[hours > 0]
    return float(rates.max() / max(rates.min(), 1e-9)) if len(rates) else 1.0


def _span(week: Week) -> tuple[float, float]:
    """From the first contact until the last may wait no longer."""
    return week.contacts[0].received, max(contact.received + week.target_s(contact) for contact in week.contacts)


def _mean(waits: NDArray[np.floating]) -> float:
    return float(waits.mean()) if len(waits) else 0.0


def _share(answers: Sequence[bool]) -> float:
    return sum(answers) / len(answers) if answers else 1.0
