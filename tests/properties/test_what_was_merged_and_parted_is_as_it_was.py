"""Whatever happened before and meanwhile: who was merged and parted again stands as if that had never been."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from contracts.vocabulary import Refusal
from services.case.commands.merge_customers import MergeCustomers, merge_customers
from services.case.commands.unmerge_customers import UnmergeCustomers, unmerge_customers
from services.case.queries.database import Database
from services.case.queries.merges import members_of_customers
from services.case.queries.timeline import TimelineFilter, Window, timeline_of_customers
from services.case.workers.rebuilding import case_rebuild
from tests.support.case_customers import CUSTOMER_KINDS
from tests.support.case_history import CaseHistory, case_history, emptied

KINDS = (
    "write",
    "write",
    "write",
    "reply",
    "note",
    "handle",
    "resolve",
    "promise",
    "give",
    "tag",
    "deliver",
    *CUSTOMER_KINDS,
)
STEPS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 40)), max_size=12)
TABLES = {
    "customers": "customer_id",
    "handles": "handle_id",
    "external_ids": "external_id",
    "cases": "case_id",
    "timeline": "entry_id",
    "attachments": "attachment_id",
}
COUNTED = ("version", "merged_count", "merged_into", "state")
"""What of a customer counts the merge itself; as does the version of a note on the customer's own record."""


@pytest.fixture
async def history(database: str, keys_database: str) -> AsyncIterator[CaseHistory]:
    async with case_history(database, keys_database) as opened:
        yield opened


async def standing(history: CaseHistory) -> dict[str, dict[str, Any]]:
    """Every row of the tables that a customer is told by, but for what counts merges."""
    found: dict[str, dict[str, Any]] = {}
    for table, key in TABLES.items():
        for row in await history.pool.fetch(f"SELECT {key}::text AS key, to_json(t)::text AS told FROM {table} AS t"):
            told = json.loads(row["told"])
            if table == "customers":
                told = {name: value for name, value in told.items() if name not in COUNTED}
            if table == "timeline" and told["case_id"] is None:
                del told["version"]
            found[f"{table} {row['key']}"] = told
    return found


async def play(history: CaseHistory, steps: list[tuple[str, int]]) -> list[bool]:
    """What of it happened."""
    return [await history.step(kind, number) for kind, number in steps]


@given(before=STEPS, meanwhile=STEPS, pick=st.integers(0, 20))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
async def test_what_was_merged_and_parted_is_as_it_was_and_what_came_in_is_where_it_belongs(
    history: CaseHistory, before: list[tuple[str, int]], meanwhile: list[tuple[str, int]], pick: int
) -> None:
    merged = await emptied(history)
    await play(merged, [("write", 1), ("write", 2), ("write", 3), *before])
    ids = [row[0] for row in await merged.pool.fetch("SELECT customer_id FROM customers ORDER BY 1")]
    source, target = ids[pick % len(ids)], ids[(pick + 1) % len(ids)]
    untouched = await standing(merged)

    merge_id = UUID(int=7_000)
    merging = MergeCustomers(merge_id, source, target, "one")
    try:
        await merge_customers(merging, merged._by(), record=merged.record, directory=merged._directory)
    except Refusal:
        # An organisation is merged into an organisation alone, and not into one that belongs to it: another example.
        assume(await merged.pool.fetchval("SELECT bool_and(kind <> 'ORGANISATION') FROM customers"))
        raise
    assert await standing(merged) == untouched, "a merge moves nothing"
    database = Database(merged.pool)
    members = (await members_of_customers(database, [target]))[target]
    assert members == [target, source]
    shown = await timeline_of_customers(database, members, TimelineFilter(), Window(limit=1000))
    whose = await merged.pool.fetch("SELECT entry_id FROM timeline WHERE customer_id = ANY($1::uuid[])", members)
    assert {row.entry_id for row in shown} == {row["entry_id"] for row in whose}
    assert [row.occurred_at for row in shown] == sorted((row.occurred_at for row in shown), reverse=True)

    happened = await play(merged, meanwhile)
    parting = UnmergeCustomers(merge_id, "two")
    await unmerge_customers(parting, merged._by(), record=merged.record, directory=merged._directory)
    assert (await members_of_customers(database, [target]))[target] == [target]
    assert {row["state"] for row in await merged.pool.fetch("SELECT state FROM customers")} == {"ACTIVE"}
    assert (await case_rebuild(merged.pool, merged.keys).run(swap=False)).differences == ()

    parted = await standing(merged)
    plain_history = await emptied(merged)
    await play(plain_history, [("write", 1), ("write", 2), ("write", 3), *before])
    _same_ids_as_after_the_merge(plain_history)
    # As long as two are one, neither of them comes to stand below the other: such a wish has no like without the merge.
    assume(await play(plain_history, meanwhile) == happened)
    assert without_numbers(parted) == without_numbers(await standing(plain_history))


def _same_ids_as_after_the_merge(history: CaseHistory) -> None:
    """The merge took one id, of its command; the parting comes after everything else."""
    history._new()


def without_numbers(rows: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Case numbers come from a sequence that never goes back; all else must be equal."""
    return {key: {name: value for name, value in row.items() if name != "number"} for key, row in rows.items()}
