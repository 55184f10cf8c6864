"""The access log in the database: one chain per day whoever writes, only added to, and nothing altered unseen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import msgspec
import pytest

from contracts.vocabulary import Actor, ActorKind, Role, id_of, system_actor
from infra.clock import SystemClock, SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from infra.event_store import PostgresRecord
from infra.migrate import migrate
from infra.postgres import Pool, open_pool
from infra.sealing import KeyRing, migrate_keys
from infra.sql import statements
from services.case.app import MIGRATIONS, STATEMENTS
from services.case.domain.access import AccessAction, AccessEntry
from services.case.domain.retention import RetentionClass, retention_id_of
from services.case.projections import PROJECTIONS
from services.case.queries.access_log import AccessLogBrokenError, append_access, verify_access_log
from services.case.workers.access_keeper import AccessKeeper
from services.console.verified_access import access_findings

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TRIGGERS = (("entries", "only_added_to"), ("entries", "removed_late"), ("asked", "only_added_to"))
OWNER = statements("services.console")["access_log_owner"]


class Calendar:
    """A clock that stands."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


def entry(**given: Any) -> AccessEntry:
    fixed: dict[str, Any] = {
        "entry_id": SystemIds().new(),
        "occurred_at": NOON,
        "actor": Actor(ActorKind.AGENT, "anna", Role.AGENT),
        "on_behalf_of": system_actor("case"),
        "action": AccessAction.READ,
        "purpose": "audit",
        "ticket": "T-1",
        "customer_id": id_of("customer", "sam"),
        "case_ids": (None, id_of("case", "parcel")),
        "operation": "CaseScreen",
        "client": "desk/1.0",
        "fields": ("Case.subject", "Customer.name"),
    }
    return AccessEntry(**{**fixed, **given})


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


async def forge(pool: Pool, statement: str, *args: object) -> None:
    """What an administrator of the database can do: take the triggers away, change something, put them back."""
    async with pool.acquire() as connection, connection.transaction():
        for trigger in TRIGGERS:
            await connection.execute(f"ALTER TABLE access.{trigger[0]} DISABLE TRIGGER {trigger[1]}")
        await connection.execute(statement, *args)
        for trigger in TRIGGERS:
            await connection.execute(f"ALTER TABLE access.{trigger[0]} ENABLE ALWAYS TRIGGER {trigger[1]}")


async def test_entries_of_several_days_form_one_verified_chain(pool: Pool) -> None:
    clock = Calendar()
    await append_access(pool, clock, [entry(), entry()])
    clock.at += timedelta(days=2)
    await append_access(pool, clock, [entry()])
    checked = await verify_access_log(pool)
    assert (checked.entries, list(checked.heads)) == (3, [date(2026, 11, 21), date(2026, 11, 23)])
    await verify_access_log(pool, heads=checked.heads)


async def test_an_empty_log_is_in_order(pool: Pool) -> None:
    assert (await verify_access_log(pool)).entries == 0


async def test_writers_beside_each_other_number_without_gaps(pool: Pool) -> None:
    await asyncio.gather(*(append_access(pool, Calendar(), [entry() for _ in range(5)]) for _ in range(12)))
    assert (await verify_access_log(pool)).entries == 60
    assert await pool.fetchval("SELECT max(number) FROM access.entries") == 60


async def test_a_group_whose_commit_was_in_doubt_is_not_written_twice(pool: Pool) -> None:
    group = [entry(), entry()]
    await append_access(pool, Calendar(), group)
    await append_access(pool, Calendar(), [*group, entry()])
    assert (await verify_access_log(pool)).entries == 3


async def test_a_clock_that_is_set_back_opens_no_earlier_day(pool: Pool) -> None:
    await append_access(pool, Calendar(), [entry()])
    await append_access(pool, Calendar(NOON - timedelta(days=1)), [entry()])
    assert list((await verify_access_log(pool)).heads) == [NOON.date()]


async def test_nobody_changes_or_deletes_an_entry(pool: Pool) -> None:
    await append_access(pool, Calendar(), [entry()])
    for statement in (
        "UPDATE access.entries SET actor_ref = 'bram'",
        "DELETE FROM access.entries",
        "TRUNCATE access.entries",
        "UPDATE access.asked SET fields = '{}'",
        "DELETE FROM access.asked",
        "TRUNCATE access.asked",
        "INSERT INTO access.entries SELECT * FROM access.entries ON CONFLICT (entry_id) DO UPDATE SET client = 'x'",
        "SET session_replication_role = replica; DELETE FROM access.entries",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(statement)
    assert (await verify_access_log(pool)).entries == 1


CHANGES: dict[str, Any] = {
    "occurred_at": "occurred_at + interval '1 microsecond'",
    "entry_id": "'00000000-0000-7000-8000-000000000000'",
    "actor_kind": "'STAFF'",
    "actor_ref": "'bram'",
    "role": "'LEAD'",
    "on_behalf_of_kind": "NULL",
    "on_behalf_of_ref": "'channels'",
    "action": "'LIST'",
    "purpose": "NULL",
    "ticket": "'T-2'",
    "customer_id": "NULL",
    "case_ids": "array_append(case_ids, entry_id)",
    "relations": "'{NONE,ASSIGNEE}'",
    "asked": "sha256(asked)",
    "client": "'curl'",
    "hash": r"'\x00'",
    "number": "100",
    "day": "'2026-11-22'",
}


@pytest.mark.parametrize("column", sorted(CHANGES))
async def test_a_forged_column_is_found_and_its_place_named(pool: Pool, column: str) -> None:
    await append_access(pool, Calendar(), [entry() for _ in range(5)])
    await forge(pool, f"UPDATE access.entries SET {column} = {CHANGES[column]} WHERE number = 3")
    with pytest.raises(AccessLogBrokenError) as broken:
        await verify_access_log(pool)
    assert (broken.value.day, broken.value.number) == (NOON.date(), 3)


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE access.asked SET operation = 'Other' WHERE operation = 'Looked'",
        "UPDATE access.asked SET fields = '{Case.number}' WHERE operation = 'Looked'",
        "UPDATE access.asked SET digest = sha256(digest) WHERE operation = 'Looked'",
        "DELETE FROM access.asked WHERE operation = 'Looked'",
    ],
)
async def test_what_was_asked_cannot_be_altered_behind_an_entry(pool: Pool, forgery: str) -> None:
    await append_access(pool, Calendar(), [entry(), entry(operation="Looked"), entry()])
    assert await pool.fetchval("SELECT count(*) FROM access.asked") == 2
    await forge(pool, forgery)
    with pytest.raises(AccessLogBrokenError) as broken:
        await verify_access_log(pool)
    assert broken.value.number == 2


