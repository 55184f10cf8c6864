"""`eender bench`: measure one part on this machine. Only in a checkout."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

CHECKOUT = Path(__file__).resolve().parents[2]
MISUSE = 2
ROUNDS_MAX = 100


def bench(
    what: Literal["events", "routing", "mail", "hostile", "view", "intake"],
    /,
    *,
    rounds: int = 3,
    seconds: float = 2.0,
    out: Path | None = None,
    whole: Annotated[bool, Parameter(negative=())] = False,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Print what was measured beside what must hold, as medians of several rounds; exit code 2 outside a checkout.

    Args:
        what: The event log beside what its database can do, routing beside the best in hindsight, reading mail
            beside what the library's parser alone takes, how long documents made to hurt hold up the API, a screen
            beside the same SQL without HTTP, or what comes in, from the webhook to the timeline.
        rounds: How often everything of the event log is measured, at most 100.
        seconds: How long each measure of it lasts.
        out: Draw the figures into this SVG file.
        whole: Of intake: a whole year's postings, not a slice of them.
        json: Print them as JSON.
    """
    if not (CHECKOUT / "tests" / "bench").is_dir():
        sys.stderr.write("eender: bench runs only in a checkout of the project: the measures are part of its tests\n")
        return MISUSE
    words = [what, "--rounds", str(max(1, min(rounds, ROUNDS_MAX))), "--seconds", str(seconds)]
    if whole:
        words.append("--whole")
    if json:
        words.append("--json")
    if out is not None:
        words += ["--out", str(out.absolute())]
    # The measures are no part of the package: they are a program beside it.
    return subprocess.run([sys.executable, "-m", "tests.bench", *words], cwd=CHECKOUT, check=False).returncode  # noqa: S603
