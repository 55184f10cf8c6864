"""Facts that were read together, a column of them as bytes in which values are found when somebody asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from asyncpg.pgproto.pgproto import UUID as PgUUID  # noqa: N811  (a UUID made in C)

from infra.event_store.columns import cut, cut_optional, evenly, numbers, sizes
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
        return int.from_bytes(self._row["positions"][:8], "big")

    def in_order(self) -> tuple[Sequence[int], Sequence[int]]:
        """The places of its facts in the order of their positions, and these."""
        positions, places = numbers(self._row["positions"]), range(self.count)
        if positions == tuple(range(positions[0], positions[0] + self.count)):
            return places, positions
        ordered = sorted(places, key=positions.__getitem__)
        return ordered, [positions[at] for at in ordered]

    @cached_property
    def streams(self) -> list[UUID]:
        """Whose facts they are."""
        return list(map(PgUUID, evenly(self._row["streams"], _ID_BYTES)))

    @cached_property
    def versions(self) -> tuple[int, ...]:
        """At which versions of their streams."""
        return numbers(self._row["versions"])

    @cached_property
    def events(self) -> list[UUID]:
        """Their own ids."""
        return list(map(PgUUID, evenly(self._row["events"], _ID_BYTES)))

    @cached_property
    def times(self) -> list[datetime]:
        """When they were recorded."""
        return [_EPOCH + timedelta(microseconds=time) for time in numbers(self._row["times"])]

    @cached_property
    def topics(self) -> list[str]:
        """What kinds of facts."""
        return cut(self._row["topics"], sizes(self._row["topics_sizes"]))

    @cached_property
    def clear(self) -> list[bytes]:
        """The JSON of their clear fields."""
        return cut(self._row["clear"], sizes(self._row["clear_sizes"]))

    @cached_property
    def meta(self) -> list[bytes]:
        """The JSON of who and why."""
        return cut(self._row["meta"], sizes(self._row["meta_sizes"]))

    @cached_property
    def seals(self) -> list[bytes]:
        """The JSON of their seals."""
        return cut(self._row["seals"], sizes(self._row["seals_sizes"]))

    @cached_property
    def sealed(self) -> list[bytes | None]:
        """The frames of their envelopes; None: there was none, or it is withheld."""
        return cut_optional(self._row["sealed"], sizes(self._row["sealed_sizes"]))

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
