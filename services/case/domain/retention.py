"""Keeping things no longer than they are to be kept: one stream per class and day, which is its evidence."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from contracts.stored import Stream
from contracts.vocabulary import id_of
from services.case.domain.retention_facts import RetentionEnforced


class RetentionClass(StrEnum):
    """What is kept for a time of its own."""

    CASE_CONTENTS = "CASE_CONTENTS"
    MENTIONS = "MENTIONS"
    ACCESS_LOG = "ACCESS_LOG"


class Retention(Stream):
    """One day's evidence for one class."""

    TOPIC = "retention"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "retention.created.never"

    def __init__(self, **_enforced: Any) -> None:
        """Nothing follows on it."""

    @classmethod
    def enforced(
        cls,
        retention_class: RetentionClass,
        day: date,
        *,
        cutoff: datetime,
        expired: int,
        kept: int,
        digest: str,
        at: datetime,
    ) -> Retention:
        """Say what was done on a day; its id follows from class and day, so that it is said once."""
        return cls._create(
            RetentionEnforced,
            id=retention_id_of(retention_class, day),
            timestamp=at,
            retention_class=retention_class,
            day=day,
            cutoff=cutoff,
            expired=expired,
            kept=kept,
            digest=digest,
        )


def digest_of(ids: Iterable[UUID]) -> str:
    """What stands for the ids of those that went."""
    return sha256(b"".join(sorted(each.bytes for each in ids))).hexdigest()


def retention_id_of(retention_class: RetentionClass, day: date) -> UUID:
    """The stream of one day's evidence."""
    return id_of("retention", retention_class, day.isoformat())


def months_before(day: date, months_count: int) -> datetime:
    """What is from before is too old on that day (UTC): so many calendar months ago, or the end of that month."""
    months = day.year * 12 + day.month - 1 - months_count
    year, month = months // 12, months % 12 + 1
    return datetime(year, month, min(day.day, calendar.monthrange(year, month)[1]), tzinfo=UTC)
