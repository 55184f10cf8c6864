"""Channel accounts and how they do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.vocabulary import AccountMode, Channel
from services.case.domain.policy import AccountName, Standing
from services.case.queries.database import Database
from services.case.queries.rows import AccountRow

ACCOUNTS_MAX = 1000


class HealthRow(msgspec.Struct, frozen=True):
    """How an account did at `measured_at`. `unread`: payloads kept and not read; `unsent`: replies to leave."""

    account_id: UUID
    measured_at: datetime
    last_received_at: datetime | None
    last_sent_at: datetime | None
    unread: int
    unsent: int
    trouble: str | None
    silent_since: datetime | None


class _StandingRow(msgspec.Struct, frozen=True):
    channel: Channel
    account: str
    mode: AccountMode | None
    paused: bool


async def accounts_standing(database: Database) -> dict[AccountName, Standing]:
    """What is on record of what may leave, of all accounts that ever were."""
    rows = await database.all(_StandingRow, "accounts_standing")
    return {(row.channel, row.account): Standing(row.mode, row.paused) for row in rows}


async def accounts_in_use(database: Database) -> list[AccountRow]:
    """All that the configuration names, by channel and name."""
    return await database.all(AccountRow, "accounts_by_name_order", ACCOUNTS_MAX)


async def health_of_accounts(database: Database, ids: Sequence[UUID]) -> dict[UUID, HealthRow]:
    """Of those of which anything was told."""
    return {row.account_id: row for row in await database.all(HealthRow, "health_of_accounts", list(ids))}
