"""Read tables made anew beside the live ones: what is wrong is told and mended, and nobody who works is in the way."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from infra.rebuild import RebuildRunningError, Rebuilt
from infra.rebuild_tables import Difference
from services.case.workers.rebuilding import FOLLOWED, REBUILT, case_rebuild
from services.console.rebuild import rebuilt
from tests.support.case_desk import KEK
from tests.support.case_history import KINDS, CaseHistory, case_history

FORM = """SELECT c.relname, array_agg(DISTINCT pg_get_indexdef(i.indexrelid)), array_agg(DISTINCT k.conname)
  FROM pg_class c LEFT JOIN pg_index i ON i.indrelid = c.oid LEFT JOIN pg_constraint k ON k.conrelid = c.oid
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' GROUP BY 1 ORDER BY 1"""


@pytest.fixture
async def history(database: str, keys_database: str) -> AsyncIterator[CaseHistory]:
    async with case_history(database, keys_database) as opened:
        yield opened


async def worked(history: CaseHistory, steps: int = 120) -> None:
    for number in range(steps):
        await history.step(KINDS[number % len(KINDS)], number // 3)
    await history.sequence()


async def run(history: CaseHistory, *names: str, **given: Any) -> Rebuilt:
    return await case_rebuild(history.pool, history.keys).run(names, **given)


async def test_every_table_is_either_rebuilt_or_follows_others(history: CaseHistory) -> None:
    tables = await history.pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert {row["tablename"] for row in tables} == {table.name for table in REBUILT} | FOLLOWED


async def test_what_is_wrong_in_a_live_table_is_told_without_its_values_and_mended(history: CaseHistory) -> None:
    await worked(history)
    case = await history.pool.fetchrow("SELECT case_id, customer_id FROM cases ORDER BY number LIMIT 1")
    assert case is not None
    entry = await history.pool.fetchval("DELETE FROM timeline WHERE kind = 'NOTE' RETURNING entry_id")
    await history.pool.execute(
        "UPDATE cases SET subject = 'x', unread = NOT unread WHERE case_id = $1", case["case_id"]
    )
    extra = await history.pool.fetchval(
        "INSERT INTO handles (handle_id, customer_id, kind, value, written, masked, assurance, added_at)"
        " SELECT gen_random_uuid(), customer_id, kind, 'x', 'x', 'x', 'SELF_ASSERTED', added_at"
        " FROM handles LIMIT 1 RETURNING handle_id"
    )
    notes = await history.pool.fetchval("SELECT count(*) FROM timeline WHERE kind = 'NOTE'")

    compared = await run(history, swap=False)
    assert Difference("cases", str(case["case_id"]), "changed", ("subject", "unread")) in compared.differences
    assert Difference("handles", str(extra), "extra") in compared.differences
    assert Difference("timeline", str(entry), "missing") in compared.differences
    assert not compared.swapped
    assert await history.pool.fetchval("SELECT count(*) FROM timeline WHERE kind = 'NOTE'") == notes

    assert (await run(history)).differences == compared.differences
    assert (await run(history)).differences == ()
    assert await history.pool.fetchval("SELECT count(*) FROM timeline WHERE kind = 'NOTE'") > notes


async def test_the_new_tables_have_the_form_and_the_names_of_the_old_ones(history: CaseHistory) -> None:
    await worked(history, 20)
    before = await history.pool.fetch(FORM)
    await run(history)

    assert await history.pool.fetch(FORM) == before
    assert await history.pool.fetchval("SELECT to_regnamespace('rebuilding')") is None


async def test_only_the_named_table_is_put_in_place(history: CaseHistory) -> None:
    await worked(history, 20)
    tables = ("cases", "timeline")
    before = [await history.pool.fetchval("SELECT $1::regclass::oid", name) for name in tables]
    await run(history, "cases")
    after = [await history.pool.fetchval("SELECT $1::regclass::oid", name) for name in tables]

    assert (before[0] == after[0], before[1] == after[1]) == (False, True)
    with pytest.raises(ValueError, match="no read table is called teams"):
        await run(history, "teams")


async def test_nothing_that_happens_meanwhile_is_lost_or_has_to_wait_long(history: CaseHistory) -> None:
    await worked(history, 60)
    done = asyncio.Event()
    slowest = 0.0

    async def work() -> None:
        nonlocal slowest
        loop, number = asyncio.get_running_loop(), 0
        while not done.is_set():
            began = loop.time()
            await history.step(KINDS[number % len(KINDS)], number)
            slowest, number = max(slowest, loop.time() - began), number + 1

    working = asyncio.create_task(work())
    for _ in range(4):
        assert (await run(history)).differences == ()
    done.set()
    await working

    assert (await run(history)).differences == ()
    assert slowest < 10


async def test_a_reader_who_takes_long_is_waited_for_and_holds_nobody_up(history: CaseHistory) -> None:
    await worked(history, 20)
    async with history.pool.acquire() as reader, reader.transaction():
        await reader.fetchval("SELECT count(*) FROM timeline")
        rebuilding = asyncio.create_task(run(history))
        await asyncio.sleep(1.5)
        async with asyncio.timeout(5):
            await history.step("write", 1)
        assert not rebuilding.done()
        assert await reader.fetchval("SELECT count(*) FROM timeline") > 0
    assert (await rebuilding).swapped
    assert (await run(history)).differences == ()


async def test_who_is_forgotten_while_rows_are_made_does_not_come_back(history: CaseHistory) -> None:
    await worked(history, 60)
    forgotten: list[Any] = []

    def forget(_at: int, _last: int) -> None:
        if not forgotten:
            forgotten.append(asyncio.get_running_loop().create_task(history.forget(0)))

    await run(history, progress=forget)

    customer_id = await history.pool.fetchval("SELECT customer_id FROM customers ORDER BY 1 LIMIT 1")
    texts = await history.pool.fetch("SELECT text, text_state FROM timeline WHERE customer_id = $1", customer_id)
    assert {row["text"] for row in texts} == {None}
    assert "ERASED" in {row["text_state"] for row in texts}


async def test_one_rebuild_at_a_time(history: CaseHistory) -> None:
    await worked(history, 5)
    async with history.pool.acquire() as other:
        await other.execute("SELECT pg_advisory_lock(7002)")
        with pytest.raises(RebuildRunningError):
            await run(history)
        await other.execute("SELECT pg_advisory_unlock(7002)")
    assert (await run(history)).swapped


async def test_a_rebuild_that_was_cut_off_is_begun_anew_by_the_next_one(history: CaseHistory) -> None:
    await worked(history, 20)
    await history.pool.execute("CREATE SCHEMA rebuilding; CREATE TABLE rebuilding.cases (half int)")
    assert (await run(history)).differences == ()


async def test_a_projection_can_read_no_table_but_those_made_of_facts(history: CaseHistory) -> None:
    await worked(history, 5)
    rebuild = case_rebuild(history.pool, history.keys)
    rebuild._statements = {
        **rebuild._statements,
        "read_case": "UPDATE cases SET version = $2 FROM teams WHERE case_id = $1",
    }
    await history.step("note", 0)
    with pytest.raises(asyncpg.UndefinedTableError):
        await rebuild.run()
    assert await history.pool.fetchval("SHOW search_path") == '"$user", public'


async def test_the_command_line_rebuilds_what_the_environment_names(
    database: str, keys_database: str, history: CaseHistory
) -> None:
    await worked(history, 40)
    env = {
        "EENDER_DATABASE_URL": database,
        "EENDER_KEYS_URL": keys_database,
        "EENDER_NATS_URL": "nats://127.0.0.1:1",
        "EENDER_KEK": "env:KEK",
    }
    seen: list[tuple[int, int]] = []
    os.environ["KEK"] = base64.b64encode(KEK).decode()
    try:
        done = await rebuilt(env, ("timeline",), swap=True, progress=lambda at, last: seen.append((at, last)))
    finally:
        del os.environ["KEK"]
    assert (done.differences, set(done.rows), done.position) == ((), {"timeline"}, seen[-1][0])
    assert seen[-1][0] == seen[-1][1]
