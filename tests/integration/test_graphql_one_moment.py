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
