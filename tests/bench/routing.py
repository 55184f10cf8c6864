"""The measures of routing: what one decision costs, and what the policy makes of synthetic weeks."""

from __future__ import annotations

import time
from statistics import median

import uvloop

from services.console.simulate import compared
from services.routing.simulation.comparison import OURS, compare_week
from services.routing.simulation.setting import Setting
from tests.bench.routing_decisions import decisions
from tests.bench.table import Figures

WEEKS = 20


def routing(weeks: int, figures: Figures) -> None:
    """Measure everything once."""
    uvloop.run(decisions(figures))
    began = time.perf_counter()
    compare_week(Setting(), 0, (OURS,))
    figures.note("a week of 5,443 contacts, optimum included, s", time.perf_counter() - began)
    _weeks(weeks, figures)


def _weeks(weeks: int, figures: Figures) -> None:
    found = compared(Setting(), range(weeks))
    for name in found[0].policies:
        each = [week.policies[name] for week in found]
        mark = "" if name == OURS else f", {name}"
        figures.note(f"continuity per the optimum's, worst week{mark}", min(one.ratio_to_optimum for one in each))
        figures.note(f"continuity per the optimum's, median week{mark}", median(one.ratio_to_optimum for one in each))
        figures.note(f"continuity with duos, share of returning contacts{mark}", median(one.continuity for one in each))
        late = sum(one.late_count for one in each) / sum(week.contacts for week in found)
        figures.note(f"late answers, share of contacts{mark}", late)
        figures.note(f"cost per the cheapest, owner alone{mark}", median(one.cost_ratio for one in each))
        figures.note(f"cost per the cheapest, duo{mark}", median(one.cost_ratio_duo for one in each))
