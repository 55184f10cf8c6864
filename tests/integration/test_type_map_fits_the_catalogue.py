"""A service starts only with a type map that says of the database what its catalogue says."""

from __future__ import annotations

import pytest

from infra.migrate import migrate
from infra.postgres import open_pool
from services.case.app import MIGRATIONS
from services.case.graphql.compiled.checking import TypeMapError
from services.case.graphql.compiled.declaring import Many, One, Page
from services.case.graphql.screens import open_screens


async def altered(database: str, statement: str) -> None:
    pool = await open_pool(database, application_name="test", size_max=1)
    await migrate(pool, *MIGRATIONS)
    await pool.execute(statement)
    await pool.close()


async def test_the_map_fits_the_tables_as_they_are_made(database: str) -> None:
    await altered(database, "SELECT 1")
    await (await open_screens(database)).close()


async def test_a_column_that_may_be_null_now_stops_the_start_and_is_named(database: str) -> None:
    await altered(database, "ALTER TABLE cases ALTER COLUMN number DROP NOT NULL")
    with pytest.raises(TypeMapError) as refused:
        await open_screens(database)
    assert refused.value.faults == ["Case.number: number may be null in cases"]


async def test_a_column_of_another_type_stops_the_start_and_is_named(database: str) -> None:
    await altered(database, "ALTER TABLE customers ALTER COLUMN version TYPE text")
    with pytest.raises(TypeMapError) as refused:
        await open_screens(database)
    assert refused.value.faults == ["Customer.version: text where int4 is expected"]


def test_no_relation_can_be_declared_without_a_policy() -> None:
    with pytest.raises(TypeError, match="policy"):
        One(target="Agent", on="true")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="with a policy"):
        Many(target="Agent", on="true", order="1", rows_max=1, policy=None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="with a policy"):
        Page(target="AgentConnection", node="Agent", read=dict, policy=None)  # type: ignore[arg-type]
