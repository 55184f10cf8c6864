"""The access log is kept for as long as it is to be: whole days go from its front, and what is left still verifies."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import asyncpg
import msgspec
import pytest

from contracts.vocabulary import id_of
from infra.clock import SystemClock, SystemIds
from infra.event_store import PostgresRecord
from infra.migrate import migrate
from infra.postgres import Pool, open_pool
from infra.sealing import KeyRing, migrate_keys
from infra.sql import statements
from services.case.app import MIGRATIONS, STATEMENTS
from services.case.domain.retention import RetentionClass, retention_id_of
from services.case.projections import PROJECTIONS
from services.case.queries.access_log import AccessLogBrokenError, append_access, verify_access_log
from services.case.workers.access_keeper import AccessKeeper
from tests.integration.test_access_log_chain import NOON, Calendar, entry, forge


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    pool = await open_pool(database, application_name="test")
    await migrate(pool, *MIGRATIONS)
    yield pool
    await pool.close()


@pytest.fixture
async def record(pool: Pool, keys_database: str) -> AsyncIterator[PostgresRecord]:
    keys_pool = await open_pool(keys_database, application_name="test")
    await migrate_keys(keys_pool)
    yield PostgresRecord(pool, KeyRing(keys_pool, bytes(32)), PROJECTIONS, statements(*STATEMENTS), lambda: None)
    await keys_pool.close()


OLD = datetime(2015, 3, 1, 12, tzinfo=UTC)


class Evidence(msgspec.Struct, frozen=True):
    """What a day's evidence says."""

    expired: int
    kept: int
    digest: str


async def several_days(pool: Pool) -> None:
    """Two entries a day on three days of long ago, one about another customer, and one of today."""
    for day in range(3):
        about = id_of("customer", f"of day {day}")
        await append_access(pool, Calendar(OLD + timedelta(days=day)), [entry(), entry(customer_id=about)])
    await append_access(pool, SystemClock(), [entry()])


async def keep(pool: Pool, record: PostgresRecord, at: datetime) -> Evidence:
    """A round of the keeper, and the evidence of its day."""
    await AccessKeeper(pool=pool, record=record, clock=Calendar(at), ids=SystemIds(), years=7).round()
    stream_id = retention_id_of(RetentionClass.ACCESS_LOG, at.date())
    (stored,) = await pool.fetch("SELECT clear FROM es.events WHERE stream_id = $1", stream_id)
    return msgspec.json.decode(stored["clear"], type=Evidence)


async def test_days_that_were_kept_long_enough_go_whole_with_evidence_and_the_rest_verifies(
    pool: Pool, record: PostgresRecord
) -> None:
    await several_days(pool)
    before = await verify_access_log(pool)
    last_hash = before.heads[date(2015, 3, 2)]
    evidence = await keep(pool, record, datetime(2022, 3, 3, 1, tzinfo=UTC))
    assert (evidence.expired, evidence.kept, evidence.digest) == (4, 0, last_hash.hex())
    again = await keep(pool, record, datetime(2022, 3, 3, 9, tzinfo=UTC))
    assert again == evidence, "once a day"
    assert (await keep(pool, record, datetime(2022, 3, 4, tzinfo=UTC))).expired == 2
    checked = await verify_access_log(pool, heads=before.heads)
    assert checked.entries == 1
    assert (await keep(pool, record, datetime(2022, 3, 5, tzinfo=UTC))).expired == 0
    await forge(pool, "DELETE FROM access.entries")
    await append_access(pool, SystemClock(), [entry()])
    assert (await verify_access_log(pool)).entries == 1, "the first one follows on what the evidence names"
    await forge(pool, "UPDATE access.entries SET number = 1, client = 'other'")
    with pytest.raises(AccessLogBrokenError):
        await verify_access_log(pool)


async def test_a_legal_hold_keeps_the_log_from_the_first_day_that_tells_of_its_customer(
    pool: Pool, record: PostgresRecord
) -> None:
    await several_days(pool)
    await pool.execute(
        "INSERT INTO restrictions (restriction_id, customer_id, kind, since, placed_by_kind, placed_by_ref)"
        " VALUES ($1, $2, 'LEGAL_HOLD', $3, 'STAFF', 'pia')",
        SystemIds().new(), id_of("customer", "of day 1"), NOON,
    )  # fmt: skip
    evidence = await keep(pool, record, datetime(2023, 1, 1, tzinfo=UTC))
    assert (evidence.expired, evidence.kept) == (2, 4)
    assert min((await verify_access_log(pool)).heads) == date(2015, 3, 2)


async def test_no_entry_goes_before_five_years_nor_from_the_middle_whoever_asks(pool: Pool) -> None:
    await several_days(pool)
    for statement in (
        "SELECT access.forget_before('2999-01-01')",
        "DELETE FROM access.entries WHERE day = '2015-03-02'",
        "DELETE FROM access.entries WHERE day = '2015-03-01' AND number = 1",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(statement)
    assert (await verify_access_log(pool)).entries == 7
    await pool.execute("SELECT access.forget_before('2015-03-02')")
    with pytest.raises(AccessLogBrokenError) as broken:
        await verify_access_log(pool)  # what went with no evidence was taken away
    assert (broken.value.day, broken.value.number) == (date(2015, 3, 2), 1)
