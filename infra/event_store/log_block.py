"""Facts that were read together, a column of them as bytes in which values are found when somebody asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import accumulate, pairwise
from struct import unpack, unpack_from
from typing import TYPE_CHECKING

from asyncpg.pgproto.pgproto import UUID as PgUUID  # noqa: N811  (a UUID made in C)

from infra.event_store.stored_form import fact_meta

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    import asyncpg

    from contracts.stored import FactMeta

_ID_BYTES = 16
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""Postgres's."""


class LogBlock:
    """A row with `block_columns`. Whoever looks at a column of one fact most often looks at that of the next one."""

    def __init__(self, row: asyncpg.Record) -> None:
        self._row = row
        self.count: int = row["count"]

    def first(self) -> int:
        """One of its positions."""
        position: int = unpack_from(">q", self._row["positions"])[0]
        return position

    def in_order(self) -> tuple[Sequence[int], Sequence[int]]:
        """The places of its facts in the order of their positions, and these."""
        positions, places = self._numbers("positions"), range(self.count)
        if positions == tuple(range(positions[0], positions[0] + self.count)):
            return places, positions
        ordered = sorted(places, key=positions.__getitem__)
        return ordered, [positions[at] for at in ordered]

    @cached_property
    def streams(self) -> list[UUID]:
        """Whose facts they are."""
        return self._ids("streams")

    @cached_property
    def versions(self) -> tuple[int, ...]:
        """At which versions of their streams."""
        return self._numbers("versions")

    @cached_property
    def events(self) -> list[UUID]:
        """Their own ids."""
        return self._ids("events")

    @cached_property
    def times(self) -> list[datetime]:
        """When they were recorded."""
        return [_EPOCH + timedelta(microseconds=time) for time in self._numbers("times")]

    @cached_property
    def topics(self) -> list[str]:
        """What kinds of facts."""
        topics: str = self._row["topics"]
        return [topics[begin:end] for begin, end in pairwise(accumulate(self._sizes("topics"), initial=0))]

    @cached_property
    def clear(self) -> list[bytes]:
        """The JSON of their clear fields."""
        return self._parts("clear")

    @cached_property
    def meta(self) -> list[bytes]:
        """The JSON of who and why."""
        return self._parts("meta")

    @cached_property
    def seals(self) -> list[bytes]:
        """The JSON of their seals."""
        return self._parts("seals")

    @cached_property
    def sealed(self) -> list[bytes | None]:
        """The frames of their envelopes; None: there was none, or it is withheld."""
        sizes = self._sizes("sealed")
        column, ends = self._row["sealed"] or b"", accumulate([max(size, 0) for size in sizes])
        return [None if size < 0 else column[end - size : end] for size, end in zip(sizes, ends, strict=True)]

    def meta_at(self, at: int) -> tuple[FactMeta, str | None]:
        """What the store knows of one of them besides the fact, and its traceparent."""
        return fact_meta(
            self.meta[at],
            stream_id=self.streams[at],
            version=self.versions[at],
            event_id=self.events[at],
            topic=self.topics[at],
            recorded_at=self.times[at],
        )

    def _numbers(self, name: str) -> tuple[int, ...]:
        return unpack(f">{self.count}q", self._row[name])

    def _sizes(self, name: str) -> tuple[int, ...]:
        return unpack(f">{self.count}i", self._row[f"{name}_sizes"])

    def _parts(self, name: str) -> list[bytes]:
        column: bytes = self._row[name]
        return [column[begin:end] for begin, end in pairwise(accumulate(self._sizes(name), initial=0))]

    def _ids(self, name: str) -> list[UUID]:
        column: bytes = self._row[name]
        return [PgUUID(column[at : at + _ID_BYTES]) for at in range(0, len(column), _ID_BYTES)]
