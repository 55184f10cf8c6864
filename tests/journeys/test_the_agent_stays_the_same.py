"""Whatever the channel: an open case keeps its agent, the owner gets the next one, everybody has the same powers."""

from __future__ import annotations

from typing import Any

from tests.support.shop import Shop, eventually


async def assigned(shop: Shop, token: str, text: str) -> dict[str, Any]:
    case = await shop.case_with_text(text)
    return await eventually(lambda: shop.case(token, case["id"]), lambda seen: seen["assignee"] is not None)


async def test_s001_a_customer_who_comes_back_meets_the_agent_who_answered_first(shop: Shop, number: str) -> None:
    lead = await shop.token("lead", "lena")
    for ref in ("anna", "bram", "carla"):
        await shop.online(ref, "OFFLINE")
    bram = await shop.online("bram")
    await shop.whatsapp(number, f"First matter {number}")
    first = await assigned(shop, lead, f"First matter {number}")
    assert first["assignee"]["ref"] == "bram"
    await shop.done(bram, "CaseReply", caseId=first["id"], text="Solved.")
    await shop.done(bram, "CaseResolve", caseId=first["id"])
    await eventually(
        lambda: shop.customer(lead, first["customer"]["id"]),
        lambda customer: customer["duo"]["owner"] is not None,
    )
    await shop.online("anna")
    await shop.online("carla")

    # within reopen_days the matter is reopened, with its agent
    await shop.whatsapp(number, f"It is not solved {number}")
    again = await assigned(shop, lead, f"It is not solved {number}")
    assert again["id"] == first["id"]
    assert again["assignee"]["ref"] == "bram"
    assert again["status"] == "OPEN"

    # a matter of its own goes to the owner
    recorded = await shop.done(
        lead, "ContactRecord", customer={"id": first["customer"]["id"]}, channel="VISIT",
        direction="INBOUND", text=f"Another matter {number}", newCase=True,
    )  # fmt: skip
    assert recorded["case"]["id"] != first["id"]
    other = await eventually(lambda: shop.case(lead, recorded["case"]["id"]), lambda seen: seen["assignee"] is not None)
    assert other["assignee"]["ref"] == "bram"
    (decision,) = other["assignments"]
    assert decision["reason"] == "OWNER_IN_TIME"
    tiers = {candidate["agent"]["ref"]: candidate["rejected"] for candidate in decision["candidates"]}
    assert tiers["bram"] is None
    assert tiers["anna"] == "LOWER_TIER"


async def test_an_open_case_keeps_its_agent_when_the_agent_goes_away(shop: Shop, number: str) -> None:
    lead = await shop.token("lead", "lena")
    for ref in ("anna", "bram"):
        await shop.online(ref, "OFFLINE")
    await shop.online("carla")
    await shop.whatsapp(number, f"Stay with me {number}")
    case = await assigned(shop, lead, f"Stay with me {number}")
    assert case["assignee"]["ref"] == "carla"
    for ref in ("anna", "bram"):
        await shop.online(ref)
    await shop.online("carla", "AWAY")
    await shop.whatsapp(number, f"Still there? {number}")
    seen = await eventually(lambda: shop.case(lead, str(case["id"])), lambda now: len(now["contacts"]["nodes"]) == 2)
    assert seen["assignee"]["ref"] == "carla"
    await shop.online("carla")


async def test_s005_a_contact_waits_for_nobody_in_particular_and_goes_to_who_comes_first(
    shop: Shop, number: str
) -> None:
    lead = await shop.token("lead", "lena")
    for ref in ("anna", "bram", "carla"):
        await shop.online(ref, "OFFLINE")
    await shop.form({"email": f"w{number}@customer.example", "message": f"Nobody here? {number}"})
    case = await shop.case_with_text(f"Nobody here? {number}")
    await eventually(lambda: shop.case(lead, case["id"]), lambda seen: bool(seen["assignments"]))
    unassigned = await shop.case(lead, case["id"])
    assert unassigned["assignee"] is None
    assert unassigned["assignments"][0]["reason"] == "NOBODY_AVAILABLE"
    assert {c["rejected"] for c in unassigned["assignments"][0]["candidates"]} == {"UNAVAILABLE"}
    await shop.online("anna")
    taken = await eventually(lambda: shop.case(lead, case["id"]), lambda seen: seen["assignee"] is not None)
    assert taken["assignee"]["ref"] == "anna"
    for ref in ("bram", "carla"):
        await shop.online(ref)


