"""What is too old is gone: a day's evidence."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Row, Work
from services.case.domain.retention import Retention, RetentionClass, digest_of, retention_id_of

_REPORTED = {RetentionClass.CASE_CONTENTS: "expiries_reported", RetentionClass.MENTIONS: "mentions_reported"}


class RecordRetention(msgspec.Struct, frozen=True):
    """What went, by id, and how many stay though they are older than `cutoff`."""

    retention_class: RetentionClass
    day: date
    cutoff: datetime
    ids: tuple[UUID, ...]
    kept: int


async def record_retention(command: RecordRetention, context: CommandContext, *, record: Record) -> Committed:
    """Put it on record, once per class and day; what is counted here is counted nowhere else. Outcome: empty."""
    retention_id = retention_id_of(command.retention_class, command.day)
    reported = Row(_REPORTED[command.retention_class], (list(command.ids),))

    async def decide() -> Work:
        if await record.load(Retention, retention_id) is not None:
            return Work()
        retention = Retention.enforced(
            command.retention_class,
            command.day,
            cutoff=command.cutoff,
            expired=len(command.ids),
            kept=command.kept,
            digest=digest_of(command.ids),
            at=context.at,
        )
        return Work(streams=(retention,), rows=(reported,))

    return await record.transact(context, decide, serialise_on=(retention_id,))
