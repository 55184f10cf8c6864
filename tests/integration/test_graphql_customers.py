"""Customers through the API, on a real Postgres: described, noted, found, proposed, put right, and forgotten."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from contracts.content import ContactContent, ExternalIdContent, HandleContent
from contracts.vocabulary import (
    Channel,
    ContactKind,
    Direction,
    HandleAssurance,
    HandleKind,
    Visibility,
    system_actor,
)
from infra.clock import SystemClock, SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from services.case.commands.attach_contact import AttachContact, attach_contact
from services.case.commands.erase_customer import EraseCustomer, erase_customer
from services.case.graphql.ids import IdType, encode, uuid_of
from tests.integration.graphql_stand import Desk, own_desk
from tests.support.day import change

CUSTOMER = """id version displayName kind name language timeZone preferredChannel attributes organisation { id name }
  externalIds { system value url } handles { id kind value } notes { text textState }
  mergeProposals { score reasons customer { id } }
  timeline(where: { kinds: [NOTE] }) { nodes { summary case { id } ... on Note { text textState } } }"""
READ = f"query($id: ID!) {{ customer(by: {{ id: $id }}) {{ {CUSTOMER} }} }}"
BY_EXTERNAL_ID = "query($by: CustomerBy!) { customer(by: $by) { id } }"


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as running:
        yield running


async def done(desk: Desk, operation: str, more: str, token: str = "AGENT:anna", **fields: Any) -> dict[str, Any]:
    fields.setdefault("idempotencyKey", str(SystemIds().new()))
    answer = await desk.graphql(change(operation, more), {"input": fields}, token)
    assert "errors" not in answer, answer
    payload: dict[str, Any] = answer["data"][operation]
    return payload


async def customer(desk: Desk, customer_id: str, token: str = "AGENT:anna") -> dict[str, Any]:
    answer = await desk.graphql(READ, {"id": customer_id}, token)
    assert "errors" not in answer, answer
    found: dict[str, Any] = answer["data"]["customer"]
    return found


async def told(desk: Desk, *handles: HandleContent, text: str = "hello", assured: bool = True, **more: Any) -> str:
    """A contact from another system; the id of its customer."""
    command = AttachContact(
        contact_id=SystemIds().new(),
        channel=Channel.WEBHOOK,
        account="erp",
        kind=ContactKind.MESSAGE,
        direction=Direction.INBOUND,
        visibility=Visibility.PRIVATE,
        assurance=HandleAssurance.PLATFORM if assured else HandleAssurance.SELF_ASSERTED,
        occurred_at=SystemClock().now(),
        received_at=SystemClock().now(),
        new_case_id=SystemIds().new(),
        new_customer_id=SystemIds().new(),
        content=ContactContent(handles=handles, text=text, **more),
    )
    context = desk.context(system_actor("channels"))
    attached = await attach_contact(command, context, record=desk.record, directory=desk.directory, policy=desk.policy)
    return encode(IdType.CUSTOMER, UUID(attached.outcome["customer_id"]))


async def test_s026_s027_a_customer_is_described_and_every_field_is_filled(desk: Desk) -> None:
    sam = (await desk.opened())["customer"]["id"]
    shop = (await desk.opened())["customer"]["id"]
    await done(desk, "customerUpdate", "version", customerId=shop, kind="ORGANISATION", name="Bakker BV")
    key = str(SystemIds().new())
    wish = {
        "name": "Sam Bakker", "language": "nl", "timeZone": "Europe/Amsterdam", "preferredChannel": "SMS",
        "kind": "PERSON", "organisationId": shop, "attributes": {"tier": "gold", "orders": [1, 2.5, None]},
        "ground": "told us by telephone", "idempotencyKey": key,
    }  # fmt: skip
    payload = await done(desk, "customerUpdate", f"version position customer {{ {CUSTOMER} }}", customerId=sam, **wish)
    assert payload["errors"] == []
    assert payload["version"] is not None
    known = payload["customer"]
    assert known == await customer(desk, sam)
    assert (known["name"], known["displayName"], known["language"]) == ("Sam Bakker", "Sam Bakker", "nl")
    assert (known["timeZone"], known["preferredChannel"], known["kind"]) == ("Europe/Amsterdam", "SMS", "PERSON")
    assert known["organisation"] == {"id": shop, "name": "Bakker BV"}
    assert known["attributes"] == {"tier": "gold", "orders": [1, 2.5, None]}
    again = await done(desk, "customerUpdate", "version", customerId=sam, **wish)
    assert again["version"] == payload["version"], "the same wish under the same key happens once"
    other = {**wish, "name": None}
    assert (await done(desk, "customerUpdate", "version", customerId=sam, **other))["errors"] != []
    left_out = {name: value for name, value in wish.items() if name != "name"}
    mismatch = await done(desk, "customerUpdate", "version", customerId=sam, **left_out)
    assert [error["code"] for error in mismatch["errors"]] == ["IDEMPOTENCY_MISMATCH"], (
        "null is not the same as nothing"
    )

    await done(desk, "customerUpdate", "version", customerId=sam, name=None, organisationId=None)
    known = await customer(desk, sam)
    assert (known["name"], known["organisation"], known["language"]) == (None, None, "nl")
    assert known["displayName"].startswith("+316"), "the masked address, where no name is known"
    hidden = await customer(desk, sam, "AUDITOR:ada")
    assert (hidden["attributes"], hidden["externalIds"]) == ({}, [])


async def test_s028_a_circle_of_organisations_is_refused_by_its_field(desk: Desk) -> None:
    one, two = [(await desk.opened())["customer"]["id"] for _ in range(2)]
    await done(desk, "customerUpdate", "version", customerId=one, kind="ORGANISATION")
    await done(desk, "customerUpdate", "version", customerId=two, kind="ORGANISATION", organisationId=one)
    for wish, path in (
        ({"customerId": one, "organisationId": two}, "organisationId"),
        ({"customerId": one, "organisationId": one}, "organisationId"),
        ({"customerId": one, "kind": "PERSON"}, "kind"),
        ({"customerId": one, "attributes": [1]}, "attributes"),
        ({"customerId": one, "attributes": {"text": "x" * 9000}}, "attributes"),
    ):
        (error,) = (await done(desk, "customerUpdate", "version", **wish))["errors"]
        assert (error["code"], error["path"]) == ("INVALID_INPUT", [path])
    stale = await done(desk, "customerUpdate", "version", customerId=one, name="One", expectedVersion=1)
    assert [error["code"] for error in stale["errors"]] == ["VERSION_CONFLICT"]


async def test_s025_notes_about_a_customer_stand_pinned_ones_first_and_on_the_timeline(desk: Desk) -> None:
    sam = (await desk.opened())["customer"]["id"]
    for text, pinned in (("Rings twice", False), ("Deaf: never call", True), ("Moved house", None)):
        more = "version note { text case { id } actor { displayName } }"
        payload = await done(desk, "customerNoteAdd", more, customerId=sam, text=text, pinned=pinned)
        assert payload["note"]["case"] is None
        assert payload["note"]["text"] == text
    known = await customer(desk, sam)
    assert [note["text"] for note in known["notes"]] == ["Deaf: never call", "Moved house", "Rings twice"]
    assert [node["text"] for node in known["timeline"]["nodes"]] == ["Moved house", "Deaf: never call", "Rings twice"]
    assert {note["textState"] for note in (await customer(desk, sam, "AUDITOR:ada"))["notes"]} == {"NOT_PERMITTED"}
    found = await desk.graphql('{ customers(search: "never call") { nodes { id } } }')
    assert [node["id"] for node in found["data"]["customers"]["nodes"]] == [sam]


async def test_a_customer_is_found_by_what_was_said(desk: Desk) -> None:
    opened = await desk.opened("The teapot arrived in seventeen shards")
    for text in ("teapot shards", "sevent"):
        answer = await desk.graphql("query($s: String!) { customers(search: $s) { nodes { id } } }", {"s": text})
        assert [node["id"] for node in answer["data"]["customers"]["nodes"]] == [opened["customer"]["id"]]
    hidden = await desk.graphql('{ customers(search: "teapot") { nodes { id } } }', {}, "AUDITOR:ada")
    assert hidden["data"]["customers"]["nodes"] == []


async def test_a_customer_is_found_by_what_another_system_calls_them(desk: Desk) -> None:
    address = HandleContent(HandleKind.EMAIL, "erp-1@customer.example")
    ids = (ExternalIdContent("erp", "K-77", "https://erp.example/K-77"),)
    sam = await told(desk, address, external_ids=ids)
    assert (await customer(desk, sam))["externalIds"] == [
        {"system": "erp", "value": "K-77", "url": "https://erp.example/K-77"}
    ]
    for by, expected in (
        ({"externalId": {"system": "ERP", "value": "K-77"}}, {"id": sam}),
        ({"externalId": {"system": "erp", "value": "K-78"}}, None),
    ):
        answer = await desk.graphql(BY_EXTERNAL_ID, {"by": by})
        assert answer["data"]["customer"] == expected
    typed = HandleContent(HandleKind.EMAIL, "typed@customer.example")
    stranger = await told(desk, typed, assured=False, external_ids=ids)
    assert (await customer(desk, stranger))["externalIds"] == [], "only who vouches for it is believed"


async def test_who_may_be_the_same_is_proposed_with_reasons_and_never_by_name(desk: Desk) -> None:
    mail, phone = "same@customer.example", "+31612399999"
    typed = await told(
        desk,
        HandleContent(HandleKind.EMAIL, mail),
        HandleContent(HandleKind.PHONE, phone),
        assured=False,
        sender_name="Sam Bakker",
    )
    sure = await told(
        desk,
        HandleContent(HandleKind.WHATSAPP, phone),
        sender_name="Sam Bakker",
        external_ids=(ExternalIdContent("erp", "K-1"),),
    )
    twin = await told(desk, HandleContent(HandleKind.WEB, "twin"), external_ids=(ExternalIdContent("erp", "K-1"),))
    taken = await done(desk, "customerHandleAdd", "version", customerId=twin, kind="WHATSAPP", value=phone)
    assert [error["code"] for error in taken["errors"]] == ["HANDLE_TAKEN"]
    proposed = {each["customer"]["id"]: each for each in (await customer(desk, sure))["mergeProposals"]}
    assert proposed[typed]["reasons"] == ["SAME_PHONE_SELF_ASSERTED"]
    assert proposed[twin]["reasons"] == ["SAME_EXTERNAL_ID", "HANDLE_TAKEN"]
    assert (proposed[typed]["score"], proposed[twin]["score"]) == (0.6, 0.98)
    assert proposed.keys() == {typed, twin}
    assert (await customer(desk, twin))["mergeProposals"][0]["customer"]["id"] == sure

    merged = await done(desk, "customerMerge", "merge { id }", sourceId=typed, targetId=sure, reason="one")
    assert [each["customer"]["id"] for each in (await customer(desk, sure))["mergeProposals"]] == [twin]
    await done(desk, "customerUnmerge", "version", mergeId=merged["merge"]["id"], reason="two after all")
    assert [each["customer"]["id"] for each in (await customer(desk, sure))["mergeProposals"]] == [twin]


async def test_a_handle_that_is_taken_off_is_somebody_elses_next_time(desk: Desk) -> None:
    opened = await desk.opened()
    sam = await customer(desk, opened["customer"]["id"])
    (handle,) = sam["handles"]
    gone = await done(
        desk,
        "customerHandleRemove",
        "version customer { displayName handles { id } }",
        handleId=handle["id"],
        reason="no",
    )
    assert gone["customer"]["handles"] == []
    assert gone["customer"]["displayName"] == "Sam Bakker"
    options = (
        "query($id: ID!) { case(by: { id: $id }) { replyOptions { allowed } contacts { nodes { handle { id } } } } }"
    )
    seen = (await desk.graphql(options, {"id": opened["id"]}))["data"]["case"]
    assert seen == {"replyOptions": [], "contacts": {"nodes": [{"handle": None}]}}
    refused = await desk.do("CaseReply", caseId=opened["id"], text="hello")
    assert [error["code"] for error in refused["errors"]] == ["CHANNEL_CANNOT_REPLY"]
    later = await desk.whatsapp(handle["value"], "It is me, somebody else")
    assert encode(IdType.CUSTOMER, UUID(later.outcome["customer_id"])) != sam["id"]
    again = await done(desk, "customerHandleRemove", "version", handleId=handle["id"], reason="no")
    assert [(error["code"], error["path"]) for error in again["errors"]] == [("NOT_FOUND", ["handleId"])]


async def test_an_erasure_leaves_nothing_of_what_was_written_down(desk: Desk) -> None:
    address = HandleContent(HandleKind.EMAIL, "erased@customer.example")
    sam = await told(desk, address, external_ids=(ExternalIdContent("erp", "K-99"),))
    await done(
        desk,
        "customerUpdate",
        "version",
        customerId=sam,
        name="Zed Unique",
        timeZone="Europe/Amsterdam",
        language="nl",
        attributes={"secret": "zxcvb"},
        preferredChannel="SMS",
    )
    await done(desk, "customerNoteAdd", "version", customerId=sam, text="Lives at qwertz 7")
    await done(desk, "customerHandleAdd", "version", customerId=sam, kind="WHATSAPP", value="+31612399999")
    more = "request { id }"
    asked = await done(desk, "customerErasureRequest", more, "PRIVACY:pim", customerId=sam, ground="OBJECTION")
    assert asked["errors"] == []
    request_id = uuid_of(IdType.ERASURE, asked["request"]["id"])
    await done(desk, "customerErasureApprove", more, "PRIVACY:pam", requestId=asked["request"]["id"])
    await erase_customer(EraseCustomer(request_id), desk.context(system_actor("case")), record=desk.record)
    customer_id = uuid_of(IdType.CUSTOMER, sam)
    for table in ("customers", "handles", "handle_claims", "external_ids", "timeline"):
        rows = await desk.pool.fetch(
            f"SELECT to_jsonb(t)::text AS row FROM {table} AS t WHERE customer_id = $1"
            + (" AND case_id IS NULL" if table == "timeline" else ""),
            customer_id,
        )
        text = json.dumps([row["row"] for row in rows])
        for word in ("Zed", "zxcvb", "qwertz", "K-99", "Europe/Amsterdam", "31612399999", "SMS"):
            assert word not in text, (table, word)
    known = await customer(desk, sam)
    assert (known["attributes"], known["externalIds"], known["mergeProposals"]) == ({}, [], [])
    assert [note["textState"] for note in known["notes"]] == ["ERASED"]
    late = await done(desk, "customerUpdate", "version", customerId=sam, name="Zed")
    assert [error["code"] for error in late["errors"]] == ["CUSTOMER_ERASED"]


@pytest.mark.parametrize("token", ["AUDITOR:olga", "PRIVACY:pim", "ADMIN:ada", "INTEGRATION:erp"])
@pytest.mark.parametrize(
    ("operation", "asked"),
    [
        ("customerUpdate", {"customerId": "none", "name": "Sam"}),
        ("customerNoteAdd", {"customerId": "none", "text": "Rings twice"}),
        ("customerHandleRemove", {"handleId": "none", "reason": "no"}),
        ("contactMove", {"contactId": "none", "toNewCase": True, "reason": "no"}),
    ],
)
async def test_who_only_reads_changes_nothing_about_customers(
    desk: Desk, operation: str, asked: dict[str, Any], token: str
) -> None:
    payload = await done(desk, operation, "version", token, **asked)
    assert [error["code"] for error in payload["errors"]] == ["FORBIDDEN"]