async def test_s004_s006_one_agent_serves_every_channel_with_the_same_powers(shop: Shop, number: str) -> None:
    bram = await shop.online("bram")
    for channel in ("VOICE", "LETTER", "VISIT", "FACEBOOK", "EMAIL"):
        recorded = await shop.done(
            bram, "ContactRecord", customer={"handle": {"kind": "PHONE", "value": f"+{number}"}}, channel=channel,
            direction="INBOUND", text=f"By {channel} {number}",
        )  # fmt: skip
        case_id = recorded["case"]["id"]
        given = await shop.done(
            bram, "GestureGive", caseId=case_id, kind="VOUCHER", reason="goodwill",
            amount={"amount": "1.00", "currencyCode": "EUR"},
        )  # fmt: skip
        assert given["gesture"]["status"] == "GIVEN"
    case = await shop.case(bram, case_id)
    assert len(case["contacts"]["nodes"]) == 5


async def test_s007_a_public_complaint_goes_on_in_private_as_one_case(shop: Shop, number: str) -> None:
    bram = await shop.online("bram")
    public = await shop.done(
        bram, "ContactRecord", customer={"handle": {"kind": "PHONE", "value": f"+{number}"}}, channel="FACEBOOK",
        direction="INBOUND", text=f"Shame on this shop {number}",
    )  # fmt: skip
    answered = await shop.done(
        bram, "ContactRecord", customer={"handle": {"kind": "PHONE", "value": f"+{number}"}}, channel="FACEBOOK",
        direction="OUTBOUND", text="We are sorry. Would you send us a private message?",
    )  # fmt: skip
    assert answered["case"]["id"] == public["case"]["id"]
    await shop.whatsapp(number, f"My order is 1234 {number}")
    case = await eventually(
        lambda: shop.case(bram, public["case"]["id"]), lambda seen: len(seen["contacts"]["nodes"]) == 3
    )
    assert [contact["visibility"] for contact in case["contacts"]["nodes"]] == ["PUBLIC", "PUBLIC", "PRIVATE"]
    await shop.done(bram, "CaseReply", caseId=case["id"], text="Found it, a new one is on its way.")
    resolved = await shop.done(bram, "CaseResolve", caseId=case["id"])
    assert resolved["case"]["status"] == "RESOLVED"


async def test_s020_s021_s022_who_never_bought_anything_is_logged_without_anybody_typing(
    shop: Shop, number: str
) -> None:
    lead = await shop.token("lead", "lena")
    await shop.whatsapp(number, f"Do you deliver abroad? {number}", name="Passer-by")
    case = await shop.case_with_text(f"Do you deliver abroad? {number}")
    found = await shop.ask(lead, "FindCustomer", {"kind": "WHATSAPP", "value": f"+{number}"})
    assert found["customer"]["id"] == case["customer"]["id"]
    customer = await shop.customer(lead, case["customer"]["id"])
    assert customer["displayName"] == "Passer-by"

    async def kinds() -> set[str]:
        seen = await shop.customer(lead, case["customer"]["id"])
        return {entry["__typename"] for entry in seen["timeline"]["nodes"]}

    await eventually(kinds, lambda seen: seen >= {"Contact", "Assignment"})


async def test_s025_what_a_colleague_noted_is_on_everybodys_screen(shop: Shop, number: str) -> None:
    anna, bram = await shop.online("anna"), await shop.online("bram")
    await shop.whatsapp(number, f"About my bill {number}")
    case = await shop.case_with_text(f"About my bill {number}")
    await shop.done(anna, "CaseNoteAdd", caseId=case["id"], text="Pays by invoice; call before ten.")
    customer = await shop.customer(bram, case["customer"]["id"])
    (note,) = [entry for entry in customer["timeline"]["nodes"] if entry["__typename"] == "Note"]
    assert note["note"] == "Pays by invoice; call before ten."
    assert note["actor"]["displayName"] == "Anna de Vries"
