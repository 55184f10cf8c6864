"""Whatever playbooks and whatever case: a plan's statement finds those that the rule finds, in the same order."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from services.case.domain.playbooks import PLAYBOOKS_OF_CASE_MAX, Playbook, Playbooks, Situation
from services.case.graphql.compiled.sql import SQL
from tests.support.playbooks import playbooks, situations

SITUATION = (
    "SELECT $4::text AS channel, $5::text AS visibility, $6::text[] AS found, $7::boolean AS in_incident,"
    " $8::text[] AS causes"
)
STATEMENT = (
    "SELECT b.* FROM (SELECT $1::text AS brand, $2::text AS priority, $3::text[] AS tags) AS c, LATERAL "
    + SQL["fitting_playbooks"].format(row="c", situation=SITUATION, playbooks="$9::jsonb")
    + f" AS b ORDER BY b.ordinality LIMIT {PLAYBOOKS_OF_CASE_MAX}"
)


@pytest.fixture
async def connection(database: str) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(database)
    yield opened
    await opened.close()


@given(listed=st.lists(playbooks(), max_size=12), case=situations())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_s080_a_statement_finds_what_the_rule_finds(
    connection: asyncpg.Connection, listed: list[Playbook], case: Situation
) -> None:
    books = Playbooks.listing(listed)
    of_row = (case.brand, case.priority, case.tags)
    beside = (case.channel, case.visibility, case.found, case.in_incident, case.causes)
    rows = await connection.fetch(STATEMENT, *of_row, *beside, books.written)
    found = [(row["situation"], row["answer"], row["tone"], row["action"], tuple(row["needs"])) for row in rows]
    fit = books.fitting(case)
    assert found == [(each.situation, each.answer, each.tone, each.action, each.needs) for each in fit]
    event(f"{len(fit)} fit")
