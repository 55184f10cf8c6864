"""Days of the access log were kept long enough: they go, with the day's evidence."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from contracts.stored import CommandContext, Committed, Record, Row, Work
from services.case.domain.retention import Retention, RetentionClass, retention_id_of


class ForgetAccessDays(msgspec.Struct, frozen=True):
    """What was found on `day`: `expired` entries before `first_kept`, the last of which ends with `last_hash`.

    `kept`: how many stay though they are older than `cutoff`.
    """

    day: date
    cutoff: datetime
    first_kept: date
    expired: int
    kept: int
    last_hash: bytes


async def forget_access_days(command: ForgetAccessDays, context: CommandContext, *, record: Record) -> Committed:
    """Take them away and put it on record in one transaction, once a day. Outcome: empty."""
    retention_id = retention_id_of(RetentionClass.ACCESS_LOG, command.day)

    async def decide() -> Work:
        if await record.load(Retention, retention_id) is not None:
            return Work()
        retention = Retention.enforced(
            RetentionClass.ACCESS_LOG,
            command.day,
            cutoff=command.cutoff,
            expired=command.expired,
            kept=command.kept,
            digest=command.last_hash.hex(),
            at=context.at,
        )
        gone = (Row("forget_access_before", (command.first_kept,)),) if command.expired else ()
        return Work(streams=(retention,), rows=gone)

    return await record.transact(context, decide, serialise_on=(retention_id,))
