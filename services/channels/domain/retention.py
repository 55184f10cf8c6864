"""Keeping things no longer than they are to be kept: one stream per class and day, which is its evidence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from contracts.stored import Stream
from contracts.vocabulary import id_of
from services.channels.domain.retention_facts import RetentionEnforced


class RetentionClass(StrEnum):
    """What is kept for a time of its own."""

    RAW_PAYLOADS = "RAW_PAYLOADS"


class Retention(Stream):
    """One day's evidence for one class."""

    TOPIC = "channels.retention"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "channels.retention.created.never"

    def __init__(self, **_enforced: Any) -> None:
        """Nothing follows on it."""

    @classmethod
    def enforced(
        cls,
        retention_class: RetentionClass,
        day: date,
        *,
        cutoff: datetime,
        ids: Iterable[UUID],
        kept: int,
        at: datetime,
    ) -> Retention:
        """Say what was done on a day; its id follows from class and day, so that it is said once."""
        gone = sorted(each.bytes for each in ids)
        return cls._create(
            RetentionEnforced,
            id=retention_id_of(retention_class, day),
            timestamp=at,
            retention_class=retention_class,
            day=day,
            cutoff=cutoff,
            expired=len(gone),
            kept=kept,
            digest=sha256(b"".join(gone)).hexdigest(),
        )


def retention_id_of(retention_class: RetentionClass, day: date) -> UUID:
    """The stream of one day's evidence."""
    return id_of("retention", retention_class, day.isoformat())


def raw_cutoff(day: date, raw_days: int) -> datetime:
    """What came before is too old on that day (UTC)."""
    return datetime.combine(day, time(), UTC) - timedelta(days=raw_days)
