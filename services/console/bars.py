"""Progress bars, on standard error: gone when the work is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[int, int], None]
"""Told (reached, last)."""


@contextmanager
def bars() -> Iterator[Callable[[str], Progress]]:
    """Makes a bar per name that it is asked for."""
    from rich.console import Console  # noqa: PLC0415  (`--help` does without)
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415
    from rich.progress import Progress as Bars  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    # Elsewhere than in a terminal each bar would leave an empty line behind.
    with Bars(*columns, console=console, transient=True, disable=not console.is_terminal) as drawn:

        def bar(name: str) -> Progress:
            task = drawn.add_task(name, total=None)
            return lambda at, last: drawn.update(task, completed=at, total=last)

        yield bar
