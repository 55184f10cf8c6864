"""`python -m tests.bench events|routing|… [--rounds N] [--seconds S] [--out FILE.svg]`: one table, one plot."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import msgspec
import uvloop
from rich.console import Console

from infra.serving import collect_rarely
from tests.bench.events import fetched_peers, one_round
from tests.bench.hostile import hostile
from tests.bench.intake import intake
from tests.bench.mail import mail
from tests.bench.plot import plot
from tests.bench.rebuilding import rebuilding
from tests.bench.routing import WEEKS, routing
from tests.bench.stand import opened_stand
from tests.bench.table import Figures, printed
from tests.bench.view import view


async def measure(rounds: int, seconds: float, console: Console) -> Figures:
    figures = Figures()
    with tempfile.TemporaryDirectory(prefix="eender-peers-") as fetched:
        peers = await fetched_peers(Path(fetched), figures)
        for number in range(1, rounds + 1):
            console.print(f"round {number} of {rounds}")
            # As the services do: else the collector looks through all that is in hand again and again.
            collect_rarely()
            with tempfile.TemporaryDirectory(prefix="eender-bench-") as folder:
                async with opened_stand(Path(folder) / "server") as stand:
                    await one_round(stand, seconds, figures, peers)
            await rebuilding(seconds, figures)
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(prog="eender bench", description=__doc__)
    parser.add_argument("what", choices=["events", "routing", "mail", "hostile", "view", "intake"])
    parser.add_argument("--whole", action="store_true", help="of intake: all of the year's postings")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each measure lasts")
    parser.add_argument("--out", type=Path, help="where the plot goes")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON instead of the table")
    asked = parser.parse_args()
    if asked.what == "routing":
        figures = Figures()
        routing(WEEKS, figures)
    elif asked.what == "mail":
        figures = Figures()
        for _ in range(asked.rounds):
            mail(figures)
    elif asked.what == "hostile":
        figures = Figures()
        for _ in range(asked.rounds):
            hostile(figures)
    elif asked.what == "intake":
        figures = uvloop.run(intake(asked.rounds, asked.seconds, Console(stderr=True).print, whole=asked.whole))
    elif asked.what == "view":
        figures = uvloop.run(view(asked.rounds, asked.seconds, Console(stderr=True).print))
    else:
        figures = uvloop.run(measure(asked.rounds, asked.seconds, Console(stderr=True)))
    medians = figures.medians()
    if asked.json:
        sys.stdout.write(msgspec.json.encode(medians).decode() + "\n")
    else:
        Console(width=None if sys.stdout.isatty() else 150).print(printed(medians, figures.skipped))
    if asked.out is not None:
        asked.out.write_text(plot(medians), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
