"""`eender rebuild` knows every table of every service, and whom it may not bring back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from infra.rebuild import ForgettingError, Progress
from infra.rebuild_tables import Difference, ReadTable
from infra.rewriting import TableBusy, rewrite_tables
from infra.settings import DATABASE_URL, KEYS_URL, NATS_URL, SettingsError
from services.case.workers import rebuilding as of_case
from services.channels.workers import rebuilding as of_channels
from services.console.failure import CommandFailed
from services.console.rebuild import Where, rebuild, rebuilt, where
from services.routing.workers import rebuilding as of_routing
from tests.support.case_history import case_history
from tests.support.channels_history import KEK as SECRET
from tests.support.channels_history import ChannelsHistory, channels_history
from tests.support.routing_history import RoutingHistory, routing_history

TABLES = "SELECT array_agg(tablename::text) FROM pg_tables WHERE schemaname = 'public'"


@pytest.fixture
async def front_door(database: str, keys_database: str) -> AsyncIterator[ChannelsHistory]:
    async with channels_history(database, keys_database) as opened:
        for number, kind in enumerate(("file", "write", "ask", "try", "write", "report", "post")):
            await opened.step(kind, 2 * number)
        yield opened


@pytest.fixture
async def router(third_database: str) -> AsyncIterator[RoutingHistory]:
    async with routing_history(third_database) as opened:
        for number, kind in enumerate(("file", "present", "case", "ask")):
            await opened.step(kind, number)
        yield opened


@pytest.fixture
def stack(database: str, keys_database: str, third_database: str, tmp_path: Path) -> Where:
    """Of channels and routing."""
    kek = tmp_path / "kek"
    kek.write_bytes(SECRET)
    return Where([database, third_database], keys_database, f"file:{kek}")


def told_nobody(_service: str) -> Progress:
    return lambda _at, _last: None


def names(tables: tuple[ReadTable, ...]) -> set[str]:
    return {table.name for table in tables}


async def test_every_table_is_either_rebuilt_or_follows_something_else_than_facts(
    database: str, keys_database: str, router: RoutingHistory
) -> None:
    async with case_history(database, keys_database) as opened:
        assert set(await opened.pool.fetchval(TABLES)) == names(of_case.REBUILT) | of_case.FOLLOWED
    assert set(await router.pool.fetchval(TABLES)) == names(of_routing.REBUILT)


async def test_so_is_every_table_of_channels(front_door: ChannelsHistory) -> None:
    assert set(await front_door.pool.fetchval(TABLES)) == names(of_channels.REBUILT) | of_channels.FOLLOWED


async def test_one_command_rebuilds_all_services_of_a_stack(
    stack: Where, front_door: ChannelsHistory, router: RoutingHistory
) -> None:
    await front_door.step("write", 3)
    await router.step("case", 3)
    seen: dict[str, tuple[int, int]] = {}
    done = await rebuilt(stack, (), swap=True, progress=lambda name: lambda at, last: seen.update({name: (at, last)}))

    assert {service: set(each.rows) for service, each in done.items()} == {
        "channels": names(of_channels.REBUILT),
        "routing": names(of_routing.REBUILT),
    }
    assert all(each.differences == () and each.swapped for each in done.values())
    assert seen == {service: (each.position, each.position) for service, each in done.items()}


async def test_one_table_of_one_service_can_be_named(third_database: str, router: RoutingHistory) -> None:
    await router.pool.execute("UPDATE standing_grants SET amount_minor = 0")
    at = where(None, {DATABASE_URL: third_database, NATS_URL: "nats://127.0.0.1:1"})
    done = await rebuilt(at, ["routing.standing_grants"], swap=True, progress=told_nobody)

    assert set(done["routing"].rows) == {"standing_grants"}
    assert {found.columns for found in done["routing"].differences} == {("amount_minor",)}
    assert await router.pool.fetchval("SELECT count(*) FROM standing_grants WHERE amount_minor = 0") == 0


@pytest.mark.parametrize(
    ("what", "complaint"),
    [
        ("teams", "neither one of case, channels, routing nor a table"),
        ("routing.teams", "no read table is called teams"),
        ("case.cases", "there is no database of case"),
    ],
)
async def test_a_name_that_is_none_is_refused(
    what: str, complaint: str, third_database: str, router: RoutingHistory
) -> None:
    assert router.pool
    with pytest.raises(ValueError, match=complaint):
        await rebuilt(Where([third_database], None, None), [what], swap=True, progress=told_nobody)


async def test_sealed_facts_are_not_rebuilt_without_their_keys(database: str, front_door: ChannelsHistory) -> None:
    with pytest.raises(SettingsError, match=KEYS_URL):
        await rebuilt(Where([database], None, None), (), swap=True, progress=told_nobody)
    assert await front_door.pool.fetchval("SELECT count(*) FROM windows") > 0


async def test_a_fact_of_a_newer_program_is_named_and_the_live_tables_stay(
    third_database: str, router: RoutingHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await router.pool.fetch("SELECT * FROM assignments")
    await router.pool.execute(
        "UPDATE es.events SET topic = 'routing.case-seen.v2' WHERE topic = 'routing.case-seen.v1'"
    )
    monkeypatch.setenv(DATABASE_URL, third_database)
    monkeypatch.setenv(NATS_URL, "nats://127.0.0.1:9")
    with pytest.raises(CommandFailed, match=r"stream \S+ version 1: topic routing\.case-seen\.v2 is newer") as failed:
        await asyncio.to_thread(rebuild, "routing")
    assert "the live tables are as they were" in str(failed.value)
    assert await router.pool.fetch("SELECT * FROM assignments") == before


async def test_a_difference_in_a_row_that_is_known_by_a_number_does_not_tell_the_number(
    front_door: ChannelsHistory,
) -> None:
    account_id = await front_door.pool.fetchval("DELETE FROM windows RETURNING account_id")
    done = await of_channels.channels_rebuild(front_door.pool, front_door.keys).run(["windows"])

    assert set(done.differences) == {Difference("windows", f"{account_id}/WHATSAPP", "missing")}


async def test_whose_rows_are_gone_and_whose_keys_are_not_does_not_come_back(
    front_door: ChannelsHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.rebuild.RESTART_DELAY_S", 0.01)
    await front_door.pool.execute(
        "INSERT INTO forgettings (forgetting_id, contact_ids, begun_at, state)"
        " VALUES (gen_random_uuid(), '{}', now(), 'PURGED')"
    )
    await front_door.pool.execute("DELETE FROM windows")
    with pytest.raises(ForgettingError):
        await of_channels.channels_rebuild(front_door.pool, front_door.keys).run()

    assert await front_door.pool.fetchval("SELECT count(*) FROM windows") == 0
    assert await front_door.pool.fetchval("SELECT to_regnamespace('rebuilding')") is None


async def test_tables_are_not_called_clean_while_a_rebuild_has_rows_of_its_own(front_door: ChannelsHistory) -> None:
    async with AsyncExitStack() as rebuilding:
        other = await rebuilding.enter_async_context(front_door.pool.acquire())
        await other.execute("SELECT pg_advisory_lock(7002)")
        await other.execute("CREATE SCHEMA rebuilding CREATE TABLE windows (value text)")
        with pytest.raises(TableBusy):
            await rewrite_tables(front_door.pool, ("windows",))
        await other.execute("SELECT pg_advisory_unlock(7002)")
    await rewrite_tables(front_door.pool, ("windows",))

    assert await front_door.pool.fetchval("SELECT to_regnamespace('rebuilding')") is None
