"""Two matters in one conversation: an agent parts them, writes down what colleagues need to know, and goes on."""

from __future__ import annotations

from typing import Any

from tests.support.day import Day, codes
from tests.support.shop import Shop, eventually

MOVED = "version position fromCase { id preview } toCase { id subject } contact { id text case { id } }"
SEEN = """query($id: ID!) { customer(by: { id: $id }) { name preferredChannel attributes notes { text }
  handles { id } cases { nodes { id } } timeline { nodes { __typename ... on Note { text case { id } } } } } }"""


async def test_s025_an_agent_parts_two_matters_and_notes_what_is_to_be_known(shop: Shop, number: str) -> None:
    day = Day(shop, number)
    anna, first = await day.case_of("anna", "My parcel is late")
    await shop.whatsapp(number, f"And my invoice is wrong {number}")
    both = await eventually(lambda: shop.case(anna, first["id"]), lambda now: len(now["contacts"]["nodes"]) == 2)
    second = both["contacts"]["nodes"][1]
    customer_id = first["customer"]["id"]

    noted = await day.change(
        anna, "customerNoteAdd", "note { text }", customerId=customer_id, text="Deaf: never call.", pinned=True
    )
    assert codes(noted) == []
    described = await day.change(
        anna,
        "customerUpdate",
        "version position",
        customerId=customer_id,
        preferredChannel="WHATSAPP",
        attributes={"orders": 2},
        ground="told us",
    )
    assert codes(described) == []
    moved = await day.change(
        anna, "contactMove", MOVED, contactId=second["id"], toNewCase=True, reason="An invoice is no parcel."
    )
    assert codes(moved) == []
    assert moved["fromCase"]["preview"] == f"My parcel is late {number}"
    new = moved["toCase"]["id"]
    assert moved["contact"]["case"]["id"] == new

    routed = await eventually(lambda: shop.case(anna, new), lambda now: now["assignee"] is not None)
    assert routed["assignee"]["ref"] == "anna", "routing hands a new case out like any other"
    assert {case["id"] for case in await shop.inbox(anna)} >= {first["id"], new}

    seen = await known(shop, anna, customer_id)
    assert seen["preferredChannel"] == "WHATSAPP"
    assert seen["attributes"] == {"orders": 2}
    assert [note["text"] for note in seen["notes"]] == ["Deaf: never call."]
    assert {case["id"] for case in seen["cases"]["nodes"]} == {first["id"], new}
    assert {"__typename": "Note", "text": "Deaf: never call.", "case": None} in seen["timeline"]["nodes"]

    replied = await shop.do(anna, "CaseReply", caseId=new, text="We correct the invoice.")
    assert codes(replied) == [], "it is answered by the way it came"

    # the number turns out to be somebody else's: whoever writes from it next is a new customer
    removed = await day.change(
        anna, "customerHandleRemove", "version", handleId=seen["handles"][0]["id"], reason="Her brother's."
    )
    assert codes(removed) == []
    refused = await shop.do(anna, "CaseReply", caseId=first["id"], text="It comes tomorrow.")
    assert codes(refused) == ["CHANNEL_CANNOT_REPLY"]
    await shop.whatsapp(number, f"Who is this {number}")
    stranger = await shop.case_with_text(f"Who is this {number}")
    assert stranger["customer"]["id"] != customer_id


async def known(shop: Shop, token: str, customer_id: str) -> dict[str, Any]:
    answer = await shop.graphql(token, SEEN, {"id": customer_id})
    assert "errors" not in answer, answer
    customer: dict[str, Any] = answer["data"]["customer"]
    return customer