async def test_every_column_is_covered_by_the_test_above(pool: Pool) -> None:
    columns = "SELECT attname FROM pg_attribute WHERE attrelid = 'access.entries'::regclass AND attnum > 0"
    assert {row[0] for row in await pool.fetch(columns)} == set(CHANGES)


async def test_words_that_nobody_writes_are_a_forgery_and_no_crash(pool: Pool) -> None:
    await append_access(pool, Calendar(), [entry()])
    await forge(pool, "UPDATE access.entries SET action = 'GLANCE'")
    with pytest.raises(AccessLogBrokenError):
        await verify_access_log(pool)


async def test_a_deleted_entry_and_a_deleted_day_are_found(pool: Pool) -> None:
    for day in range(3):
        await append_access(pool, Calendar(NOON + timedelta(days=day)), [entry(), entry()])
    heads = (await verify_access_log(pool)).heads
    await forge(pool, "DELETE FROM access.entries WHERE day = '2026-11-23'")
    assert (await verify_access_log(pool)).entries == 4  # the end of a chain shows to those who hold its head
    with pytest.raises(AccessLogBrokenError, match="head"):
        await verify_access_log(pool, heads=heads)
    await forge(pool, "DELETE FROM access.entries WHERE day = '2026-11-21'")
    with pytest.raises(AccessLogBrokenError) as broken:
        await verify_access_log(pool)
    assert (broken.value.day, broken.value.number) == (date(2026, 11, 22), 1)


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


async def test_the_command_line_names_the_place_and_passes_over_databases_without_the_log(
    pool: Pool, keys_database: str
) -> None:
    await append_access(pool, Calendar(), [entry(), entry()])
    assert await access_findings(pool) == []
    await forge(pool, "UPDATE access.entries SET actor_ref = 'bram' WHERE number = 2")
    (finding,) = await access_findings(pool)
    assert finding.text() == "access.entries: 2026-11-21 number 2: the entry does not give its hash"
    other = await open_pool(keys_database, application_name="test")
    assert await access_findings(other) == []
    await other.close()


async def test_the_log_has_an_owner_of_its_own_where_an_administrator_prepared_that(
    postgres_server: EmbeddedPostgres, database: str
) -> None:
    name = database.rsplit("/", 1)[1]
    admin = await asyncpg.connect(postgres_server.admin_url.rsplit("/", 1)[0] + f"/{name}")
    try:
        await admin.execute(OWNER)
        await admin.execute(OWNER)  # every start of the embedded server runs it
        pool = await open_pool(database, application_name="test")
        await migrate(pool, *MIGRATIONS)
        await append_access(pool, Calendar(OLD), [entry()])
        await append_access(pool, Calendar(), [entry()])
        for statement in (
            "UPDATE access.entries SET actor_ref = 'bram'",
            "DELETE FROM access.entries WHERE day < '2016-01-01'",
            "SELECT access.forget_before('2999-01-01')",
            "CREATE OR REPLACE FUNCTION access.refuse_early_removal() RETURNS trigger LANGUAGE sql AS ''",
            "TRUNCATE access.entries",
            "ALTER TABLE access.entries DISABLE TRIGGER only_added_to",
            "DROP TRIGGER only_added_to ON access.entries",
            "DROP TABLE access.entries",
            "UPDATE access.asked SET fields = '{}'",
            "DROP TABLE access.asked CASCADE",
            "DROP VIEW access.seen",
            "DROP SCHEMA access CASCADE",
            "SET ROLE eender_access_log",
            "CREATE OR REPLACE FUNCTION access.refuse_change() RETURNS trigger LANGUAGE sql AS ''",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await pool.execute(statement)
        assert (await verify_access_log(pool)).entries == 2
        await pool.execute("SELECT access.forget_before('2016-01-01')")
        assert await pool.fetchval("SELECT count(*) FROM access.entries") == 1
        await pool.close()
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await admin.execute("DELETE FROM access.entries")  # a superuser would have to disarm it first
        owner = "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'access.entries'::regclass"
        assert await admin.fetchval(owner) == "eender_access_log"
        assert await admin.fetchval("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'eender_access_log'") is False
    finally:
        await admin.close()
