"""What a check of the log found: the places where it is not what was written, and what is merely worth knowing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

FINDINGS_MAX = 100
TOLERATED_SECONDS = 5.0
"""Writers look at their clocks before they commit, so one may be placed after another who looked later: by as long as a
commit takes, which on a server with more to do than it can is a second or two."""


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """One bad place. `place`: table, and column where it can be told; `size`: of a checkpoint."""

    place: str
    detail: str
    stream_id: UUID | None = None
    version: int | None = None
    position: int | None = None
    size: int | None = None

    def text(self) -> str:
        """The place in one line."""
        named = (
            ("position", self.position),
            ("stream", self.stream_id),
            ("version", self.version),
            ("checkpoint", self.size),
        )
        where = "".join(f" {name} {value}" for name, value in named if value is not None)
        return f"{self.place}{where}: {self.detail}"


class Inversions(msgspec.Struct):
    """Facts recorded at an earlier time than one before them in the log; their positions hold the later time.

    `count`: all of them; `seconds_max`: by how much at the most, at `largest_position`. `beyond`: those of them late by
    more than `tolerated_seconds`. `first_position`, `beyond_first_position`: of the first one.
    """

    count: int = 0
    first_position: int | None = None
    seconds_max: float = 0.0
    largest_position: int | None = None
    tolerated_seconds: float = TOLERATED_SECONDS
    beyond: int = 0
    beyond_first_position: int | None = None

    def note(self, position: int, seconds: float) -> None:
        """One more, late by `seconds`."""
        self.count += 1
        self.first_position = _first(self.first_position, position)
        if seconds > self.seconds_max:
            self.seconds_max, self.largest_position = seconds, position
        if seconds > self.tolerated_seconds:
            self.beyond += 1
            self.beyond_first_position = _first(self.beyond_first_position, position)

    def add(self, others: Inversions) -> None:
        """Those of another part of the log."""
        self.count += others.count
        self.beyond += others.beyond
        self.first_position = _first(self.first_position, others.first_position)
        self.beyond_first_position = _first(self.beyond_first_position, others.beyond_first_position)
        if others.seconds_max > self.seconds_max:
            self.seconds_max, self.largest_position = others.seconds_max, others.largest_position


def _first(one: int | None, other: int | None) -> int | None:
    """The lower position of two that may not be there."""
    return other if one is None else one if other is None else min(one, other)


class LogReport(msgspec.Struct):
    """What a check of a whole log found. `origin`: as its checkpoints say, None before the first one.

    `facts`: stored; `positions`: of these in the log; `waiting`: those that have none yet; `root`: over all positions,
    hexadecimal; `checkpoints`: signed, and all of one tree; `signed`: the size of the last, recorded at `signed_at`.
    """

    origin: str | None = None
    facts: int = 0
    streams: int = 0
    positions: int = 0
    waiting: int = 0
    root: str = ""
    checkpoints: int = 0
    signed: int = 0
    signed_at: datetime | None = None
    inversions: Inversions = msgspec.field(default_factory=Inversions)
    findings: list[Finding] = []

    @property
    def sound(self) -> bool:
        """Whether nothing was altered."""
        return not self.findings

    def found(self, finding: Finding) -> None:
        """Note a bad place.

        Raises:
            EnoughFound: there are so many that looking on tells nothing.
        """
        self.findings.append(finding)
        if len(self.findings) == FINDINGS_MAX:
            raise EnoughFound

    def add(self, part: LogReport) -> None:
        """Add what was found in a part of the log.

        Raises:
            EnoughFound: see `found`.
        """
        self.facts += part.facts
        self.waiting += part.waiting
        self.inversions.add(part.inversions)
        for finding in part.findings:
            self.found(finding)

    def put_in_order(self) -> None:
        """The first place first: by position; what has none comes last."""
        self.findings.sort(key=lambda each: (each.position is None, each.position or 0))


class EnoughFound(Exception):  # noqa: N818
    """FINDINGS_MAX bad places were found."""
