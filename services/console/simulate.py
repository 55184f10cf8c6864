"""`eender simulate`: how the routing policy does against others and against the best in hindsight."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cyclopts import Parameter
from cyclopts.validators import Number
from rich.console import Console
from rich.table import Table

from infra.clock import SystemClock
from services.console.failure import CommandFailed
from services.console.simulate_plot import png, svg
from services.console.simulate_recorded import Asked, replayed
from services.routing.simulation.comparison import OURS, Comparison, Figures, compare_week, medians
from services.routing.simulation.setting import Setting

SEEDS_COUNT_MAX = 200
CONTACTS_MAX = 50_000.0
WIDTH_ELSEWHERE = 150
RECORDED_DAYS = 28
DAY_MIN = 24 * 60.0
DAY_LENGTH = len("2026-11-21")
SPAN = re.compile(r"(?P<number>[0-9]{1,6}(\.[0-9]{1,3})?)(?P<unit>[smhd])?")
MINUTES_OF = {"s": 1 / 60, "m": 1.0, "h": 60.0, "d": DAY_MIN}
WRITERS: dict[str, Callable[[Comparison, str], bytes]] = {".svg": svg, ".png": png}
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


def _minutes(_type: Any, tokens: Any) -> float:
    """A span such as `30m`, `2h` or `90s`; a bare number is minutes.

    Raises:
        ValueError: it is none, or longer than a day.
    """
    found = SPAN.fullmatch(tokens[0].value)
    if found is None:
        raise ValueError("expected a span such as 30m or 2h")
    minutes = float(found["number"]) * MINUTES_OF[found["unit"] or "m"]
    if minutes > DAY_MIN:
        raise ValueError("a day at most")
    return minutes


def _moment(_type: Any, tokens: Any) -> datetime:
    """RFC 3339 with an offset, or a day, which begins at midnight UTC.

    Raises:
        ValueError: it is neither.
    """
    found = datetime.fromisoformat(tokens[0].value)
    if found.tzinfo is None:
        if len(tokens[0].value) > DAY_LENGTH:
            raise ValueError("expected a day, or a time with an offset, such as 2026-11-21T20:38:00Z")
        found = found.replace(tzinfo=UTC)
    return found.astimezone(UTC)


Span = Annotated[float | None, Parameter(converter=_minutes)]
Moment = Annotated[datetime | None, Parameter(converter=_moment)]


@dataclass(frozen=True)
class MadeUp:
    """Of weeks that nobody lived.

    Attributes:
        seeds: How many weeks, 200 at most.
        first_seed: The seed of the first; the same seed is the same week.
        contacts: About how many contacts a week, 50,000 at most.
        shock: How many times the usual flow comes in six hours of the week, from 1 to 20.
    """

    seeds: Annotated[int, Parameter(validator=Number(gte=1, lte=SEEDS_COUNT_MAX))] = 3
    first_seed: Annotated[int, Parameter(validator=Number(gte=0))] = 0
    contacts: Annotated[float, Parameter(validator=Number(gte=1, lte=CONTACTS_MAX))] = 5443.0
    shock: Annotated[float, Parameter(validator=Number(gte=1, lte=20))] = 1.0


@dataclass(frozen=True)
class Lived:
    """Of a time that was, out of a stack's record; nothing is written to it.

    Attributes:
        data: The folder of a running stack; else the routing database of EENDER_DATABASE_URL, once a time is named.
        since: From when on, a day (UTC) or a time with its offset; four weeks before the end, if nothing is said.
        until: Until before when; now, if nothing is said.
        cases_per_hour: How many cases an agent gets through in an hour, where the configuration does not say.
    """

    data: Path | None = None
    since: Annotated[Moment, Parameter(name="--from")] = None
    until: Annotated[Moment, Parameter(name="--to")] = None
    cases_per_hour: Annotated[float | None, Parameter(validator=Number(gt=0, lte=3600))] = None

    @property
    def meant(self) -> bool:
        """Whether anybody asks for it."""
        return any(each is not None for each in (self.data, self.since, self.until))


@dataclass(frozen=True)
class WhatIf:
    """What is to be tried.

    Attributes:
        capacity: How many units every agent may have at a time.
        hold_margin: How long before its deadline a contact stops waiting for somebody known: 30m, 2h; a bare number:
            minutes.
        patience: How much longer a contact waits for somebody known than for anybody else, such as 2h.
        target: Within how long somebody has to begin, such as 3h.
    """

    capacity: Annotated[int | None, Parameter(validator=Number(gte=1, lte=1000))] = None
    hold_margin: Span = None
    patience: Span = None
    target: Span = None


AS_THEY_ARE, WEEKS, RECORD = WhatIf(), MadeUp(), Lived()


def simulate(
    *,
    what_if: Annotated[WhatIf, Parameter(name="*")] = AS_THEY_ARE,
    made_up: Annotated[MadeUp, Parameter(name="*")] = WEEKS,
    lived: Annotated[Lived, Parameter(name="*")] = RECORD,
    plot: Path | None = None,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Play weeks by our policy, by others, and as well as anybody could have: made-up ones, or a time that was.

    Args:
        what_if: What is to be tried.
        made_up: Weeks that nobody lived.
        lived: A time that was.
        plot: Draw the figures into this file: .svg or .png.
        json: Print them as JSON.
    """
    if plot is not None and plot.suffix.lower() not in WRITERS:
        raise CommandFailed(f"{plot}: the plot is an SVG or a PNG, so its name ends with .svg or .png")
    if plot is not None and not plot.parent.is_dir():
        raise CommandFailed(f"{plot} cannot be written: there is no folder {plot.parent}")
    found = _of_record(what_if, lived) if lived.meant else _of_weeks(what_if, made_up)
    title = _title(found, lived)
    if plot is not None:
        plot.write_bytes(WRITERS[plot.suffix.lower()](found, title))
    if json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
        return
    console = Console(width=None if sys.stdout.isatty() else WIDTH_ELSEWHERE)
    console.print(_table(found, title))
    console.print(_story(found), highlight=False)


