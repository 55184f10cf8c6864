"""A contact is put where it belongs, through the API, on a real Postgres: rows, words, envelopes of both cases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from infra.embedded.postgres import EmbeddedPostgres
from services.case.graphql.ids import IdType, uuid_of
from tests.integration.graphql_stand import Desk, own_desk
from tests.integration.test_graphql_customers import customer, done

CASE = """id version subject preview channels unread lastContactAt status dueAt contacts { nodes { id text recordedAt
  attachments { name state } inReplyTo { id } } } history { nodes { type version withheld } } clocks { kind state }"""


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as running:
        yield running


async def case(desk: Desk, case_id: str) -> dict[str, Any]:
    document = f"query($id: ID!) {{ case(by: {{ id: $id }}) {{ {CASE} }} }}"
    found: dict[str, Any] = (await desk.graphql(document, {"id": case_id}))["data"]["case"]
    return found


async def test_a_contact_moves_and_both_cases_are_right(desk: Desk) -> None:
    opened = await desk.opened("Where is my first parcel?")
    found = await customer(desk, opened["customer"]["id"])
    await desk.whatsapp(found["handles"][0]["value"], "The second one is broken")
    before = await case(desk, opened["id"])
    first, second = before["contacts"]["nodes"]
    assert before["preview"] == "The second one is broken"
    more = f"version position fromCase {{ {CASE} }} toCase {{ {CASE} }} contact {{ id text case {{ id }} }}"
    moved = await done(desk, "contactMove", more, contactId=second["id"], toNewCase=True, reason="another matter")
    assert moved["errors"] == []
    source, target = moved["fromCase"], moved["toCase"]
    assert [node["id"] for node in source["contacts"]["nodes"]] == [first["id"]]
    assert (source["subject"], source["preview"]) == ("Where is my first parcel?", "Where is my first parcel?")
    assert (target["subject"], target["preview"]) == ("The second one is broken", "The second one is broken")
    assert (target["unread"], target["channels"], target["status"]) == (True, ["WHATSAPP"], "OPEN")
    assert target["dueAt"] is not None or target["clocks"] == []
    assert moved["contact"] == {"id": second["id"], "text": "The second one is broken", "case": {"id": target["id"]}}
    attached = [node for node in source["history"]["nodes"] if node["type"] == "case.contact-attached.v1"]
    assert [node["withheld"] for node in attached] == [[], ["content"]], "its words went with it, and no others"

    back = await done(desk, "contactMove", more, contactId=second["id"], toCaseId=opened["id"], reason="no, it is not")
    assert back["errors"] == []
    assert [node["text"] for node in back["toCase"]["contacts"]["nodes"]] == [first["text"], second["text"]]
    assert back["toCase"]["lastContactAt"] == before["lastContactAt"]
    empty = back["fromCase"]
    assert (empty["subject"], empty["preview"], empty["unread"]) == (None, None, False)
    assert empty["contacts"]["nodes"] == []
    assert empty["dueAt"] is None

    timeline = (
        "query($id: ID!) { customer(by: { id: $id }) { timeline(where: { kinds: [CONTACT] }) { nodes { id } } } }"
    )
    shown = (await desk.graphql(timeline, {"id": found["id"]}))["data"]["customer"]["timeline"]["nodes"]
    assert sorted(node["id"] for node in shown) == sorted([first["id"], second["id"]])
    for to, code, path in (
        ({"toCaseId": opened["id"]}, "INVALID_INPUT", "toCaseId"),
        ({"toCaseId": (await desk.opened())["id"]}, "INVALID_INPUT", "toCaseId"),
        ({}, "INVALID_INPUT", "toCaseId"),
    ):
        refused = await done(desk, "contactMove", "version", contactId=second["id"], reason="again", **to)
        assert [(error["code"], error["path"]) for error in refused["errors"]] == [(code, [path])]


async def test_words_that_moved_are_redacted_where_they_stand_and_nowhere_else_are_any(desk: Desk) -> None:
    opened = await desk.opened("A first line")
    found = await customer(desk, opened["customer"]["id"])
    await desk.whatsapp(found["handles"][0]["value"], "My card is 4111 1111 1111 1111")
    second = (await case(desk, opened["id"]))["contacts"]["nodes"][1]
    await done(desk, "contactMove", "version", contactId=second["id"], toNewCase=True, reason="another matter")
    redacted = await done(desk, "timelineEntryRedact", "position", "PRIVACY:pim", entryId=second["id"], reason="a card")
    assert redacted["errors"] == []
    case_ids = await desk.pool.fetch(
        "SELECT case_id FROM cases WHERE customer_id = $1", uuid_of(IdType.CUSTOMER, found["id"])
    )
    facts = await desk.pool.fetch(
        "SELECT stream_id, version, seals, sealed FROM es.events WHERE stream_id = ANY($1::uuid[])"
        " AND topic = 'case.contact-attached.v1'",
        [row["case_id"] for row in case_ids],
    )
    lengths = sorted(len(row["sealed"] or b"") for row in facts)
    assert len(facts) == 3
    assert lengths[:2] == [4, 4], "of what moved and was redacted, neither envelope is left"
    assert lengths[2] > 4
