"""`eender simulate`: how the routing policy does against others and against the best in hindsight."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter
from cyclopts.validators import Number
from rich.console import Console
from rich.table import Table

from services.console.failure import CommandFailed
from services.console.simulate_plot import plotted
from services.routing.simulation.comparison import OURS, Comparison, Figures, compare_week, medians
from services.routing.simulation.setting import Setting

SEEDS_COUNT_MAX = 200
CONTACTS_MAX = 50_000.0
WIDTH_ELSEWHERE = 150
COLUMNS = (
    ("policy", ""),
    ("continuity", "of returning contacts"),
    ("÷ optimum", "median"),
    ("", "worst"),
    ("late", "of all"),
    ("cost ÷ optimum", "owner alone"),
    ("", "duo"),
    ("wait min", "p50"),
    ("", "p95"),
    ("", "longest"),
    ("agents", "busiest ÷ idlest"),
    ("public ÷ private", "mean wait"),
)


def simulate(
    *,
    seeds: Annotated[int, Parameter(validator=Number(gte=1, lte=SEEDS_COUNT_MAX))] = 3,
    first_seed: Annotated[int, Parameter(validator=Number(gte=0))] = 0,
    contacts: Annotated[float, Parameter(validator=Number(gte=1, lte=CONTACTS_MAX))] = 5443.0,
    capacity: Annotated[int, Parameter(validator=Number(gte=1, lte=1000))] = 20,
    hold_margin_min: Annotated[float, Parameter(validator=Number(gte=0, lte=1440))] = 15.0,
    target_min: Annotated[float, Parameter(validator=Number(gte=1, lte=1440))] = 180.0,
    shock: Annotated[float, Parameter(validator=Number(gte=1, lte=20))] = 1.0,
    plot: Path | None = None,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Play synthetic weeks of a busy service desk by our policy, by others, and as well as anybody could have.

    Args:
        seeds: How many weeks.
        first_seed: The seed of the first; the same seed is the same week.
        contacts: How many contacts a week on average.
        capacity: How many contacts an agent has at a time.
        hold_margin_min: How long before its deadline a contact stops waiting for somebody known.
        target_min: Within how many minutes somebody has to begin.
        shock: How many times the usual flow comes in six hours of the week.
        plot: Draw the figures into this SVG file.
        json: Print them as JSON.
    """
    if plot is not None and plot.suffix.lower() != ".svg":
        raise CommandFailed(f"{plot}: the plot is an SVG, so its name ends with .svg")
    setting = Setting(
        contacts=contacts, capacity=capacity, hold_margin_min=hold_margin_min, target_min=target_min, shock=shock
    )
    weeks = compared(setting, range(first_seed, first_seed + seeds))
    found = medians(weeks)
    if plot is not None:
        plot.write_text(plotted(found), encoding="utf-8")
    if json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
        return
    console = Console(width=None if sys.stdout.isatty() else WIDTH_ELSEWHERE)
    console.print(_table(found))
    console.print(_story(found), highlight=False)


def compared(setting: Setting, seeds: Sequence[int]) -> list[Comparison]:
    """Those weeks, side by side on this machine's processors."""
    if len(seeds) == 1:
        return [compare_week(setting, seeds[0])]
    workers = min(len(seeds), os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(partial(compare_week, setting), seeds))


def _table(found: Comparison) -> Table:
    table = Table(title=f"{len(found.seeds)} synthetic weeks of about {found.contacts:,.0f} contacts, medians")
    for head, below in COLUMNS:
        table.add_column(f"{head}\n[dim]{below}[/]", justify="left" if head == "policy" else "right")
    for name, figures in found.policies.items():
        table.add_row(*_cells(name, figures), style="bold" if name == OURS else "")
    return table


def _cells(name: str, each: Figures) -> tuple[str, ...]:
    return (
        name,
        f"{each.continuity:.1%}",
        f"{each.ratio_to_optimum:.3f}",
        f"{each.ratio_worst:.3f}",
        f"{each.late:.2%}",
        f"{each.cost_ratio:.2f}",
        f"{each.cost_ratio_duo:.2f}",
        f"{each.wait_p50_min:.0f}",
        f"{each.wait_p95_min:.0f}",
        f"{each.wait_max_min:.0f}",
        f"{each.busiest_per_idlest:.1f}",
        f"{each.public_per_private:.2f}",
    )


def _story(found: Comparison) -> str:
    ours = found.policies[OURS]
    return (
        f"Agents were busy {found.load:.0%} of their time. The roster had owner or partner in reach of "
        f"{ours.reachable_continuity:.1%} of the returning customers; the best anybody could have done is "
        f"{found.optimum_continuity:.1%} with {found.optimum_late:.0f} late. A policy above that answers late."
    )