def _of_weeks(what_if: WhatIf, made_up: MadeUp) -> Comparison:
    asked = {
        "capacity": what_if.capacity,
        "hold_margin_min": what_if.hold_margin,
        "patience_min": what_if.patience,
        "target_min": what_if.target,
    }
    given: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    setting = Setting(contacts=made_up.contacts, shock=made_up.shock, **given)
    return medians(compared(setting, range(made_up.first_seed, made_up.first_seed + made_up.seeds)))


def _of_record(what_if: WhatIf, lived: Lived) -> Comparison:
    until = lived.until or SystemClock().now()
    since = lived.since or until - timedelta(days=RECORDED_DAYS)
    if since >= until:
        raise CommandFailed("--from is not before --to")
    asked = Asked(
        first=since,
        last=until,
        capacity=what_if.capacity,
        hold_margin_min=what_if.hold_margin,
        patience_min=what_if.patience,
        target_min=what_if.target,
        cases_per_hour=lived.cases_per_hour,
    )
    return replayed(asked, lived.data, _notice)


def _notice(text: str) -> None:
    sys.stderr.write(text + "\n")


def _title(found: Comparison, lived: Lived) -> str:
    if lived.meant:
        return f"{found.contacts:,.0f} recorded contacts, and what other policies make of them"
    return f"{len(found.seeds)} synthetic weeks of about {found.contacts:,.0f} contacts, medians"


def compared(setting: Setting, seeds: Sequence[int]) -> list[Comparison]:
    """Those weeks, side by side on this machine's processors."""
    if len(seeds) == 1:
        return [compare_week(setting, seeds[0])]
    workers = min(len(seeds), os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_leave_interrupts_to_us) as pool:
        asked = [pool.submit(compare_week, setting, seed) for seed in seeds]
        try:
            return [each.result() for each in asked]
        except KeyboardInterrupt:
            for helper in active_children():
                helper.terminate()
            raise


def _leave_interrupts_to_us() -> None:
    """Ctrl-C reaches all processes of a terminal; the one that was typed ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _table(found: Comparison, title: str) -> Table:
    table = Table(title=title)
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
