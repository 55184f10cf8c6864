"""Working time: spans of UTC seconds in which somebody is on duty or a channel is open, and arithmetic on them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

import msgspec


class WorkingTime(msgspec.Struct, frozen=True):
    """Spans `[start, end)` in UTC seconds: in order, apart from one another, none of them empty."""

    starts: tuple[float, ...] = ()
    ends: tuple[float, ...] = ()

    def span_at(self, at: float) -> tuple[float, float] | None:
        """The span that holds this moment."""
        place = bisect_right(self.starts, at) - 1
        if place < 0 or at >= self.ends[place]:
            return None
        return self.starts[place], self.ends[place]

    def begins(self, at: float) -> float | None:
        """The first moment from `at` on that is working time; None: none is foreseen."""
        place = bisect_right(self.ends, at)
        return max(at, self.starts[place]) if place < len(self.starts) else None

    def next_start(self, at: float) -> float | None:
        """When the first span begins after this moment."""
        place = bisect_right(self.starts, at)
        return self.starts[place] if place < len(self.starts) else None

    def after(self, at: float, work_s: float) -> float | None:
        """The first working moment from `at` on with so much working time between; None: beyond what is foreseen.

        It is the moment when somebody with a backlog of `work_s` could begin something new.
        """
        for place in range(bisect_right(self.ends, at), len(self.starts)):
            begin = max(at, self.starts[place])
            left = self.ends[place] - begin
            if work_s < left:
                return begin + work_s
            work_s -= left
        return None

    def spent(self, at: float, work_s: float) -> float | None:
        """The first moment by which so much working time has passed since `at`; None: beyond what is foreseen.

        It is when something is due that takes so long: at the end of a span rather than when the next one begins.
        """
        for place in range(bisect_right(self.ends, at), len(self.starts)):
            begin = max(at, self.starts[place])
            left = self.ends[place] - begin
            if work_s <= left:
                return begin + work_s
            work_s -= left
        return None

    def seconds(self) -> float:
        """How long all spans are together."""
        return sum(self.ends) - sum(self.starts)

    def between_s(self, start: float, end: float) -> float:
        """How much of it lies between these moments."""
        return self.overlap_s(working_time([(start, end)]))

    def overlap_s(self, other: WorkingTime) -> float:
        """How long both work."""
        return sum(end - start for start, end in _common(self, other))

    def without(self, other: WorkingTime) -> WorkingTime:
        """This time less the other's."""
        kept: list[tuple[float, float]] = []
        for start, end in zip(self.starts, self.ends, strict=True):
            for gone_from, gone_until in _common(WorkingTime((start,), (end,)), other):
                kept.append((start, gone_from))
                start = gone_until  # noqa: PLW2901  (what is left of the span)
            kept.append((start, end))
        return working_time(kept)

    def reachable_from(self, patience_s: float) -> WorkingTime:
        """The moments from which somebody who waits so long meets a span."""
        return working_time((start - patience_s, end) for start, end in zip(self.starts, self.ends, strict=True))


def working_time(spans: Iterable[tuple[float, float]]) -> WorkingTime:
    """Any spans, in order and merged where they touch or overlap; empty ones are left out."""
    starts: list[float] = []
    ends: list[float] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return WorkingTime(tuple(starts), tuple(ends))


def _common(one: WorkingTime, other: WorkingTime) -> Iterator[tuple[float, float]]:
    for start, end in zip(one.starts, one.ends, strict=True):
        place = bisect_right(other.ends, start)
        while place < len(other.starts) and other.starts[place] < end:
            yield max(start, other.starts[place]), min(end, other.ends[place])
            place += 1
