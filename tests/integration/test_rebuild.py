"""Read tables made anew beside the live ones: what is wrong is told and mended, and nobody who works is in the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from infra.rebuild import RebuildRunningError, Rebuilt
from infra.rebuild_tables import Difference
from services.case.workers.rebuilding import case_rebuild
from tests.support.case_history import KINDS, CaseHistory, case_history

FORM = """SELECT c.relname, c.relpersistence, c.relowner, c.relacl::text, c.reloptions,
  (SELECT array_agg((a.attname, a.atttypid, a.attnotnull, a.attstattarget, pg_get_expr(d.adbin, d.adrelid))::text
    ORDER BY a.attnum) FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = c.oid AND a.attnum > 0) AS columns,
  (SELECT array_agg(pg_get_indexdef(i.indexrelid) ORDER BY i.indexrelid::regclass::text)
    FROM pg_index i WHERE i.indrelid = c.oid) AS indexes,
  (SELECT array_agg(k.conname || pg_get_constraintdef(k.oid) ORDER BY k.conname)
    FROM pg_constraint k WHERE k.conrelid = c.oid) AS constraints
  FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1"""
LIVELY = [kind for kind in KINDS if kind != "erase"]
"""Whoever erases makes a rebuild begin anew, which has a test of its own."""
GENTLE = [kind for kind in LIVELY if kind not in {"redact", "expire"}]
"""What destroys no key."""
STATISTICS = "SELECT string_agg(s::text, ' ') FROM pg_stats AS s WHERE schemaname = 'public'"


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
        " SELECT gen_random_uuid(), customer_id, 'EMAIL', 'x', 'x', 'x', 'SELF_ASSERTED', created_at"
        " FROM customers LIMIT 1 RETURNING handle_id"
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
    await history.pool.execute("GRANT SELECT ON cases TO PUBLIC; ALTER TABLE cases SET (fillfactor = 70)")
    before = await history.pool.fetch(FORM)
    await run(history)

    assert await history.pool.fetch(FORM) == before
    assert await history.pool.fetchval("SELECT to_regnamespace('rebuilding')") is None


async def test_the_statistics_of_the_new_tables_name_nobody(history: CaseHistory) -> None:
    await worked(history, 60)
    await run(history)

    statistics = await history.pool.fetchval(STATISTICS)
    assert "public,cases,status" in statistics
    for word in ("parcel", "31612345", "Sam", "Tomorrow", "Called"):
        assert word not in statistics


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
            # Where keys are destroyed again and again, a rebuild is right to give up.
            kinds = LIVELY if number < len(LIVELY) else GENTLE
            await history.step(kinds[number % len(kinds)], number)
            slowest, number = max(slowest, loop.time() - began), number + 1

    working = asyncio.create_task(work())
    began = asyncio.get_running_loop().time()
    for _ in range(4):
        assert (await run(history)).differences == ()
    a_rebuild = (asyncio.get_running_loop().time() - began) / 4
    done.set()
    await working

    assert (await run(history)).differences == ()
    assert slowest < max(10, a_rebuild), "somebody waited as long as a rebuild takes"


async def test_a_reader_who_takes_long_is_waited_for_and_holds_nobody_up(history: CaseHistory) -> None:
    await worked(history, 20)
    async with history.pool.acquire() as reader, reader.transaction():
        await reader.fetchval("SELECT count(*) FROM timeline")
        rebuilding = asyncio.create_task(run(history))
        await asyncio.sleep(1.5)
        async with asyncio.timeout(20):
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
    texts = await history.pool.fetch("SELECT text FROM timeline WHERE customer_id = $1", customer_id)
    assert {row["text"] for row in texts} == {None}
    state = await history.pool.fetchval("SELECT state FROM customers WHERE customer_id = $1", customer_id)
    assert state == "ERASED"


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
