"""A screen shows one moment: nothing that is committed while it is read stands in one part of it and not in another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from infra.embedded.postgres import EmbeddedPostgres
from tests.integration.graphql_stand import Desk, own_desk

CONTACTS = 20
SCREEN = """query Screen($id: ID!) {
  first: case(by: { id: $id }) { lastContactAt contacts(first: 100) { nodes { occurredAt } } }
  customers: case(by: { id: $id }) { customer { timeline(first: 100) { nodes { __typename } } } }
}"""


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as running:
        yield running


async def test_what_is_committed_while_a_screen_is_read_is_in_all_of_it_or_in_none(desk: Desk) -> None:
    number = "+31612340099"
    await desk.whatsapp(number, "first")
    answer = await desk.ask("FindCustomer", {"kind": "WHATSAPP", "value": number})
    customer = await desk.ask("CustomerScreen", {"id": answer["id"]})
    case = customer["openCases"]["nodes"][0]

    async def write() -> None:
        for index in range(CONTACTS):
            await desk.whatsapp(number, f"more {index}")

    writing = asyncio.create_task(write())
    looks = 0
    while not writing.done():
        answers = await asyncio.gather(*(desk.graphql(SCREEN, {"id": case["id"]}) for _ in range(5)))
        for answer in answers:
            assert "errors" not in answer, answer
            contacts = answer["data"]["first"]["contacts"]["nodes"]
            entries = answer["data"]["customers"]["customer"]["timeline"]["nodes"]
            assert len(contacts) == sum(entry["__typename"] == "Contact" for entry in entries)
            assert answer["data"]["first"]["lastContactAt"] == max(contact["occurredAt"] for contact in contacts)
        looks += 1
    await writing
    assert looks > 1


REFUSED = """{ agents {
  nodes { loadUnits openCases budgets { id } teams { id } } edges { node { loadUnits budgets { id } teams { name } } }
} }"""
"""Fields that share what is looked up, and one of them that an agent may not see of colleagues."""


async def test_a_field_that_is_refused_takes_nothing_from_the_others_and_leaves_nothing_held(desk: Desk) -> None:
    case = await desk.opened()
    for _ in range(desk.pool.get_max_size()):
        answer = await desk.graphql(REFUSED)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    part = """query($id: ID!) {
      customer(by: { id: $id }) { timeline(first: 1000) { nodes { id } } cases { totalCount } }
      agents { nodes { ref } } channelAccounts { id } node(id: $id) { id } }"""
    answer = await desk.graphql(part, {"id": case["customer"]["id"]}, "LEAD:lena")
    assert [(error["path"], error["extensions"]["code"]) for error in answer["errors"]] == [
        (["customer", "timeline"], "BAD_USER_INPUT")
    ]
    assert answer["data"]["node"] == {"id": case["customer"]["id"]}
    assert len(answer["data"]["agents"]["nodes"]) > 1
    await asyncio.sleep(0.1)
    held = await desk.pool.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
    )
    assert held == 0
